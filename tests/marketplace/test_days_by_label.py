"""A citizen's template with other days for some files: asked for, told on the page, counted."""

from typing import Any

import pytest

from marketplace.draft_content import blank
from marketplace.draft_forms import answers_of
from marketplace.models import TemplateDraft
from policy.shape import LabelTerms
from tenancy.scoping import tenant_scope
from tests.marketplace.app_world import browser_of, text_of
from tests.marketplace.conftest import Maker

REGULATED = "classification:regulated"


class Form:
    """Somebody who fills in the form of a new template, and of their last draft."""

    def __init__(self, maker: Maker) -> None:
        self.maker, self.browser = maker, browser_of(maker.user)

    def answers(self, **changes: Any) -> dict[str, Any]:
        before = answers_of(self.last.content if self.last else blank())
        return before | {"name": "Minutes", "summary": "Minutes of meetings.", "captcha": ""} | changes

    def send(self, **changes: Any) -> str:
        address = f"/drafts/{self.last.pk}/edit/" if self.last else "/drafts/new/form/"
        return text_of(self.browser.post(address, self.answers(**changes), follow=True))

    @property
    def last(self) -> TemplateDraft | None:
        with tenant_scope(self.maker.workspace.tenant_id):
            found: TemplateDraft | None = TemplateDraft.objects.order_by("id").last()
        return found

    @property
    def page(self) -> str:
        assert self.last is not None
        return text_of(self.browser.get(f"/drafts/{self.last.pk}/"))


@pytest.fixture
def form(maker: Maker) -> Form:
    return Form(maker)


def terms_of(form: Form) -> tuple[LabelTerms, ...] | None:
    assert form.last is not None
    return form.last.document.lifecycle.labels


def test_the_form_asks_in_plain_words(form: Form) -> None:
    page = text_of(form.browser.get("/drafts/new/form/"))
    assert "Other days for some files" in page
    assert '<option value="classification:regulated">Regulated files</option>' in page
    assert "kind:" not in page, "a template that tells no kinds apart has none to choose"


def test_days_for_one_label_are_kept_told_and_counted(form: Form) -> None:
    form.send(kept_days="90", least_days="30", archive_days="20", terms0_label=REGULATED, terms0_least="730")
    assert terms_of(form) == (LabelTerms(classification="regulated", minimum_days=730),)
    page = form.page
    for words in (
        "<li>At least 30 days: nobody deletes it before</li>",
        "<li>In the archive after 20 days</li>",
        "<li>Regulated files at least 2 years</li>",
        "Kept for 90 days; at least 30 days: nobody deletes it before; in the archive after 20 days",
        "Miller-2041.pdf, once it is among the regulated files",
        "Kept for 2 years; nobody deletes it before; in the archive after 20 days",
        "If every file had the label that stays longest, for 730 days: about 2.4 GB stored",
    ):
        assert words in page, words


def test_what_was_said_stands_in_the_form_again_and_can_be_taken_out(form: Form) -> None:
    form.send(terms1_label=REGULATED, terms1_kept="60", terms0_label="classification:confidential", terms0_least="100")
    assert form.last is not None
    before = form.last.content
    page = text_of(form.browser.get(f"/drafts/{form.last.pk}/edit/"))
    assert '<option value="classification:confidential" selected>' in page
    assert 'name="terms3_label"' in page, "two empty rows more"
    form.send()
    assert form.last.content == before
    form.send(terms0_label="", terms0_least="")
    assert terms_of(form) == (LabelTerms(classification="regulated", delete_after_days=60),)
    form.send(terms0_label="", terms0_kept="")
    assert terms_of(form) is None


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"terms0_least": "10"}, "terms0_label", "Say which files these days are for."),
        ({"terms1_label": REGULATED}, "terms1_least", "Say how many days, in one of the three fields at least."),
        ({"terms0_label": REGULATED, "terms0_least": "0"}, "terms0_least", "greater than or equal to 1"),
        ({"terms0_label": "classification:public", "terms0_least": "9"}, "terms0_label",
         "No file of this template gets this label."),
        ({"terms1_label": REGULATED, "terms1_kept": "900"}, "terms1_label", "These days change nothing"),
        ({"terms1_label": REGULATED, "terms1_least": "80", "terms1_kept": "70"}, "terms1_kept",
         "Files would be deleted before their retention label lets them go."),
        ({"terms0_label": REGULATED, "terms0_archive": "90"}, "terms0_archive",
         "Files would be deleted before they are archived."),
        ({"terms0_label": REGULATED, "terms0_least": "99", "terms1_label": REGULATED, "terms1_kept": "9"},
         "terms1_label", "Another entry is about this label."),
        ({"terms0_label": "kind:letter", "terms0_least": "9"}, "terms0_label", "kind:letter"),
        ({"least_days": "100"}, "kept_days", "Files would be deleted before their retention label lets them go."),
        ({"archive_days": "90"}, "archive_days", "Files would be deleted before they are archived."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_question(form: Form, wrong: dict[str, str], field: str, words: str) -> None:
    page = form.send(**wrong)
    assert form.last is None
    assert "<title>Error:" in page
    _before, _id, beside = page.partition(f'id="id_{field}_error"')
    assert words in beside.partition("</div>")[0]


def test_kinds_that_a_template_tells_apart_can_be_chosen(maker: Maker) -> None:
    content = blank() | {"name": "Papers", "summary": "Papers and pictures."}
    content["uploads"] |= {"types": ["application/pdf", "image/jpeg"]}
    content["classification"] |= {"rules": [{"types": ["image/*"], "kind": "picture"}]}
    maker.draft(content)
    form = Form(maker)
    form.send(terms0_label="kind:picture", terms0_kept="30")
    assert terms_of(form) == (LabelTerms(kind="picture", delete_after_days=30),)
    assert "<li>Files of the kind “picture” at most 30 days</li>" in form.page
