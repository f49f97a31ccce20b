"""Codes and refresh tokens: PKCE by S256 alone, exact addresses, and a second use ends everything that came of it."""

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from tests.broker.wire import exchange, post
from tests.gateway.conftest import Person

BACK = "https://photos.example/signed-in"
VERIFIER = "a-verifier-of-the-length-that-rfc7636-wants-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def program(person: Person) -> Person:
    person.app.application.redirect_uris = BACK
    person.app.application.save()
    return person


def ask(person: Person, as_user: Any = None, **changes: str) -> Any:
    browser = Client()
    browser.force_login(as_user or person.user, backend="django.contrib.auth.backends.ModelBackend")
    asked = {
        "client_id": person.app.publishable_id,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "files:list",
        "state": "a state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return browser, browser.get(f"/oauth/authorize?{query}")


def code_of(person: Person, **changes: str) -> str:
    browser, page = ask(person, **changes)
    assert page.status_code == 200, page.content
    hidden = {field.name: field.value() or "" for field in page.context["form"] if field.is_hidden}
    answer = browser.post("/oauth/authorize", {**hidden, "allow": "Authorize"})
    assert answer.status_code == 302
    back = parse_qs(urlsplit(answer["Location"]).query)
    assert answer["Location"].startswith(f"{BACK}?")
    assert back["state"] == ["a state"]
    return back["code"][0]


def redeem(person: Person, code: str, **changes: str) -> Any:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": person.app.publishable_id,
        "code_verifier": VERIFIER,
        **changes,
    }
    return post("/oauth/token", {name: value for name, value in form.items() if value})


def refresh(person: Person, token: str) -> Any:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": person.app.publishable_id}
    return post("/oauth/token", form)


def scoped(platform_token: str) -> Any:
    return exchange(platform_token)


def opens(person: Person, token: str) -> bool:
    return bool(person.call("get", "/files", token=token).status_code == 200)


def test_a_code_gives_a_platform_token_that_opens_nothing_until_it_is_exchanged(program: Person) -> None:
    given = redeem(program, code_of(program)).json()
    assert not opens(program, given["access_token"])
    told = scoped(given["access_token"]).json()
    assert "refresh_token" not in told
    assert opens(program, told["access_token"])
    wider = exchange(given["access_token"], scope="files:list files:read").json()
    assert (wider["error"], wider["granted"]) == ("invalid_scope", "files:list")


def test_a_code_that_comes_twice_ends_everything_that_came_of_it(program: Person) -> None:
    code = code_of(program)
    given = redeem(program, code).json()
    child = scoped(given["access_token"]).json()["access_token"]
    assert opens(program, child)
    assert redeem(program, code).status_code == 400
    assert not opens(program, child)
    assert scoped(given["access_token"]).status_code == 400
    assert refresh(program, given["refresh_token"]).status_code == 400


def test_a_refresh_token_that_comes_twice_ends_its_family(program: Person) -> None:
    first = redeem(program, code_of(program)).json()
    second = refresh(program, first["refresh_token"]).json()
    child = scoped(second["access_token"]).json()["access_token"]
    assert opens(program, child)
    assert refresh(program, first["refresh_token"]).status_code == 400
    assert not opens(program, child)
    assert refresh(program, second["refresh_token"]).status_code == 400
    assert scoped(second["access_token"]).status_code == 400


def test_giving_a_refresh_token_back_ends_its_family(program: Person) -> None:
    given = redeem(program, code_of(program)).json()
    child = scoped(given["access_token"]).json()["access_token"]
    back = {"token": given["refresh_token"], "client_id": program.app.publishable_id}
    assert post("/oauth/revoke", {**back, "client_id": "app_00000000000000000000"}).status_code == 200
    assert opens(program, child)
    assert post("/oauth/revoke", back).status_code == 200
    assert not opens(program, child)
    assert refresh(program, given["refresh_token"]).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [{"code_verifier": ""}, {"code_verifier": "wrong" * 10}, {"redirect_uri": f"{BACK}/x"}, {"redirect_uri": ""},
     {"client_id": "app_00000000000000000000"}, {"code": "wrong"}],
)  # fmt: skip
def test_a_code_is_bound_to_its_verifier_its_address_and_its_program(program: Person, changes: dict[str, str]) -> None:
    code = code_of(program)
    refused = redeem(program, **{"code": code, **changes})
    assert refused.status_code in {400, 401}
    assert "access_token" not in refused.json()


@pytest.mark.parametrize(
    "changes", [{"code_challenge": ""}, {"code_challenge_method": "plain", "code_challenge": VERIFIER}]
)
def test_without_s256_there_is_no_code(program: Person, changes: dict[str, str]) -> None:
    browser, page = ask(program, **changes)
    if page.status_code == 200:
        hidden = {field.name: field.value() or "" for field in page.context["form"] if field.is_hidden}
        page = browser.post("/oauth/authorize", {**hidden, "allow": "Authorize"})
    assert "error=invalid_request" in page.get("Location", "") or page.status_code == 400
    assert "code=" not in page.get("Location", "")


@pytest.mark.parametrize(
    "address",
    [f"{BACK}/more", f"{BACK}?x=1", f"{BACK}.evil.example", "https://photos.example", "http://photos.example/signed-in",
     "https://photos.example@evil.example/signed-in", "https://evil.example/", "javascript:alert(1)", ""],
)  # fmt: skip
def test_nobody_is_sent_to_an_address_that_is_not_listed(program: Person, address: str) -> None:
    _browser, page = ask(program, redirect_uri=address)
    if address == "":
        assert page.status_code in {200, 400}
        return
    assert page.status_code == 400
    assert "Location" not in page.headers


def test_a_person_who_may_not_use_the_app_is_asked_nothing(program: Person, stranger: Person) -> None:
    _browser, page = ask(program, as_user=stranger.user)
    assert page.status_code == 404
    assert program.app.name not in page.content.decode()


def test_who_says_no_gives_nothing(program: Person) -> None:
    browser, page = ask(program)
    hidden = {field.name: field.value() or "" for field in page.context["form"] if field.is_hidden}
    answer = browser.post("/oauth/authorize", hidden)
    assert parse_qs(urlsplit(answer["Location"]).query)["error"] == ["access_denied"]


def test_the_form_cannot_be_made_to_send_people_elsewhere(program: Person) -> None:
    browser, page = ask(program)
    hidden = {field.name: field.value() or "" for field in page.context["form"] if field.is_hidden}
    answer = browser.post("/oauth/authorize", {**hidden, "redirect_uri": "https://evil.example/", "allow": "Authorize"})
    assert "evil.example" not in answer.get("Location", "")
    assert not re.search(r"code=", answer.get("Location", ""))


def test_a_page_of_another_site_cannot_press_the_button(program: Person) -> None:
    _browser, page = ask(program)
    hidden = {field.name: field.value() or "" for field in page.context["form"] if field.is_hidden}
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(program.user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post("/oauth/authorize", {**hidden, "allow": "Authorize"}).status_code == 403
