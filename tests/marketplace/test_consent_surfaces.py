"""Folders to which people agree apart: each asked, kept, taken back and enforced by itself."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from audit.actions import AuditAction
from kernel.identifiers import new_id
from marketplace.installing import Choices, install
from marketplace.publishing import publish
from policy.canonical import canonical_bytes
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, bucket
from tests.marketplace.app_world import Office, browser_of, text_of
from tests.marketplace.conftest import Maker, bent

__all__ = ["bucket"]

FORM = "application/x-www-form-urlencoded"
SESSION = "urn:gatehouse:params:oauth:token-type:session"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
PAPER = {"size": 2000, "content_type": "application/pdf"}
SURFACES = ["staff-documents", "identity-documents", "contracts", "certificates"]


class Employee:
    """Somebody at the upload page, who agrees and hands papers in."""

    def __init__(self, person: Person, browser: Client) -> None:
        self.person, self.browser = person, browser
        self.page_address = f"/go/{person.app.slug}/consent/"

    def surface(self) -> Any:
        return self.browser.get(f"/go/{self.person.app.slug}/surface.json").json()

    def decide(self, surface: str, decision: str = "agree") -> str:
        shown = {words.surface: words for words, _ in self.browser.get(self.page_address).context["decided"]}
        wish = {"decision": decision, "surface": surface, "version": shown[surface].version}
        return text_of(self.browser.post(self.page_address, wish, follow=True))

    def exchange(self, **changes: str) -> Any:
        app = self.person.app.publishable_id
        wish = {"grant_type": EXCHANGE, "audience": app, "scope": "files:write", "subject_token_type": SESSION}
        wish |= {"subject_token": self.surface()["csrf"], **changes}
        return self.browser.post("/oauth/token", urlencode(wish), content_type=FORM)

    def token(self, **changes: str) -> str:
        return str(self.exchange(**changes).json()["access_token"])

    def start(self, path: str, token: str = "") -> tuple[int, str]:
        answer = self.person.call("post", "/uploads", {**PAPER, "path": path}, token or self.token())
        return answer.status_code, json.loads(answer.content).get("code", "")


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    return Office("hr-document-intake", extra=frozenset())


@pytest.fixture
def employee(office: Office) -> Employee:
    return Employee(office.person, office.browser(Role.MEMBER))


def test_each_folder_has_its_own_words_and_none_is_agreed_to_at_first(employee: Employee) -> None:
    told = employee.surface()
    asked = [told["consent"], *told["surfaces"]]
    assert [one["surface"] for one in asked] == SURFACES
    assert [(one["required"], one["agreed"]) for one in asked] == [(True, False)] + [(False, False)] * 3
    page = text_of(employee.browser.get(employee.page_address))
    for one in asked:
        assert all(line in page for line in one["lines"])


def test_nothing_comes_into_a_folder_before_that_is_agreed_to_and_elsewhere_it_does(employee: Employee) -> None:
    employee.decide("staff-documents")
    assert employee.start("Application.pdf") == (201, "")
    assert employee.start("Contracts/Mine.pdf") == (403, "CONSENT_REQUIRED")
    assert employee.start("Contracts/2026/Mine.pdf") == (403, "CONSENT_REQUIRED")
    assert employee.start("Contracts of others/Mine.pdf") == (201, "")
    employee.decide("contracts")
    assert employee.start("Contracts/2026/Mine.pdf") == (201, "")
    assert employee.start("Identity documents/Passport.pdf") == (403, "CONSENT_REQUIRED")


def test_without_the_words_about_the_whole_a_folders_own_are_not_enough(employee: Employee) -> None:
    employee.decide("contracts")
    assert employee.exchange().json()["code"] == "CONSENT_REQUIRED"


def test_a_token_for_one_folder_needs_its_agreement_and_no_other(employee: Employee) -> None:
    employee.decide("staff-documents")
    assert employee.exchange(prefix="Contracts").json()["error"] == "consent_required"
    employee.decide("contracts")
    assert employee.start("Contracts/Mine.pdf", employee.token(prefix="Contracts")) == (201, "")
    assert employee.exchange(prefix="Certificates").json()["error"] == "consent_required"


def test_one_is_taken_back_and_the_others_go_on(office: Office, employee: Employee) -> None:
    for surface in SURFACES:
        employee.decide(surface)
    before = employee.token()
    assert "Nothing more of yours goes to Contracts" in employee.decide("contracts", "withdraw")
    assert employee.start("Contracts/Mine.pdf", before) == (401, "KEY_REVOKED")
    assert employee.start("Contracts/Mine.pdf") == (403, "CONSENT_WITHDRAWN")
    assert employee.exchange(prefix="Contracts").json()["code"] == "CONSENT_WITHDRAWN"
    assert employee.start("Certificates/Training.pdf") == (201, "")
    assert employee.start("Application.pdf") == (201, "")
    assert [event.detail["surface"] for event in office.events(AuditAction.CONSENT_WITHDRAWN)] == ["contracts"]
    employee.decide("contracts")
    assert employee.start("Contracts/Mine.pdf") == (201, "")


def test_taking_back_the_whole_stops_every_folder(employee: Employee) -> None:
    for surface in SURFACES:
        employee.decide(surface)
    employee.decide("staff-documents", "withdraw")
    assert employee.exchange().json()["code"] == "CONSENT_WITHDRAWN"


def test_a_receipt_names_each(employee: Employee) -> None:
    for surface in SURFACES[:2]:
        page = employee.decide(surface)
    assert page.count("Receipt <code>") == 2
    assert "<summary>Identity documents, " in page
    assert "<summary>Staff-documents, " in page


def test_a_token_handed_on_reaches_no_folder_that_its_parent_did_not(employee: Employee) -> None:
    employee.decide("staff-documents")
    parent = employee.token()
    employee.decide("contracts")
    kind = "urn:ietf:params:oauth:token-type:access_token"
    child = employee.token(subject_token=parent, subject_token_type=kind)
    assert employee.start("Application.pdf", child) == (201, "")
    assert employee.start("Contracts/Mine.pdf", child)[0] == 403
    assert employee.start("Contracts/Mine.pdf") == (201, "")


def test_the_form_without_scripts_asks_for_the_folder_and_leads_to_its_words(employee: Employee) -> None:
    employee.decide("staff-documents")
    form = f"/upload/{employee.person.app.slug}/"
    assert '<option value="Contracts">Contracts</option>' in text_of(employee.browser.get(form))
    wish = {"kind": "application/pdf", "name": "Mine", "place": "Contracts"}
    assert employee.browser.post(form, wish)["Location"] == employee.page_address
    employee.decide("contracts")
    assert employee.browser.post(form, wish).status_code == 200
    assert employee.browser.post(form, {**wish, "place": "Elsewhere"}).status_code == 404


@pytest.fixture
def strict(maker: Maker) -> Employee:
    """An app of a template with one folder whose words are necessary for every upload."""
    folder = {"name": "health", "folder": "Health", "required": True, "lines": ["Health papers serve to plan work."]}
    name = f"t-{new_id().hex}"
    content = bent("hr-document-intake", {"slug": name, "name": f"HR {name}", "surfaces": [folder]})
    version = publish(canonical_bytes(content))
    with tenant_scope(maker.workspace.tenant_id):
        app = install(version, maker.membership, Choices("HR", "eu-central-1", frozenset()))
    return Employee(Person(app, maker.user), browser_of(maker.user))


def test_where_a_folders_words_are_necessary_nothing_comes_in_without_them(strict: Employee) -> None:
    strict.decide("staff-documents")
    assert strict.exchange().json()["code"] == "CONSENT_REQUIRED"
    strict.decide("health")
    assert strict.start("Application.pdf") == (201, "")
    strict.decide("health", "withdraw")
    assert strict.exchange().json()["code"] == "CONSENT_WITHDRAWN"
