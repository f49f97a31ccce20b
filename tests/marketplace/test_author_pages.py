"""Making a template through the pages: three ways in, fixes by one click, a dry run, and everything that is refused."""

import io
import tarfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from kernel.identifiers import new_id
from marketplace.draft_content import as_yaml, blank
from marketplace.draft_forms import answers_of
from marketplace.installing import Choices, install
from marketplace.models import Review, TemplateDraft
from marketplace.publishing import publish_catalogue
from policy.rego import bundles
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.marketplace.app_world import browser_of, text_of
from tests.marketplace.conftest import Maker, bent, new_maker, shipped

PACKAGE = "package gatehouse.template\n\nimport rego.v1\n\n"
GOOD_RULE = PACKAGE + 'deny contains "Too late." if input.file.size == 1\n'


class Author:
    """Somebody at a browser, making templates."""

    def __init__(self, maker: Maker) -> None:
        self.maker, self.browser = maker, browser_of(maker.user)

    def drafts(self) -> list[TemplateDraft]:
        with tenant_scope(self.maker.workspace.tenant_id):
            return list(TemplateDraft.objects.order_by("id"))

    def draft(self, slug: str = "form-attachments", **changes: Any) -> TemplateDraft:
        content = bent(slug, changes) | {"slug": f"t-{new_id().hex}", "name": f"T {new_id().hex}"}
        return self.maker.draft(content)

    def fresh(self, draft: TemplateDraft) -> TemplateDraft:
        return next(one for one in self.drafts() if one.pk == draft.pk)

    def get(self, address: str, **query: str) -> str:
        answer = self.browser.get(f"/drafts/{address}", query)
        assert answer.status_code == 200
        return text_of(answer)

    def post(self, address: str, content: dict[str, Any]) -> HttpResponse:
        answer: HttpResponse = self.browser.post(f"/drafts/{address}", content)
        return answer


@pytest.fixture
def author(maker: Maker) -> Author:
    return Author(maker)


def answers(**changes: Any) -> dict[str, Any]:
    return answers_of(blank()) | {"name": "Minutes", "summary": "Minutes of meetings.", "captcha": ""} | changes


def test_a_template_is_made_from_answers(author: Author) -> None:
    answer = author.post("new/form/", answers(max_mb=20, kept_days="", regions=["eu-west-1"]))
    (made,) = author.drafts()
    assert answer["Location"] == f"/drafts/{made.pk}/"
    document = made.document
    assert (document.slug, document.uploads.max_bytes, document.regions) == ("minutes", 20_000_000, ("eu-west-1",))
    assert document.lifecycle.delete_after_days is None
    page = author.get(f"{made.pk}/")
    assert "Safety facts" in page
    assert "not published" in page
    assert "up to 20 MB" in page


def test_a_template_is_made_from_an_app(author: Author) -> None:
    version = next(one for one in publish_catalogue() if one.template.slug == "team-photo-share")
    with tenant_scope(author.maker.workspace.tenant_id):
        app = install(version, author.maker.membership, Choices("Photos", "eu-west-1"))
    assert "Photos" in author.get("new/app/")
    author.post("new/app/", {"app": str(app.pk), "name": "Our Photos"})
    (made,) = author.drafts()
    assert made.document.uploads == version.document.uploads
    assert made.document.name == "Our Photos"


def test_a_template_is_written_in_yaml_and_reads_back_the_same(author: Author) -> None:
    content = shipped("invoice-inbox")
    author.post("new/yaml/", {"text": as_yaml(content).replace("\n", "\r\n")})
    (made,) = author.drafts()
    assert made.content["rego"] == content["rego"]
    before = made.content
    assert author.post(f"{made.pk}/yaml/", {"text": as_yaml(before)}).status_code == 302
    assert author.fresh(made).content == before


