"""Everything that isn't a living token of ours is refused alike: the right OAuth error, one text, never a 500."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey

from audit.actions import AuditAction
from audit.models import AuditEvent
from broker.keys import key_ring, root_key
from broker.tokens import audience, verify
from kernel.errors import Problem
from tenancy.models import Membership
from tenancy.scoping import tenant_scope
from tests.broker.wire import ACCESS_TOKEN, EXCHANGE, FORM, exchange, post, secret_of, sibling_of
from tests.gateway.conftest import Person

UNACCEPTABLE = {"error": "invalid_request", "error_description": "The subject token isn't acceptable."}


def forged(person: Person, key: Any = None, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token of ours with something changed, signed again."""
    claims = {**verify(person.token()).raw, **changes}
    signing = key or root_key()
    full = {"alg": "ES256", "typ": "at+jwt", "kid": root_key().kid, **(header or {})}
    return jwt.encode(full, claims, signing, algorithms=[full["alg"]])


def with_header(person: Person, header: dict[str, str], sign: Callable[[bytes], bytes]) -> str:
    """A token of ours under another header, put together by hand: the library refuses to."""
    body = person.token().split(".")[1]
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    signature = base64.urlsafe_b64encode(sign(f"{head}.{body}".encode())).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def unsigned(person: Person) -> str:
    return with_header(person, {"alg": "none", "typ": "at+jwt"}, lambda _content: b"")


def by_public_key(person: Person) -> str:
    """The classic confusion: the public key as the secret of an HMAC."""
    secret, header = root_key().as_pem(private=False), {"alg": "HS256", "typ": "at+jwt", "kid": str(root_key().kid)}
    return with_header(person, header, lambda content: hmac.digest(secret, content, "sha256"))


FORGERIES: dict[str, Callable[[Person], str]] = {
    "unsigned": unsigned,
    "HS256 with the public key": by_public_key,
    "another key": lambda p: forged(p, ECKey.generate_key("P-256")),
    "unknown kid": lambda p: forged(p, ECKey.generate_key("P-256"), {"kid": "nobody"}),
    "another typ": lambda p: forged(p, header={"typ": "JWT"}),
    "another issuer": lambda p: forged(p, iss="https://evil.example"),
    "another audience": lambda p: forged(p, aud="https://evil.example"),
    "from the future": lambda p: forged(p, iat=int(time.time()) + 3600),
    "expired": lambda p: forged(p, exp=int(time.time()) - 1),
    "truncated": lambda p: p.token()[:-20],
    "one bit off": lambda p: p.token()[:-2] + ("A" if p.token()[-2] != "A" else "B") + p.token()[-1],
    "no token at all": lambda p: "nonsense",
    "much too long": lambda p: p.token() + "x" * 60_000,
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_is_refused_by_the_broker_and_by_the_gateway(person: Person, name: str) -> None:
    value = FORGERIES[name](person)
    refused = exchange(value, audience=person.app.publishable_id)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    if len(value) < 60_000:
        assert refused.json() == UNACCEPTABLE
    assert person.call("get", "/files", token=value).status_code == 401


def test_another_tenants_token_and_one_of_a_sibling_app_open_nothing(person: Person, stranger: Person) -> None:
    for theirs in (stranger.token(), sibling_of(person).token()):
        assert exchange(theirs, audience=person.app.publishable_id).json() == UNACCEPTABLE
        assert exchange(person.token(), actor_token=theirs, actor_token_type=ACCESS_TOKEN).json() == UNACCEPTABLE


def test_an_app_that_is_not_theirs_is_like_one_that_is_not_there(person: Person, stranger: Person) -> None:
    session = {"subject_token_type": "urn:gatehouse:params:oauth:token-type:session"}
    assert exchange("x", **session, audience=person.app.publishable_id).status_code == 401
    absent = exchange(stranger.token(), audience="app_00000000000000000000")
    assert (absent.status_code, absent.json()["error"]) == (400, "invalid_target")


def test_who_is_suspended_or_left_gets_nothing_more(person: Person) -> None:
    token = person.token()
    person.user.is_active = False
    person.user.save()
    assert exchange(token).json()["error"] == "invalid_target"
    person.user.is_active = True
    person.user.save()
    assert exchange(token).status_code == 200
    with tenant_scope(person.app.tenant_id):
        Membership.objects.filter(user=person.user).delete()
    assert exchange(token).json()["error"] == "invalid_target"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"},
        {"subject_token_type": ""},
        {"subject_token": ""},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"actor_token": "x"},
        {"actor_token_type": ACCESS_TOKEN},
        {"lifetime": "-1"},
        {"lifetime": "1e3"},
        {"lifetime": "9" * 40},
        {"lifetime": "٣"},
        {"scope": "files:list\x00"},
        {"audience": "app\x00"},
    ],
)
def test_a_broken_request_is_told_so(person: Person, changes: dict[str, str]) -> None:
    refused = exchange(person.token(), **changes)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert refused["Cache-Control"] == "no-store"


