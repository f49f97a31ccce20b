"""A template's own choices on the page of a new app: filled in, within its bounds, and what is enforced then."""

import re
from typing import Any

import pytest
from django.http import HttpResponse

from kernel.identifiers import new_id
from marketplace.installations import policy_of
from marketplace.models import Setup
from marketplace.publishing import publish_catalogue
from notices.buttons import buttons_for
from notices.kinds import Kind
from notices.models import Notice
from tenancy.models import MicroApp
from tenancy.roles import Role
from tests.gateway.conftest import bucket
from tests.marketplace.app_world import Office, text_of

__all__ = ["bucket"]

SMALLER = "smaller-pictures"
SHRINK = "Turn on smaller photos"


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    publish_catalogue()
    return Office()


def page(office: Office, template: str, query: str = "") -> str:
    return text_of(office.browser(Role.BUILDER).get(f"/templates/{template}/new/{query}"))


def submit(office: Office, template: str, **changes: Any) -> HttpResponse:
    content = {"name": "Summer", "region": "eu-central-1", "key": str(new_id()), **changes}
    return office.browser(Role.BUILDER).post(f"/templates/{template}/new/", content)


def made(office: Office, template: str, **changes: Any) -> MicroApp:
    address = submit(office, template, **changes)["Location"]
    office.browser(Role.BUILDER).post(f"{address}next/")
    app: MicroApp = office.within(lambda: Setup.objects.get(slug=address.split("/")[2]).app)
    return app


def is_ticked(shown: str) -> bool:
    (box,) = re.findall(f'<input type="checkbox" name="options" value="{SMALLER}"[^>]*>', shown)
    return " checked" in box


def test_each_choice_is_there_as_the_template_has_it(office: Office) -> None:
    assert is_ticked(page(office, "event-gallery"))
    assert not is_ticked(page(office, "team-photo-share"))
    assert 'name="options"' not in page(office, "file-import")


@pytest.mark.parametrize(("template", "options"), [("event-gallery", []), ("team-photo-share", [SMALLER])])
def test_what_was_chosen_holds_afterwards(office: Office, template: str, options: list[str]) -> None:
    app = made(office, template, options=options)
    assert office.within(lambda: policy_of(app).chosen) == set(options)
    settings = text_of(office.browser(Role.BUILDER).get(f"/apps/{app.slug}/settings/"))
    assert is_ticked(settings) is bool(options)


def test_what_the_template_does_not_offer_is_refused_and_the_rest_is_kept(office: Office) -> None:
    answer = submit(office, "event-gallery", name="Our party", options=[SMALLER, "larger-pictures"])
    shown = text_of(answer)
    assert answer.status_code == 422
    assert "<title>Error: " in shown
    assert shown.count("This template doesn&#x27;t offer larger-pictures.") == 2  # in the summary, and at the field
    assert 'value="Our party"' in shown
    assert is_ticked(shown)


def test_starting_over_keeps_what_was_chosen(office: Office) -> None:
    address = submit(office, "event-gallery", options=[])["Location"]
    assert not is_ticked(page(office, "event-gallery", f"?again={address.split('/')[2]}"))


def test_what_is_decided_elsewhere_is_shown_with_who_decides_it(office: Office) -> None:
    shown = page(office, "event-gallery")
    decided = shown.split("What is decided already")[1].split("In short")[0]
    for words in ("<dd>10 GB</dd>", "<dd>For 1 year</dd>", "<dd>up to 15 MB</dd>", "<dd>1 minute</dd>"):
        assert words in decided
    assert f"{office.person.user} can change it later" in decided


@pytest.mark.parametrize(
    ("template", "options", "is_offered"),
    [("team-photo-share", [], True), ("team-photo-share", [SMALLER], False), ("file-import", [], False)],
)
def test_a_notice_offers_smaller_photos_where_they_can_be_turned_on(
    office: Office, template: str, options: list[str], is_offered: bool
) -> None:
    app = made(office, template, options=options)
    facts = {"app_slug": app.slug, "of": "Summer", "used": "4 GB", "limit": "5 GB", "quota": "1"}
    notice = Notice(tenant_id=app.tenant_id, app=app, kind=Kind.QUOTA_NEAR, facts=facts)
    labels = [button.label for button in buttons_for(notice, Role.OWNER)]
    assert (SHRINK in labels) is is_offered
    assert "Give it more space" in labels