def test_changing_one_answer_leaves_everything_else_exact(author: Author) -> None:
    draft = author.draft("invoice-inbox", **{"uploads.max_bytes": 12_345_678})
    author.post(f"{draft.pk}/edit/", answers_of(draft.content) | {"summary": "Another.", "captcha": ""})
    assert author.fresh(draft).content == draft.content | {"summary": "Another."}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("max_mb", "0", "greater than or equal to 1"),
        ("max_mb", "99999999", "less than or equal to"),
        ("max_mb", "6000", "less than or equal to"),
        ("space_gb", "-5", "greater than or equal to 1"),
        ("version", "one", "A version is three numbers with dots"),
        ("engines", ["content_type"], "malware"),
        ("name", "", "This field is required"),
        ("name", "a\u202eb", ""),
        ("optional", ["files:write"], "A required permission can&#x27;t be optional too."),
        ("regions", ["mars-1"], "mars-1"),
    ],
)
def test_answers_that_contradict_each_other_are_said_beside_their_question(
    author: Author, field: str, value: Any, words: str
) -> None:
    answer = author.post("new/form/", answers(**{field: value}))
    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert "<title>Error:" in page
    assert author.drafts() == []


BOMB = "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "This document has an anchor (&amp;); write it out (line 1)."),
        ("x" * 300_000, "This document has more than 256,000 bytes."),
        ("[" * 500, "This document"),
        ("a: 1\na: 2\n", "twice"),
        ("- 1", "object"),
        (as_yaml(shipped("form-attachments")) + "access_key: AKIA\n", "access_key"),
        (as_yaml(shipped("form-attachments")).replace("audience: team", "audience: everybody"), "/audience"),
    ],
)
def test_what_is_no_template_is_refused_with_its_line_or_place(author: Author, text: str, words: str) -> None:
    answer = author.post("new/yaml/", {"text": text})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert author.drafts() == []


def test_ten_megabytes_are_answered_with_the_number_and_not_read(author: Author) -> None:
    answer = author.post("new/yaml/", {"text": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "This document has more than 256,000 bytes" in text_of(answer)
    assert author.drafts() == []


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("package gatehouse.template\ndeny[", "Rules in Rego"),
        (PACKAGE + 'a if b\nb if a\ndeny contains "x" if a\n', "Line "),
        (PACKAGE + 'deny contains "x" if http.send({"url": "http://a"}).status_code == 1\n', "http.send"),
        (PACKAGE + 'deny contains "x" if data.secrets.a\n', "Line "),
        ("package other\n", "Line 1"),
        (PACKAGE + "x := 1\n" * 10_000, "Characters here: at most 32,000."),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_trusted_are_refused_by_line(author: Author, module: str, words: str) -> None:
    draft = author.draft()
    answer = author.post(f"{draft.pk}/rules/", {"rego": module})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "rego" not in author.fresh(draft).content


ENDLESS = PACKAGE + (
    'deny contains "x" if {\n\tsome a in numbers.range(1, 3000)\n\tsome b in numbers.range(1, 3000)\n\ta * b == -1\n}\n'
)


def test_rules_that_never_end_are_found_before_anybody_uses_them(author: Author) -> None:
    draft = author.draft()
    answer = author.post(f"{draft.pk}/rules/", {"rego": ENDLESS})
    page = text_of(answer) if answer.status_code == 422 else author.get(f"{draft.pk}/")
    assert "module" in page.lower()
    assert answer.status_code == 422 or "every upload would be refused" in page


def test_rules_go_out_as_a_bundle_and_come_back_the_same(author: Author) -> None:
    draft = author.draft()
    assert author.post(f"{draft.pk}/rules/", {"rego": GOOD_RULE}).status_code == 302
    answer = author.browser.get(f"/drafts/{draft.pk}/bundle.tar.gz")
    packed = answer.content
    assert author.post(f"{draft.pk}/rules/", {"rego": " "}).status_code == 302
    assert "rego" not in author.fresh(draft).content
    assert author.browser.get(f"/drafts/{draft.pk}/bundle.tar.gz").status_code == 404
    brought = author.post(f"{draft.pk}/rules/bundle/", {"bundle": SimpleUploadedFile("b.tar.gz", packed)})
    assert brought.status_code == 302
    assert author.fresh(draft).content["rego"] == GOOD_RULE


def _two_modules() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in ("a.rego", "b.rego"):
            info = tarfile.TarInfo(name)
            info.size = len(GOOD_RULE)
            archive.addfile(info, io.BytesIO(GOOD_RULE.encode()))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"not a bundle", "bundle"),
        (b"", "bundle"),
        (_two_modules(), "one module; this one has 2"),
        (bundles.write("package gatehouse.template\ndeny["), "Error:"),
        (b"\x00" * 300_000, "256,000 bytes"),
    ],
)
def test_a_bundle_that_is_none_changes_nothing(author: Author, body: bytes, words: str) -> None:
    draft = author.draft()
    answer = author.post(f"{draft.pk}/rules/bundle/", {"bundle": SimpleUploadedFile("b.tar.gz", body)})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "rego" not in author.fresh(draft).content


