"""The upload that needs no script: what its two forms let through, and whom."""

import html
import re
from typing import Any

import httpx2
import pytest
from django.test import Client

from broker.consents import agree
from storage.models import Upload
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, grant_of, new_person
from tests.web import web


@pytest.fixture
def browser(person: Person) -> Client:
    """The person's browser, after they agreed to what the app may do."""
    with tenant_scope(person.app.tenant_id):
        agree(person.app, person.user.pk, grant_of(person.app, Role.OWNER).consent)
    return signed_in(person)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def page_of(person: Person) -> str:
    return f"/upload/{person.app.slug}/"


def begin(browser: Client, person: Person, kind: str = "image/jpeg", name: str = "cat") -> Any:
    return browser.post(page_of(person), {"kind": kind, "name": name})


def send_form(page: Any, body: bytes, **changes: str) -> httpx2.Response:
    """Send the page's form to where it points, as a browser does."""
    text = page.content.decode()
    address = re.search(r'action="(https?://[^"]+)"', text)
    assert address is not None
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)
    fields = {html.unescape(name): html.unescape(value) for name, value in hidden} | changes
    files: Any = [(name, (None, value)) for name, value in fields.items()] + [("file", ("mine.jpg", body))]
    return web.post(html.unescape(address[1]), files=files, headers={"Cache-Control": "max-age=0"})


def follow(browser: Client, answer: httpx2.Response) -> Any:
    assert answer.status_code == 303
    return browser.get(re.sub(r"^https?://[^/]+", "", answer.headers["location"]))


def upload_of(person: Person) -> Upload:
    with tenant_scope(person.app.tenant_id):
        return Upload.objects.get(app=person.app)


def test_a_file_goes_to_storage_and_its_sender_is_led_back(person: Person, browser: Client) -> None:
    page = begin(browser, person)
    assert "form-action 'self' http" in page["Content-Security-Policy"]
    assert person.held()[0] > len(PICTURE)
    told = follow(browser, send_form(page, PICTURE))
    assert "Look again" in told.content.decode()
    assert (upload_of(person).state, upload_of(person).name) == ("received", "cat.jpg")
    assert person.held() == (0, len(PICTURE))


def test_storage_refuses_what_the_form_does_not_allow(person: Person, browser: Client) -> None:
    page = begin(browser, person)
    assert send_form(page, PICTURE, **{"Content-Type": "text/html"}).status_code == 403
    assert send_form(page, PICTURE, key="files/mine.jpg").status_code == 403
    assert send_form(page, PICTURE, success_action_redirect="https://elsewhere.example/").status_code == 403


def test_a_file_of_another_kind_is_refused_when_it_arrives(person: Person, browser: Client) -> None:
    told = follow(browser, send_form(begin(browser, person), b"MZ" + bytes(3000)))
    assert "Refused" in told.content.decode()
    assert upload_of(person).state == "rejected"
    assert person.held() == (0, 0)


def test_the_page_says_when_nothing_has_arrived(person: Person, browser: Client) -> None:
    begin(browser, person)
    told = browser.get(f"{page_of(person)}{upload_of(person).pk}/")
    assert 'role="alert"' in told.content.decode()
    assert upload_of(person).state == "started"


@pytest.mark.parametrize("kind", ["text/html", "", "image/jpeg, text/html"])
def test_a_kind_that_the_app_does_not_take_starts_nothing(person: Person, browser: Client, kind: str) -> None:
    assert begin(browser, person, kind).status_code == 404
    assert person.held() == (0, 0)


@pytest.mark.parametrize(
    ("typed", "stored"), [("cat.exe", "cat.exe.jpg"), ("cat.JPEG", "cat.JPEG"), ("  cat  ", "cat.jpg")]
)
def test_a_name_gets_the_ending_of_its_kind(person: Person, browser: Client, typed: str, stored: str) -> None:
    begin(browser, person, name=typed)
    assert upload_of(person).name == stored


def test_a_file_without_a_name_gets_the_date(person: Person, browser: Client) -> None:
    begin(browser, person, name="")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.jpg", upload_of(person).name)


def test_who_has_not_agreed_is_asked_first(person: Person) -> None:
    answer = begin(signed_in(person), person)
    assert (answer.status_code, answer["Location"]) == (302, f"/go/{person.app.slug}/consent/")
    assert person.held() == (0, 0)


def test_a_refused_start_is_told_with_its_remedy(person: Person, browser: Client) -> None:
    with tenant_scope(person.app.tenant_id):
        person.app.quota.bytes_limit = 0
        person.app.quota.save(update_fields=["bytes_limit"])
    answer = begin(browser, person)
    assert answer.status_code == 403
    assert 'role="alert"' in answer.content.decode()


def test_a_visitor_signs_in_first(person: Person) -> None:
    for answer in (Client().get(page_of(person)), begin(Client(), person)):
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_other_peoples_apps_and_uploads_are_not_there(person: Person, browser: Client) -> None:
    begin(browser, person)
    mine = f"{page_of(person)}{upload_of(person).pk}/"
    stranger = signed_in(new_person())
    assert [stranger.get(page_of(person)).status_code, stranger.get(mine).status_code] == [404, 404]
    assert browser.get("/upload/no-such-app/").status_code == 404
