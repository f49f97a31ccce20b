"""Pages of other websites reach an app only when its people listed the website."""

from typing import Any

import pytest
from django.test import Client

from broker import origins
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, new_person

LISTED = "https://photos.example"


@pytest.fixture
def listed(person: Person) -> Person:
    with tenant_scope(person.app.tenant_id):
        origins.keep(person.app, [LISTED], actor=user_principal(person.user.pk))
    origins._remembered.clear()
    return person


def ask(person: Person, origin: str) -> Any:
    headers = {"Authorization": f"Bearer {person.token()}", "Origin": origin}
    return Client(headers=headers).get("/api/v1/files")


def preflight(origin: str) -> Any:
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return Client(headers=asks).options("/api/v1/uploads")


def test_a_listed_website_is_told_yes_and_may_read_the_answer(listed: Person) -> None:
    told = preflight(LISTED)
    assert (told.status_code, told["Access-Control-Allow-Origin"]) == (204, LISTED)
    assert "Idempotency-Key" in told["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in told
    answer = ask(listed, LISTED)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, LISTED)
    assert "Origin" in answer["Vary"]


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://photos.example",
        "https://photos.example.evil.example",
        "https://evilphotos.example",
        "https://photos.example:8443",
        "https://sub.photos.example",
        "HTTPS://PHOTOS.EXAMPLE",
    ],
)
def test_any_other_origin_is_refused_and_reads_nothing(listed: Person, origin: str) -> None:
    told = preflight(origin)
    assert told.status_code == 403
    answer = ask(listed, origin)
    assert (answer.status_code, answer.json()["code"]) == (403, "ORIGIN_NOT_ALLOWED")
    assert "Access-Control-Allow-Origin" not in {**told.headers, **answer.headers}


def test_a_website_that_one_app_listed_opens_no_other_app(listed: Person, stranger: Person) -> None:
    answer = ask(stranger, LISTED)
    assert (answer.status_code, answer.json()["code"]) == (403, "ORIGIN_NOT_ALLOWED")


def test_programs_and_our_own_pages_name_no_foreign_origin(listed: Person) -> None:
    assert ask(listed, "http://testserver").status_code == 200
    assert Client(headers={"Authorization": f"Bearer {listed.token()}"}).get("/api/v1/files").status_code == 200


def test_the_page_keeps_exact_websites_and_refuses_others(person: Person) -> None:
    browser = Client()
    browser.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/apps/{person.app.slug}/keys/websites/"
    assert browser.post(address, {"origins": f"{LISTED}/\nhttps://b.example"}).status_code == 302
    assert origins.of(person.app) == ["https://b.example", LISTED]
    for wrong in ("http://photos.example", "https://*.example", "https://a.example/path", "photos.example"):
        refused = browser.post(address, {"origins": wrong})
        assert refused.status_code == 422
        assert "Error:" in refused.content.decode()
    assert origins.of(person.app) == ["https://b.example", LISTED]


def test_nobody_else_reaches_the_keys_page(person: Person) -> None:
    stranger = new_person()
    browser = Client()
    browser.force_login(stranger.user, backend="django.contrib.auth.backends.ModelBackend")
    slug = person.app.slug
    assert browser.get(f"/apps/{slug}/keys/").status_code == 404
    for part in ("revoke", "secrets", "secrets/retire", "addresses", "websites"):
        assert browser.post(f"/apps/{slug}/keys/{part}/", {"origins": LISTED}).status_code == 404