def test_a_finding_says_how_bad_where_and_why_and_one_click_puts_it_right(author: Author) -> None:
    draft = author.draft("public-drop-box", captcha=...)
    page = author.get(f"{draft.pk}/")
    assert '<span class="pill danger">High</span>' in page
    assert "Put it right" in page
    fixed = author.post(f"{draft.pk}/fix/", {"code": "PUBLIC_WRITE_WITHOUT_CAPTCHA", "pointer": pointer_in(page)})
    assert fixed.status_code == 302
    assert author.fresh(draft).content["captcha"] == "proof_of_work"
    after = author.get(f"{draft.pk}/")
    assert "Put right." in after
    assert "PUBLIC_WRITE_WITHOUT_CAPTCHA" not in after


def pointer_in(page: str) -> str:
    start = page.index('value="PUBLIC_WRITE_WITHOUT_CAPTCHA"')
    return page[start:].split('name="pointer" value="')[1].split('"', maxsplit=1)[0]


def test_a_fix_for_what_is_not_found_changes_nothing(author: Author) -> None:
    draft = author.draft()
    author.post(f"{draft.pk}/fix/", {"code": "COST_HIGH", "pointer": "/nowhere"})
    assert "The checks no longer find that." in author.get(f"{draft.pk}/")
    assert author.fresh(draft).content == draft.content


def test_a_dry_run_tells_what_would_become_of_files(author: Author) -> None:
    draft = author.draft()
    page = author.get(f"{draft.pk}/")
    assert '<span class="pill good">Taken</span>' in page
    assert "page.html" in page
    own = author.get(f"{draft.pk}/", file="Holiday.pdf", mb="900")
    assert "Holiday.pdf is 900 MB. This app takes files up to" in own


def test_handing_in_is_said_and_the_review_is_of_what_was_there(author: Author) -> None:
    draft = author.draft()
    author.post(f"{draft.pk}/submit/", {})
    page = author.get(f"{draft.pk}/")
    assert "Handed in." in page
    assert "Waiting for the machine" in page
    assert Review.objects.get(draft=draft.pk).content == draft.content
    author.post(f"{draft.pk}/submit/", {})
    assert Review.objects.filter(draft=draft.pk, state="waiting").count() == 1


def test_an_address_that_is_taken_is_told(author: Author) -> None:
    publish_catalogue()
    draft = author.maker.draft(bent("form-attachments", {}))
    author.post(f"{draft.pk}/submit/", {})
    assert "There is already something called form-attachments here." in author.get(f"{draft.pk}/")


def test_markup_in_a_name_is_text(author: Author) -> None:
    name = "<script>alert(1)</script>"
    author.post("new/form/", answers(name=name))
    for draft in author.drafts():
        for address in (f"{draft.pk}/", "", f"{draft.pk}/edit/", f"{draft.pk}/rules/"):
            page = author.get(address)
            assert name not in page
            assert "&lt;script&gt;" in page


@pytest.mark.parametrize("page", ["", "edit/", "yaml/", "rules/", "bundle.tar.gz"])
def test_a_draft_is_there_for_its_workspace_alone(author: Author, page: str) -> None:
    draft = author.draft("invoice-inbox")
    assert author.browser.get(f"/drafts/{draft.pk}/{page}").status_code == 200
    stranger = browser_of(new_maker().user)
    assert stranger.get(f"/drafts/{draft.pk}/{page}").status_code == 404
    assert "/accounts/login/" in Client().get(f"/drafts/{draft.pk}/{page}")["Location"]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.AUDITOR])
def test_members_and_auditors_find_no_authors_pages(transactional_db: None, role: Role) -> None:
    browser = browser_of(new_maker(role).user)
    for address in ("", "new/form/", "new/yaml/", "new/app/"):
        assert browser.get(f"/drafts/{address}").status_code == 404
    assert browser.post("/drafts/new/form/", answers()).status_code == 404


def test_a_form_without_its_token_is_refused(author: Author) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(author.maker.user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post("/drafts/new/yaml/", {"text": "a: 1"}).status_code == 403
    assert author.drafts() == []
