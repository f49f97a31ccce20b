"""Every page that people can open, who opens it there, and in which state: empty, full, or with something wrong.

Words in braces are named by the world (`world.py`).
"""

import collections
import functools
import gettext
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from embedded.management import PROJECT

Doing = Callable[[Page], Any]
NOBODY, GUEST = "", "guest"
MIA, BEN, OLIVIA = (f"{name}@acme.example" for name in ("member", "builder", "owner"))
PAULA = "platform@gatehouse.example"
OTTO, KIM = (f"{name}@globex.example" for name in ("outsider", "keys"))
"""Of another organisation; Kim has keys of her own."""
NEXT_STEP = "**/setup/next/"
_ANYTHING = "01890000-0000-7000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Place:
    """An address, who goes there, and what that person does before the page is looked at.

    The address may be one that only a click leads to: then `by` is where that person starts. Requests to an address
    like `kept_waiting` get no answer.
    """

    who: str
    address: str
    state: str = ""
    doing: Doing | None = None
    by: str = ""
    status: int = 200
    kept_waiting: str = ""

    @property
    def name(self) -> str:
        """For people who read a report."""
        return f"{self.who.split('@')[0] or 'nobody'} {self.address} {self.state}".strip()

    @property
    def sample(self) -> str:
        """An address of this form, for asking which page it is."""
        return self.address.format_map(collections.defaultdict(lambda: _ANYTHING))


def at(who: str, base: str, *pages: str, state: str = "") -> list[Place]:
    """Pages below an address."""
    return [Place(who, f"{base}{page}", state) for page in pages]


def wrong(who: str, address: str, button: str, *fields: tuple[str, str]) -> Place:
    """A page on which something has to be corrected after a button was pressed."""
    return Place(who, address, f"wrong after {button}", press(button, *fields))


def press(button: str, *fields: tuple[str, str]) -> Doing:
    """Fill fields by their labels, then press a button of the page."""

    def do(page: Page) -> None:
        main = page.locator("main")
        for label, text in fields:
            main.locator("input, textarea").and_(main.get_by_label(in_words_of(page, label))).first.fill(text)
        main.get_by_role("button", name=in_words_of(page, button)).first.click()
        page.wait_for_load_state()

    return do


@functools.cache
def _dictionary(language: str) -> gettext.NullTranslations:
    both = [PROJECT / "locale", PROJECT / "locale" / "vocabulary"]
    first, second = (gettext.translation("django", place, [language], fallback=True) for place in both)
    first.add_fallback(second)
    return first


_IN_THE_BOX = {"Choose files": "Dateien wählen", "Agree and continue": "Zustimmen und weiter"}
"""The upload box brings its own words."""


def in_words_of(page: Page, english: str) -> str:
    """The words as the page that is open has them."""
    language = str(page.evaluate("document.documentElement.lang"))
    in_the_box = _IN_THE_BOX.get(english) if language == "de" else None
    return in_the_box or _dictionary(language).gettext(english)


def follow(*names: str) -> Doing:
    """Follow links of the page, one after the other."""

    def do(page: Page) -> None:
        for name in names:
            page.locator("main").get_by_role("link", name=in_words_of(page, name)).first.click()
            page.wait_for_load_state()

    return do


def first_row(page: Page) -> None:
    """Open the first row of a list in the administration."""
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_load_state()


def within_first_row(link: str) -> Doing:
    """Go on from the first row to its history, or to its end."""

    def do(page: Page) -> None:
        first_row(page)
        page.locator(link).first.click()
        page.wait_for_load_state()

    return do


def with_password(page: Page) -> None:
    """Say again who one is, where that was too long ago, and go on to the page."""
    if "/reauthenticate/" in page.url:
        page.locator("main [name=password]").fill(os.environ["DEMO_PASSWORD"])
        page.locator("main form button").first.click()
        page.wait_for_url(lambda address: "/reauthenticate/" not in address)


def first_key(what: str) -> Doing:
    """Go on from the list of passkeys to the first one's page."""

    def do(page: Page) -> None:
        page.locator(f"main a[href$='/{what}/']").first.click()
        page.wait_for_load_state()
        with_password(page)

    return do


def run_a_call(page: Page) -> None:
    page.get_by_role("button", name=in_words_of(page, "Run")).click()
    expect(page.locator("#outcome")).to_have_text(in_words_of(page, "It worked."))


def read_consent(page: Page) -> None:
    """Choosing a file asks for consent before."""
    page.get_by_role("button", name=in_words_of(page, "Choose files")).click()
    expect(page.get_by_role("button", name=in_words_of(page, "Agree and continue"))).to_be_visible()


