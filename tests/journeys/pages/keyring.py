"""Somebody with keys of their own: an authenticator app, and a passkey in the browser's virtual authenticator."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page

from tests.journeys.conftest import Visitor
from tests.journeys.pages.places import with_password

_PERIOD_SECONDS = 30
_AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
_codes: list[str] = []
"""Of the only person who has any: each opens one more window."""


def sign_in_with_keys(visitor: Visitor, email: str) -> None:
    """Sign in, with a recovery code where keys are there, or else get an app and a passkey."""
    page = visitor.page
    visitor.sign_in(email)
    if "/2fa/authenticate/" in page.url:
        page.locator("main [name=code]").fill(_codes.pop())
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda address: "/2fa/" not in address)
        return
    _add_app(page)
    _add_passkey(visitor)
    page.goto("/accounts/2fa/recovery-codes/")
    _codes.extend(page.locator("main textarea").input_value().split())


def _add_app(page: Page) -> None:
    page.goto("/accounts/2fa/totp/activate/")
    with_password(page)
    secret = page.locator("main code").inner_text()
    page.locator("main [name=code]").fill(format_hotp_value(hotp_value(secret, int(time.time()) // _PERIOD_SECONDS)))
    page.locator("main form button").first.click()
    page.wait_for_url(lambda address: "/activate/" not in address)


def _add_passkey(visitor: Visitor) -> None:
    page, session = visitor.page, visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    page.goto("/accounts/2fa/webauthn/add/")
    page.locator("main [name=name]").fill("Desk")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda address: "/add/" not in address)
