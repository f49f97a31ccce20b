"""Text that no honest client sends: every endpoint has an OAuth error for it, and never a 500."""

import base64
import json
import re
import time
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.broker.wire import ACCESS_TOKEN, EXCHANGE, FORM, JWT, exchange, post, secret_of
from tests.gateway.conftest import Person

ODD = ["\x00", "a\x00b", "\ud800", "\uffff", "", " ", "\n", "x" * 5000, "%00", "..", "٣", "\u202e", "-1", "1e400"]
PARAMETERS = [
    "grant_type", "subject_token", "subject_token_type", "actor_token", "actor_token_type", "requested_token_type",
    "audience", "scope", "resource", "prefix", "lifetime", "client_id", "client_secret", "code", "code_verifier",
    "redirect_uri", "refresh_token", "token", "token_type_hint", "assertion",
]  # fmt: skip
GRANTS = [EXCHANGE, "client_credentials", "authorization_code", "refresh_token"]


def repr_of(value: Any) -> str:
    return repr(value)[:20]


patient = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

odd_text = st.one_of(st.sampled_from(ODD), st.text(max_size=40))
odd_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), odd_text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(odd_text, inner, max_size=3)),
    max_leaves=5,
)


def is_told_well(answer: Any) -> bool:
    """An answer in OAuth's words and characters (RFC 6749 §5.2): JSON, no server error."""
    described = answer.json().get("error_description", "")
    return answer.status_code in {200, 400, 401, 403, 404} and re.fullmatch(r"[ !#-\[\]-~]*", described) is not None


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@patient
@given(form=st.dictionaries(st.sampled_from(PARAMETERS), odd_text), grant=st.sampled_from(GRANTS), data=st.data())
def test_any_form_is_answered(transactional_db: None, form: dict[str, str], grant: str, data: Any) -> None:
    path = data.draw(st.sampled_from(["/oauth/token", "/oauth/introspect", "/oauth/revoke"]))
    sent = {"grant_type": grant, "subject_token_type": ACCESS_TOKEN, **form}
    body = "&".join(f"{name}={quoted(value)}" for name, value in sent.items())
    assert is_told_well(Client().post(path, body, content_type=FORM))


def quoted(value: str) -> str:
    return "".join(f"%{byte:02x}" for byte in value.encode("utf-8", "surrogatepass"))


@patient
@given(authorization=st.one_of(odd_text, odd_text.map(lambda text: "Basic " + quoted(text)), st.binary(max_size=60)))
def test_any_authorization_header_is_answered(transactional_db: None, authorization: str | bytes) -> None:
    if isinstance(authorization, bytes):
        authorization = "Basic " + base64.b64encode(authorization).decode()
    for path in ("/oauth/token", "/oauth/introspect", "/oauth/revoke"):
        form = {"grant_type": "client_credentials", "scope": "files:list", "token": "x", "client_id": "x"}
        answer = Client(headers={"Authorization": authorization}).post(path, form_of(form), content_type=FORM)
        assert is_told_well(answer)


def form_of(form: dict[str, str]) -> str:
    return "&".join(f"{name}={quoted(value)}" for name, value in form.items())


@patient
@given(header=st.dictionaries(st.sampled_from(["alg", "typ", "kid", "crit", "jwk", "b64"]), odd_json), claims=odd_json)
def test_any_header_and_claims_are_refused(person: Person, header: dict[str, Any], claims: Any) -> None:
    value = f"{encoded({'alg': 'ES256', **header})}.{encoded(claims)}.{encoded('x')}"
    for kind in (ACCESS_TOKEN, JWT):
        answer = exchange(value, subject_token_type=kind, audience=person.app.publishable_id)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("issuer", ["\x00", "\ud800", "x" * 5000, "", None, 7, ["a"], {"a": 1}], ids=repr_of)
def test_an_issuer_that_is_no_name_is_trusted_by_nobody(person: Person, issuer: Any) -> None:
    value = f"{encoded({'alg': 'ES256'})}.{encoded({'iss': issuer, 'exp': time.time() + 60})}.{encoded('x')}"
    answer = exchange(value, subject_token_type=JWT, audience=person.app.publishable_id)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


JSON_ENDPOINTS = {
    ("post", "/oauth/revocations"): ["level", "subject", "reason", "app"],
    ("post", "/oauth/consents"): ["app", "version"],
    ("delete", "/oauth/consents"): ["app", "surface"],
}