def too_large(page: Page) -> None:
    """A file that the app does not take."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=in_words_of(page, "Choose files")).click()
    chooser.value.set_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"})
    expect(page.get_by_text(re.compile("must be a|Nötig ist")).locator("visible=true").last).to_be_visible()


_ADMIN = ("tenancy/microapp", "quotas/quota", "notices/webhookendpoint", "notices/delivery", "tenancy/membership",
          "marketplace/apprequest", "marketplace/installation", "marketplace/versionchange",
          "storage/keeping")  # fmt: skip
_PLATFORMS = ("admission/limitsrevision", "marketplace/transformrule", "marketplace/regionprices", "accounts/user")
_TABS = ("", "files/", "trash/", "activity/", "share/", "settings/", "requests/", "requests/new/", "keys/", "try/",
         "update/")  # fmt: skip


def _of_nobody() -> Iterable[Place]:
    yield from at(NOBODY, "/", "", "sandbox/", "api/docs/", "gallery/{gallery}/", "gallery/{gallery}/{shown}/")
    yield from at(NOBODY, "/help/", "", "guide/", "no-code/", "errors/", "errors/FILE_TOO_LARGE/")
    yield from at(NOBODY, "/accounts/", "login/", "signup/", "inactive/", "password/reset/", "password/reset/done/")
    yield from at(NOBODY, "/accounts/", "password/reset/key/done/", "3rdparty/login/cancelled/")
    yield Place(NOBODY, "/accounts/password/reset/key/{reset}/", "a letter's link")
    yield from at(NOBODY, "/accounts/", "confirm-email/", "confirm-email/x/", "password/reset/key/0-x/")
    yield Place(NOBODY, "/accounts/3rdparty/login/error/", "failed", status=401)
    yield wrong(NOBODY, "/accounts/login/", "Sign in", ("E-mail address", "a@b.example"), ("Password", "not this"))
    yield from at(NOBODY, "/go/", "{quiet}/embed/", "{drop}/", state="a stranger")
    yield Place(NOBODY, "/gallery/{bare}/", "empty")
    yield Place(NOBODY, "/no/such/page", "not there", status=404)


def _of_the_guest() -> Iterable[Place]:
    yield Place(GUEST, "/apps/", "in a sandbox")
    yield Place(GUEST, "/apps/{slug}/", "in a sandbox", follow("Summer party"), by="/apps/")
    yield Place(GUEST, "/apps/{slug}/try/", "in a sandbox", follow("Summer party", "Try"), by="/apps/")
    yield from at(GUEST, "/sandbox/bill/", "", "?month=12")


def _of_ben() -> Iterable[Place]:
    yield from at(BEN, "/templates/", "", "team-photo-share/", "field-notes/", "field-notes/versions/1.0.0/")
    yield from at(BEN, "/templates/", "newsletter-pictures/versions/1.0.0/", "invoice-inbox/new/")
    yield Place(BEN, "/templates/?q=zzzz", "empty")
    yield Place(BEN, "/templates/team-photo-share/new/")
    yield wrong(BEN, "/templates/team-photo-share/new/", "Create app", ("What is it called?", ""))
    yield from at(BEN, "/drafts/", "", "new/app/", "new/form/", "new/yaml/", "{draft}/", "{risky}/")
    yield from at(BEN, "/drafts/{draft}/", "edit/", "yaml/", "rules/")
    yield from (wrong(BEN, f"/drafts/new/{way}/", "Make the template") for way in ("app", "form"))
    yield Place(BEN, "/apps/{setup}/setup/", "on its way", kept_waiting=NEXT_STEP)
    yield from at(BEN, "/apps/", "", "{made}/setup/", "{stuck}/setup/", "{outdated}/update/", "{updated}/update/")
    yield from at(BEN, "/apps/{full}/", *_TABS, "files/{file}/", "files/{bound}/", state="full")
    yield from at(BEN, "/apps/{quiet}/", *_TABS, "quarantine/", state="empty")
    yield Place(BEN, "/apps/{full}/try/", "after a call", run_a_call)
    yield Place(BEN, "/apps/{full}/activity/?since=2026-02-02&until=2026-01-01", "wrong", status=422)
    yield wrong(BEN, "/apps/{full}/settings/", "Save", ("Name", ""))
    yield wrong(BEN, "/apps/{full}/share/", "Save", ("Websites", "x"))
    yield wrong(BEN, "/apps/{full}/requests/new/?kind=files", "Ask Olivia Owner", ("How many", ""))
    yield from at(BEN, "/apps/", "{gallery}/gallery/", "{bare}/gallery/")
    yield from at(BEN, "/go/", "{full}/", "{full}/consent/", "{quiet}/", "{quiet}/consent/", "{full}/embed/")
    yield Place(BEN, "/go/{quiet}/", "asks for consent", read_consent)
    yield Place(BEN, "/go/{full}/", "refuses a file", too_large)
    yield from at(BEN, "/upload/", "{full}/", "{full}/{upload}/")
    yield Place(BEN, "/upload/{full}/", "takes the file", press("Continue"))
    yield from at(BEN, "/notices/", "", "settings/")
    yield Place(BEN, "/sandbox/promote/?app={wish}")


def _of_mia() -> Iterable[Place]:
    yield from at(MIA, "/", "apps/", "upload/{full}/{refused}/", "notices/", "go/{full}/consent/")
    yield from at(MIA, "/accounts/", "email/", "password/change/", "2fa/", "2fa/webauthn/", "3rdparty/", "logout/")
    yield Place(MIA, "/accounts/reauthenticate/")
    for page in ("totp/activate/", "webauthn/add/"):
        yield Place(MIA, f"/accounts/2fa/{page}", "", with_password)


def _of_kim() -> Iterable[Place]:
    keys = ("recovery-codes/", "recovery-codes/generate/", "totp/deactivate/")
    yield from at(KIM, "/accounts/2fa/", "", "webauthn/", "reauthenticate/", state="with keys")
    yield from (Place(KIM, f"/accounts/2fa/{page}", "with keys", with_password) for page in keys)
    for what in ("edit", "remove"):
        yield Place(KIM, f"/accounts/2fa/webauthn/keys/1/{what}/", "", first_key(what), by="/accounts/2fa/webauthn/")


def _of_olivia() -> Iterable[Place]:
    yield from at(OLIVIA, "/w/main/", "encryption/", "scanners/", "webhooks/", "webhooks/{webhook}/", "issuers/")
    yield wrong(OLIVIA, "/w/main/encryption/", "Try and use it", ("The key's id", "no-such-key"))
    yield wrong(OLIVIA, "/w/main/scanners/", "Add scanner", ("Name", ""))
    yield wrong(OLIVIA, "/w/main/webhooks/", "Add webhook", ("Address", "x"))
    yield from at(OLIVIA, "/apps/{invoices}/", "quarantine/", "keeping/", "files/", "files/{held}/", "requests/")
    yield Place(OLIVIA, "/apps/{invoices}/quarantine/", "wrong", press("Release"))
    yield from at(OLIVIA, "/apps/{full}/", "requests/", "quarantine/", "keeping/")
    yield Place(
        OLIVIA,
        "/apps/{full}/keeping/",
        "preview",
        press("See what it would touch", ("Delete files after how many days", "30")),
    )
    yield wrong(OLIVIA, "/apps/{full}/keeping/", "See what it would touch", ("Delete files after how many days", "0"))
    yield from at(OLIVIA, "/notices/", "")
    yield from at(OLIVIA, "/admin/", "", "tenancy/", *(f"{model}/" for model in _ADMIN))
    for model in ("quotas/quota", "tenancy/microapp", "tenancy/membership", "marketplace/apprequest"):
        yield Place(OLIVIA, f"/admin/{model}/{{row}}/change/", "", first_row, by=f"/admin/{model}/")


def _of_paula() -> Iterable[Place]:
    yield from at(PAULA, "/reviews/", "", "{review}/", "{high}/")
    yield from at(PAULA, "/platform/controls/", "access/", "token-life/", "template-rate/")
    yield Place(PAULA, "/platform/first-uploads/")
    fields = (("Why", "a drill"),)
    yield Place(PAULA, "/platform/controls/token-life/", "preview", press("See what it would end", *fields))
    yield Place(PAULA, "/platform/controls/access/", "preview",
                press("See what it would end", *fields, ("Which one", "team-photo-share")))  # fmt: skip
    yield Place(PAULA, "/templates/team-photo-share/urgent/")
    yield from at(PAULA, "/admin/", *(f"{model}/" for model in _PLATFORMS))
    yield Place(PAULA, "/admin/marketplace/transformrule/add/")
    emails = "/admin/account/emailaddress/"
    for link, what in ((".historylink", "history"), (".deletelink", "delete")):
        yield Place(PAULA, f"{emails}{{row}}/{what}/", "", within_first_row(link), by=emails)
    yield Place(PAULA, "/admin/accounts/user/{row}/change/", "", first_row, by="/admin/accounts/user/")


PLACES: list[Place] = [
    *_of_nobody(), *_of_the_guest(), *_of_mia(), *_of_ben(), *_of_kim(), *_of_olivia(), *_of_paula()
]  # fmt: skip
