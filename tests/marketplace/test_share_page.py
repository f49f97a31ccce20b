"""Sharing: what the page says of websites is what browsers are told."""

import base64
import hashlib
import html
import re

import pytest
from django.test import Client

from tenancy.roles import Role
from tests.gateway.conftest import bucket
from tests.marketplace.app_world import BUILDING, Office, browser_of, text_of

__all__ = ["bucket"]

SITE = "https://www.example.com"


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    return Office()


def ancestors(answer: object) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", answer["Content-Security-Policy"])  # type: ignore[index]
    assert found is not None
    return found[1]


def test_the_page_is_for_who_builds_and_holds_link_code_and_tag(office: Office) -> None:
    for role in Role:
        assert office.get("share/", role).status_code == (200 if role in BUILDING else 404)
    page = text_of(office.get("share/", Role.BUILDER))
    assert f"/go/{office.app.slug}/</code>" in page
    assert re.search(r'<svg class="qr-code"[^>]+> <path d="M\d+ \d+h1v1h-1z', page)
    assert "None stands here now, so no other website can." in page
    assert "&lt;iframe src=" in page


def test_the_tag_names_the_fingerprint_of_a_script_that_never_changes(office: Office) -> None:
    tag = html.unescape(text_of(office.get("share/", Role.BUILDER)))
    script = Client().get("/embed/v1/safe-upload.js", headers={"Origin": "https://anywhere.example"})
    fingerprint = base64.b64encode(hashlib.sha384(script.content).digest()).decode()
    assert fingerprint == "5rpHFsp09+0jbuOpNQXhPuj0jqE0yNUQ0rs/f2AZe/nhnzIkw8t0jEP/EmP7ZLVs"
    assert f'integrity="sha384-{fingerprint}" crossorigin="anonymous" data-app="{office.app.slug}"' in tag
    assert script["Access-Control-Allow-Origin"] == "*"
    assert script["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_listed_website_may_show_the_frame_and_read_answers_and_no_other(office: Office) -> None:
    frame = f"/go/{office.app.slug}/embed/"
    assert ancestors(office.browser(Role.MEMBER).get(frame)) == "'none'"
    assert office.post("share/", {"origins": f"{SITE}/"}, Role.BUILDER).status_code == 302
    shown = office.browser(Role.MEMBER).get(frame)
    assert ancestors(shown) == f"'self' {SITE}"
    assert "X-Frame-Options" not in shown
    allowed = Client().get("/api/v1/files", headers={"Origin": SITE})
    other = Client().get("/api/v1/files", headers={"Origin": "https://evil.example"})
    assert allowed["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Origin" not in other
    assert "1 stands here now." in text_of(office.get("share/"))
    office.post("share/", {"origins": ""})
    assert ancestors(Client().get(frame)) == "'none'"


@pytest.mark.parametrize("text", ["http://www.example.com", "https://*.example.com", "https://a.example/path", "x"])
def test_what_is_no_website_is_told_and_nothing_is_kept(office: Office, text: str) -> None:
    answer = office.post("share/", {"origins": text})
    assert answer.status_code == 422
    assert "<title>Error: Share" in text_of(answer)
    assert "None stands here now" in text_of(office.get("share/"))


def test_the_frame_tells_nothing_to_who_is_not_signed_in_or_belongs_elsewhere(office: Office) -> None:
    frame = f"/go/{office.app.slug}/embed/"
    for browser in (Client(), browser_of(office.stranger.user), office.browser(Role.AUDITOR)):
        page = text_of(browser.get(frame))
        assert office.app.name not in page
        assert "<safe-upload" not in page
        assert 'target="_blank"' in page
    assert "<safe-upload" in text_of(office.browser(Role.MEMBER).get(frame))
    assert Client().get("/go/no-such-app/embed/").status_code == 404


def test_a_website_that_is_not_listed_is_told_so_in_the_frame_and_nothing_of_the_app(office: Office) -> None:
    frame, evil = f"/go/{office.app.slug}/embed/", "https://evil.example"
    office.post("share/", {"origins": SITE})
    told = office.browser(Role.MEMBER).get(frame, headers={"Referer": f"{evil}/page?x"})
    assert (told.status_code, ancestors(told)) == (403, evil)
    page = text_of(told)
    assert "This page may not use this upload box yet." in page
    assert f'href="{office.address("share/")}"' in page
    assert office.app.name not in page
    assert "<safe-upload" not in page
    listed = office.browser(Role.MEMBER).get(frame, headers={"Referer": f"{SITE}/party/"})
    assert (listed.status_code, ancestors(listed)) == (200, f"'self' {SITE}")


@pytest.mark.parametrize(
    "referer", ["nonsense", "https://", "https://a b", "https://a;script-src *", "data:text/html,x"]
)
def test_what_names_no_website_changes_nothing(office: Office, referer: str) -> None:
    answer = office.browser(Role.MEMBER).get(f"/go/{office.app.slug}/embed/", headers={"Referer": referer})
    assert (answer.status_code, ancestors(answer)) == (200, "'none'")


def test_every_other_page_stays_out_of_frames(office: Office) -> None:
    office.post("share/", {"origins": SITE})
    for address in (f"/go/{office.app.slug}/", office.address(), office.address("share/")):
        answer = office.browser(Role.OWNER).get(address)
        assert (ancestors(answer), answer["X-Frame-Options"]) == ("'none'", "DENY")