@pytest.mark.parametrize("scope", ["", "everything", "files:list everything", "files:list,files:write", "FILES:LIST"])
def test_an_unknown_scope_is_told_with_what_would_be_granted(person: Person, scope: str) -> None:
    refused = exchange(person.token(), scope=scope).json()
    assert refused["error"] == "invalid_scope"
    assert "files:list" in refused["granted"]


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        ("/oauth/token", f"grant_type={EXCHANGE}&grant_type={EXCHANGE}", FORM),
        ("/oauth/token", "grant_type=x&scope=a&scope=b", FORM),
        ("/oauth/token?grant_type=x", "grant_type=x", FORM),
        ("/oauth/token", '{"grant_type":"x"}', "application/json"),
        ("/oauth/token", "", FORM),
        ("/oauth/token", b"grant_type=%ff%fe", FORM),
        ("/oauth/token", "grant_type=" + "x" * 100_000, FORM),
        ("/oauth/introspect", "token=a&token=b", FORM),
        ("/oauth/revoke", "token=a&token=b", FORM),
        ("/oauth/introspect", "", FORM),
    ],
)
def test_parameters_stand_in_the_form_and_once(path: str, body: Any, content_type: str, transactional_db: None) -> None:
    refused = Client().post(path, body, content_type=content_type)
    assert refused.status_code in {400, 401}
    assert refused.json()["error"] in {"invalid_request", "invalid_client"}


@pytest.mark.parametrize("grant", ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "x"])
def test_other_grants_are_not_taken(grant: str, transactional_db: None) -> None:
    refused = post("/oauth/token", {"grant_type": grant, "username": "a", "password": "b", "client_id": "c"})
    assert (refused.status_code, refused.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/revocations"])
def test_nothing_is_asked_by_get(path: str, transactional_db: None) -> None:
    assert Client().get(path).status_code == 405


def test_a_wrong_secret_is_refused_alike_for_an_app_and_for_none(person: Person) -> None:
    client_id, _value = secret_of(person)
    answers = [
        post("/oauth/token", {"grant_type": "client_credentials", "scope": "files:list"}, (name, "ghs_wrong"))
        for name in (client_id, "app_00000000000000000000", "")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert all(answer["WWW-Authenticate"].startswith("Basic") for answer in answers)


def test_a_secret_in_two_places_is_refused(person: Person) -> None:
    client_id, value = secret_of(person)
    form = {"grant_type": "client_credentials", "scope": "files:list", "client_secret": value}
    assert post("/oauth/token", form, (client_id, value)).status_code == 401


def test_a_refusal_stands_on_the_record_with_who_where_it_is_proven(person: Person) -> None:
    exchange(person.token(), scope="nonsense")
    exchange("nonsense", audience=person.app.publishable_id)
    with tenant_scope(person.app.tenant_id):
        events = AuditEvent.objects.filter(action=AuditAction.TOKEN_REFUSED).order_by("id")
        told = [(event.actor, event.detail["error"]) for event in events]
    assert told == [(f"user:{person.user.pk}", "invalid_scope"), ("unproven", "invalid_request")]


def test_no_token_is_ever_written_down(person: Person, capfd: pytest.CaptureFixture[str]) -> None:
    value = exchange(person.token()).json()["access_token"]
    exchange(value, scope="nonsense")
    with tenant_scope(person.app.tenant_id):
        record = json.dumps([event.detail for event in AuditEvent.objects.all()])
    assert value not in record
    assert value not in capfd.readouterr().err


def test_a_stolen_signature_is_no_use_at_another_audience(person: Person) -> None:
    elsewhere = forged(person, aud=f"{audience()}/files")
    with pytest.raises(Problem):
        verify(elsewhere)
    assert key_ring().signing_kid == root_key().kid
