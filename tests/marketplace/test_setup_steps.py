"""Making an app step by step: once, whatever is pressed twice, and leaving nothing behind where it stops."""

import re
import threading
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse

from accounts.models import User
from kernel.errors import NOT_ALLOWED
from kernel.identifiers import new_id
from marketplace import setups
from marketplace.installing import Choices, install
from marketplace.models import Installation, Setup
from marketplace.publishing import publish_catalogue, withdraw
from quotas.models import Quota
from tenancy.memberships import in_workspace
from tenancy.models import Membership, MicroApp
from tenancy.roles import Role
from tests.gateway.conftest import bucket
from tests.marketplace.app_world import Office, browser_of, text_of

__all__ = ["bucket"]

NEW = "/templates/team-photo-share/new/"
WATCHING = {"HX-Request": "true"}


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    return Office()


def submit(office: Office, **changes: str) -> HttpResponse:
    content = {"name": "Summer", "region": "eu-central-1", "key": str(new_id()), **changes}
    return office.browser(Role.BUILDER).post(NEW, content)


def begun(office: Office, **changes: str) -> Setup:
    address = submit(office, **changes)["Location"]
    setup: Setup = office.within(lambda: Setup.objects.get(slug=address.split("/")[2]))
    return setup


def step(office: Office, setup: Setup, times: int = 1) -> HttpResponse:
    browser = office.browser(Role.BUILDER)
    for _ in range(times):
        answer = browser.post(f"/apps/{setup.slug}/setup/next/", headers=WATCHING)
    return answer


def apps_named(office: Office, name: str) -> list[MicroApp]:
    return list(office.within(lambda: list(MicroApp.objects.filter(name=name))))


def test_the_form_is_prefilled_so_that_nothing_must_be_typed(office: Office) -> None:
    page = text_of(office.browser(Role.BUILDER).get(NEW))
    assert 'value="Team Photo Share (Marketing)"' in page
    assert re.search(r'value="eu-central-1"[^>]* checked', page)
    assert " checked" not in page.split("May it also")[1].split("In short")[0]


def test_five_steps_lead_to_the_upload_page(office: Office) -> None:
    setup = begun(office)
    assert apps_named(office, "Summer") == []
    for done in range(1, 5):
        answer = step(office, setup)
        assert text_of(answer).count('<li class="done">') == done
        assert "HX-Redirect" not in answer
    last = step(office, setup)
    assert last["HX-Redirect"] == f"/go/{setup.slug}/"
    app = apps_named(office, "Summer")[0]
    assert app.slug == setup.slug
    assert office.within(lambda: Quota.objects.filter(app=app).count()) == 1
    assert office.browser(Role.BUILDER).get(f"/go/{setup.slug}/").status_code == 200


def test_a_reload_changes_nothing_and_the_back_button_finds_the_app(office: Office) -> None:
    setup = begun(office)
    step(office, setup, 2)
    browser = office.browser(Role.BUILDER)
    pages = [text_of(browser.get(f"/apps/{setup.slug}/setup/")) for _ in range(2)]
    assert [page.count('<li class="done">') for page in pages] == [2, 2]
    step(office, setup, 3)
    done = text_of(browser.get(f"/apps/{setup.slug}/setup/"))
    assert "Summer is ready" in done
    assert "hx-post" not in done


def test_the_same_form_twice_makes_one_app(office: Office) -> None:
    key = str(new_id())
    addresses = {submit(office, key=key)["Location"] for _ in range(3)}
    assert len(addresses) == 1
    setup = begun(office, key=key)
    step(office, setup, 5)
    assert submit(office, key=key)["Location"] == addresses.pop()
    step(office, setup, 3)
    assert len(apps_named(office, "Summer")) == 1


def test_two_windows_at_once_make_one_app(office: Office) -> None:
    setup = begun(office)
    outcomes: list[Any] = []

    def run() -> None:
        try:
            outcomes.extend(office.within(lambda: setups.advance(setup.pk)).state for _ in range(6))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 18
    assert set(outcomes) == {"running", "done"}
    assert len(apps_named(office, "Summer")) == 1


def test_a_name_taken_meanwhile_stops_it_before_anything_is_there(office: Office) -> None:
    setup = begun(office)
    step(office, setup, 3)
    membership = office.within(lambda: in_workspace(office.person.user.pk, office.app.workspace_id))
    office.within(lambda: install(office.version, membership, Choices("Summer", "eu-central-1")))
    failed = text_of(step(office, setup))
    assert "Step 4 of 5 stopped." in failed
    assert "There is already something called Summer here." in failed
    assert "Nothing was made" in failed
    assert len(apps_named(office, "Summer")) == 1
    assert office.within(Installation.objects.count) == 2
    again = text_of(office.browser(Role.BUILDER).get(NEW, {"again": setup.slug}))
    assert 'value="Summer 2"' in again