def answers_json_well(person: Person, method: str, path: str, content: Any) -> bool:
    browser = Client()
    browser.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    answer = getattr(browser, method)(path, json.dumps(content), content_type="application/json")
    return answer.status_code in {200, 201, 400, 403, 404, 409} and isinstance(answer.json(), dict)


@patient
@given(content=odd_json, endpoint=st.sampled_from(list(JSON_ENDPOINTS)))
def test_any_json_is_answered(person: Person, content: Any, endpoint: tuple[str, str]) -> None:
    assert answers_json_well(person, *endpoint, content)


@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS, ids=" ".join)
@pytest.mark.parametrize("odd", ["\x00", "\ud800", "x" * 5000, 7, ["a"], None], ids=repr_of)
def test_any_member_of_the_json_may_be_odd(person: Person, endpoint: tuple[str, str], odd: Any) -> None:
    sound = {"level": "app", "reason": "x", "version": "x", "surface": "x", "subject": "x"}
    sound["app"] = person.app.publishable_id
    for name in JSON_ENDPOINTS[endpoint]:
        assert answers_json_well(person, *endpoint, sound | {name: odd})


AUTHORIZATION = ["client_id", "redirect_uri", "state", "scope", "response_type", "code_challenge", "nonce", "claims"]


@pytest.mark.parametrize("name", AUTHORIZATION)
@pytest.mark.parametrize("value", ["\x00", "\ud800", "x" * 3000, "\u202e", ""], ids=repr_of)
def test_the_authorization_page_is_not_upset(person: Person, name: str, value: str) -> None:
    person.app.application.redirect_uris = "https://photos.example/back"
    person.app.application.save()
    browser = Client()
    browser.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    asked = {
        "client_id": person.app.publishable_id,
        "response_type": "code",
        "redirect_uri": "https://photos.example/back",
        "scope": "files:list",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
        name: value,
    }
    answer = browser.get(f"/oauth/authorize?{form_of(asked)}")
    assert answer.status_code in {200, 302, 400, 404}
    assert answer.get("Location", "https://photos.example/back").startswith("https://photos.example/back")
    hidden = {"allow": "Authorize", **asked}
    posted = browser.post("/oauth/authorize", form_of(hidden), content_type=FORM)
    assert posted.status_code in {200, 302, 400, 404}
    assert posted.get("Location", "https://photos.example/back").startswith("https://photos.example/back")


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/introspect", "/oauth/revoke"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("&".join(f"p{number}=1" for number in range(1000)), FORM),
        ("grant_type=x&token=x&pad=" + "x" * 2_000_000, FORM),
        ("grant_type=x&token=x", FORM + "; charset=klingon"),
        ("grant_type=x&token=x", FORM + "; charset=utf-16"),
        ("grant_type[]=x&grant_type[]=y&token[]=x", FORM),
        (b"\xff\xfe\x00", FORM),
        (b"token=%00", FORM),
        ("--x\r\n", "multipart/form-data; boundary=x"),
        ("--x\r\n", "multipart/form-data"),
        ("{}", "text/plain"),
        ("grant_type=x;token=x", FORM),
    ],
    ids=repr_of,
)
def test_a_body_that_is_no_form_of_ours_is_refused_in_oauths_words(
    path: str, body: Any, content_type: str, transactional_db: None
) -> None:
    sent = body if isinstance(body, bytes) else body.encode()
    refused = Client().generic("POST", path, sent, content_type=content_type)
    assert refused.status_code in {400, 401}
    assert refused.json()["error"] in {"invalid_request", "invalid_client", "unsupported_grant_type"}
    assert refused["Cache-Control"] == "no-store"


def test_consents_are_not_asked_with_nonsense(person: Person) -> None:
    browser = Client()
    browser.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    for app in ("%00", "%ff", "", "x" * 500):
        assert browser.get(f"/oauth/consents?app={app}").status_code == 404


def test_a_client_named_by_nonsense_is_not_there(person: Person) -> None:
    _client_id, secret = secret_of(person)
    for name in ("\x00", "a\x00", "\uffff", "x" * 5000):
        refused = post("/oauth/introspect", {"token": "x"}, (name, secret))
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
