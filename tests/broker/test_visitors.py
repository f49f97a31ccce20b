"""People who haven't signed in add files to public apps, after a proof of work and the app's words, and no more."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from altcha import PayloadV1, solve_challenge_v1
from django.test import Client

from admission.proof_of_work import Purpose, new_challenge
from audit.models import AuditEvent
from broker.tokens import verify
from broker.visitors import PROOF
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, bucket, new_person, send

__all__ = ["bucket"]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def easy(settings: Any) -> None:
    settings.PROOF_OF_WORK_NUMBER = 300


@pytest.fixture
def box(transactional_db: None, bucket: None) -> Person:
    return new_person("public-drop-box", frozenset())


@pytest.fixture
def team(transactional_db: None, bucket: None) -> Person:
    return new_person()


def solved(app: str, purpose: Purpose = Purpose.UPLOAD) -> str:
    challenge: Any = new_challenge(purpose, app)
    found = solve_challenge_v1(
        challenge["challenge"], challenge["salt"], challenge["algorithm"], challenge["maxNumber"]
    )
    assert found is not None
    parts = (challenge["algorithm"], challenge["challenge"], found.number, challenge["salt"], challenge["signature"])
    return PayloadV1(*parts).to_base64()


def surface(box: Person) -> Any:
    return Client().get(f"/go/{box.app.slug}/surface.json").json()


def ask(box: Person, **changes: str) -> Any:
    name = box.app.publishable_id
    wish = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": changes.pop("proof", "") or solved(name),
        "subject_token_type": PROOF,
        "audience": name,
        "scope": "files:write",
        **changes,
    }
    return Client().post("/oauth/token", urlencode(wish), content_type=FORM)


def agreed(box: Person) -> str:
    return str(surface(box)["consent"]["version"])


def test_a_stranger_hands_a_file_in(box: Person) -> None:
    token = ask(box, consent=agreed(box)).json()["access_token"]
    wish = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
    started = box.call("post", "/uploads", wish, token)
    assert started.status_code == 201, started.content
    assert send(started.json()["upload"], PICTURE).status_code == 201
    done = box.call("post", f"/uploads/{started.json()['id']}/complete", {}, token)
    assert done.status_code == 202
    assert box.call("get", f"/uploads/{started.json()['id']}", token=token).status_code == 200


def test_the_page_of_a_public_app_is_open_and_asks_for_a_proof(box: Person) -> None:
    page = Client().get(f"/go/{box.app.slug}/")
    assert page.status_code == 200
    told = surface(box)
    assert told["visitor"]["challenge"] == f"/proof/challenge?for=upload&app={box.app.publishable_id}"
    assert told["consent"]["agreed"] is False
    assert Client().get(told["visitor"]["challenge"]).status_code == 200


def test_the_page_of_any_other_app_asks_for_signing_in(team: Person) -> None:
    for address in (f"/go/{team.app.slug}/", f"/go/{team.app.slug}/surface.json", "/go/no-such-app/"):
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_a_proof_opens_no_app_that_is_not_public(team: Person) -> None:
    answer = ask(team, consent="x")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")


def test_one_proof_gives_one_token(box: Person) -> None:
    proof, words = solved(box.app.publishable_id), agreed(box)
    assert ask(box, proof=proof, consent=words).status_code == 200
    again = ask(box, proof=proof, consent=words)
    assert (again.status_code, again.json()["code"]) == (403, "CAPTCHA_REQUIRED")


def test_a_proof_for_another_app_or_purpose_is_none(box: Person) -> None:
    words = agreed(box)
    for proof in (solved("app_other"), solved(box.app.publishable_id, Purpose.SANDBOX), "nonsense"):
        assert ask(box, proof=proof, consent=words).json()["code"] == "CAPTCHA_REQUIRED"


@pytest.mark.parametrize("consent", ["", "another digest"])
def test_without_the_words_as_they_are_now_there_is_no_token(box: Person, consent: str) -> None:
    answer = ask(box, consent=consent)
    assert answer.json()["error"] == "consent_required"


@pytest.mark.parametrize("scope", ["files:list", "files:read", "files:write files:list", "files:delete"])
def test_a_visitor_may_add_files_and_nothing_else(box: Person, scope: str) -> None:
    answer = ask(box, consent=agreed(box), scope=scope)
    assert answer.json()["error"] == "invalid_scope"
    assert answer.json()["granted"] == "files:write"


def test_a_visitor_sees_nothing_of_what_others_handed_in(box: Person) -> None:
    token = ask(box, consent=agreed(box)).json()["access_token"]
    assert box.call("get", "/files", token=token).status_code == 403


def test_the_record_tells_visits_apart_and_what_each_agreed_to(box: Person) -> None:
    words = agreed(box)
    first, second = (verify(ask(box, consent=words).json()["access_token"]).subject for _ in range(2))
    assert first != second
    with tenant_scope(box.app.tenant_id):
        given = AuditEvent.objects.filter(app_id=box.app.id, action="broker:consent:given", actor=first)
        assert [event.detail["version"] for event in given] == [words]


def test_who_looks_after_the_app_sees_that_a_visitor_came(box: Person) -> None:
    ask(box, consent=agreed(box))
    client = Client()
    client.force_login(box.user, backend="django.contrib.auth.backends.ModelBackend")
    for page in ("", "activity/", "keys/", "try/"):
        answer = client.get(f"/apps/{box.app.slug}/{page}")
        assert answer.status_code == 200, page
    assert "A visitor" in client.get(f"/apps/{box.app.slug}/activity/").content.decode()


def test_a_visitors_token_is_not_handed_on(box: Person) -> None:
    token = ask(box, consent=agreed(box)).json()["access_token"]
    answer = ask(box, proof=token, subject_token_type="urn:ietf:params:oauth:token-type:access_token")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_the_visitors_token_lives_no_longer_than_the_template_says(box: Person) -> None:
    assert ask(box, consent=agreed(box)).json()["expires_in"] <= 120
    assert json.loads(ask(box, consent=agreed(box)).content)["scope"] == "files:write"
