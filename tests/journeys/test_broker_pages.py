"""Keys and programs in a real browser: an owner ends a key, a person lets a program in, the platform stops all."""

import base64
import hashlib
import re
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_photo_story import create_app
from tests.web import web

pytestmark = pytest.mark.browser


class ProgramsPage(BaseHTTPRequestHandler):
    """The page of another program that people come back to."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><html lang=en><title>Program</title><h1>Signed in</h1>")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def program() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), ProgramsPage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/signed-in"
    server.shutdown()
    server.server_close()


def test_an_app_owner_sees_a_key_and_ends_it(visitor: Visitor) -> None:
    visitor.sign_in("builder@acme.example")
    app_page = create_app(visitor, "Keys that end")
    page = visitor.page
    page.goto(f"{app_page}keys/")
    expect(page.get_by_text("Nobody holds a key right now.")).to_be_visible()
    page.goto(app_page)
    token = token_of_the_page(visitor)
    page.goto(f"{app_page}keys/")
    expect(page.get_by_text(re.compile(r"ends in 4 min"))).to_be_visible()
    assert files_seen_with(visitor, token) == 200
    page.get_by_role("button", name=re.compile("Revoke the key of You")).click()
    expect(page.get_by_text("Nobody holds a key right now.")).to_be_visible()
    assert files_seen_with(visitor, token) == 401
    assert visitor.complaints == []


def token_of_the_page(visitor: Visitor) -> str:
    """A key as the app's own pages get one."""
    ask = """async () => {
      const csrf = document.querySelector('meta[name="csrf-token"]').content;
      const app = document.querySelector("[data-app]").dataset.app;
      const body = new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange", subject_token: csrf,
        subject_token_type: "urn:gatehouse:params:oauth:token-type:session", audience: app, scope: "files:list" });
      return (await (await fetch("/oauth/token", { method: "POST", body })).json()).access_token;
    }"""
    return str(visitor.page.evaluate(ask))


def files_seen_with(visitor: Visitor, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return web.get(f"{visitor.site}/api/v1/files", headers=headers).status_code


def test_a_person_lets_another_program_use_an_app(visitor: Visitor, program: str) -> None:
    visitor.sign_in("builder@acme.example")
    app_page = create_app(visitor, "For programs")
    page = visitor.page
    page.goto(f"{app_page}keys/")
    client_id = page.locator("dd code").first.inner_text()
    page.get_by_label("Addresses to come back to").fill(program)
    page.get_by_role("button", name="Keep these addresses").click()

    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": program,
        "scope": "files:list",
        "state": "a state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page.goto(f"/oauth/authorize?{urlencode(asked)}")
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    visitor.complaints.clear()
    page.get_by_role("button", name="Agree and continue").click()
    page.wait_for_url("**/signed-in?*")
    back = parse_qs(urlsplit(page.url).query)
    assert (back["state"], back["iss"]) == (["a state"], [visitor.site])

    code = {"grant_type": "authorization_code", "code": back["code"][0], "redirect_uri": program}
    given = token_endpoint(visitor, {**code, "client_id": client_id, "code_verifier": verifier})
    scoped = token_endpoint(
        visitor,
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": given["access_token"],
            "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "scope": "files:list",
        },
    )
    assert "refresh_token" not in scoped
    assert files_seen_with(visitor, scoped["access_token"]) == 200
    assert files_seen_with(visitor, given["access_token"]) == 401


def token_endpoint(visitor: Visitor, form: dict[str, str]) -> dict[str, str]:
    answer = web.post(f"{visitor.site}/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