def test_a_template_withdrawn_meanwhile_says_why_and_retry_asks_again(office: Office) -> None:
    setup = begun(office)
    staff = User.objects.create_user(f"{new_id().hex}@platform.example", is_staff=True)
    version = next(each for each in publish_catalogue() if each.template.slug == "team-photo-share")
    withdraw(version, staff, "A mistake in its limits.")
    try:
        failed = text_of(step(office, setup))
        assert "It was withdrawn. A mistake in its limits." in failed
        assert "Step 1 of 5 stopped." in text_of(office.browser(Role.BUILDER).get(f"/apps/{setup.slug}/setup/"))
    finally:
        type(version).objects.filter(pk=version.pk).update(withdrawn_at=None, withdrawn_reason="")
    assert office.browser(Role.BUILDER).post(f"/apps/{setup.slug}/setup/retry/").status_code == 302
    assert "HX-Redirect" in step(office, setup, 5)


def test_who_left_meanwhile_makes_nothing(office: Office) -> None:
    setup = begun(office)
    office.within(lambda: Membership.objects.filter(user=office.people[Role.BUILDER]).update(role=Role.MEMBER))
    failed = office.within(lambda: setups.advance(setup.pk))
    assert (failed.state, failed.problem_words) == ("failed", NOT_ALLOWED.words_for({}))


def test_why_it_stopped_is_read_in_the_readers_language(office: Office) -> None:
    setup = begun(office)
    office.within(lambda: Membership.objects.filter(user=office.people[Role.BUILDER]).update(role=Role.MEMBER))
    office.within(lambda: setups.advance(setup.pk))
    office.within(lambda: Membership.objects.filter(user=office.people[Role.BUILDER]).update(role=Role.BUILDER))
    browser, page = office.browser(Role.BUILDER), f"/apps/{setup.slug}/setup/"
    assert "Step 1 of 5 stopped.</strong> Only workspace owners can change this." in text_of(browser.get(page))
    german = text_of(browser.get(page, headers={"accept-language": "de"}))
    assert "hat angehalten.</strong> Nur Verantwortliche des Arbeitsbereichs können das ändern." in german


def test_what_stopped_before_facts_were_kept_has_its_own_words(office: Office) -> None:
    setup = begun(office)
    setup.problem = "The name was taken."
    assert setup.problem_words == "The name was taken."


def test_without_javascript_one_button_does_the_rest(office: Office) -> None:
    setup = begun(office)
    browser = office.browser(Role.BUILDER)
    assert "<noscript>" in text_of(browser.get(f"/apps/{setup.slug}/setup/"))
    answer = browser.post(f"/apps/{setup.slug}/setup/next/")
    assert (answer.status_code, answer["Location"]) == (302, f"/go/{setup.slug}/")
    assert len(apps_named(office, "Summer")) == 1


def test_a_setup_is_its_makers_alone(office: Office) -> None:
    setup = begun(office)
    for user in (office.person.user, office.people[Role.MEMBER], office.stranger.user):
        browser = browser_of(user)
        assert browser.get(f"/apps/{setup.slug}/setup/").status_code == 404
        for what in ("next", "retry"):
            assert browser.post(f"/apps/{setup.slug}/setup/{what}/", headers=WATCHING).status_code == 404
    assert office.browser(Role.BUILDER).get(f"/apps/{setup.slug}/setup/next/").status_code == 405


def test_what_is_not_finished_stands_on_the_list_of_apps(office: Office) -> None:
    setup = begun(office)
    assert "“Summer” is not finished" in text_of(office.browser(Role.BUILDER).get("/apps/"))
    assert "is not finished" not in text_of(office.browser(Role.OWNER).get("/apps/"))
    step(office, setup, 5)
    assert "is not finished" not in text_of(office.browser(Role.BUILDER).get("/apps/"))


@pytest.mark.parametrize(
    "changes", [{"name": "a/b"}, {"name": ""}, {"region": "mars-1"}, {"extra_permissions": "files:fly"}]
)
def test_answers_that_can_not_be_used_keep_what_was_typed(office: Office, changes: dict[str, str]) -> None:
    answer = submit(office, **changes)
    assert answer.status_code == 422
    assert "<title>Error:" in text_of(answer)
    assert office.within(Setup.objects.count) == 0
