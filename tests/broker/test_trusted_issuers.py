"""People of another sign-in service: believed by its keys alone, as far as the owner said, until the owner drops it."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey

from broker import issuer_keys
from broker.models import TrustedIssuer
from broker.tokens import verify
from kernel.outbound import OutboundError
from tenancy.scoping import tenant_scope
from tests.broker.wire import JWT, exchange
from tests.gateway.conftest import Person

ISSUER, AUDIENCE = "https://login.example", "gatehouse"


class Keys(BaseHTTPRequestHandler):
    """A service that publishes its keys, and misbehaves where the path says so."""

    keys: Any = None

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        if self.path == "/slow":
            time.sleep(8)
        elif self.path == "/huge":
            self.flood()
        else:
            self.wfile.write(json.dumps(self.keys).encode() if self.path == "/keys" else b"not a key set")

    def flood(self) -> None:
        try:
            for _ in range(100_000):
                self.wfile.write(b"x" * 10_000)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})


@pytest.fixture
def service(key: ECKey, settings: Any) -> Iterator[str]:
    settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED = True
    Keys.keys = {"keys": [key.as_dict(private=False)]}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def trust(person: Person, **changes: Any) -> Any:
    form = {"issuer": ISSUER, "audience": AUDIENCE, "role": "member", "asks_consent": "on", **changes}
    return browser(person).post("/w/main/issuers/", {name: value for name, value in form.items() if value is not None})


def assertion(key: ECKey, **changes: Any) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-17", "iat": now, "exp": now + 120, **changes}
    return jwt.encode({"alg": "ES256", "kid": "one"}, {k: v for k, v in claims.items() if v is not None}, key)


def asked(person: Person, value: str, **changes: Any) -> Any:
    form = {"subject_token_type": JWT, "audience": person.app.publishable_id, "scope": "files:write", **changes}
    return exchange(value, **form)


@pytest.fixture
def trusting(person: Person, service: str) -> Person:
    assert trust(person, keys_url=f"{service}/keys").status_code == 302
    return person


def test_a_person_of_a_trusted_service_gets_a_token_and_lists_files(trusting: Person, key: ECKey) -> None:
    answer = asked(trusting, assertion(key), scope="files:write files:list")
    assert answer.status_code == 200, answer.content
    claims = verify(answer.json()["access_token"])
    assert claims.subject.startswith("external:")
    assert claims.subject.endswith(":u-17")
    assert trusting.call("get", "/files", token=answer.json()["access_token"]).status_code == 200
    assert exchange(answer.json()["access_token"]).status_code == 200


def test_a_token_never_outlives_the_assertion(trusting: Person, key: ECKey) -> None:
    answer = asked(trusting, assertion(key, exp=int(time.time()) + 40))
    assert answer.json()["expires_in"] <= 40


def test_an_address_as_a_name_is_kept_as_a_hash(trusting: Person, key: ECKey) -> None:
    token = asked(trusting, assertion(key, sub="ada@example.com")).json()["access_token"]
    subject = verify(token).subject
    assert "ada@" not in subject
    assert "example" not in subject


def test_where_nobody_asks_for_consent_nobody_adds_files(person: Person, service: str, key: ECKey) -> None:
    trust(person, keys_url=f"{service}/keys", asks_consent=None)
    assert asked(person, assertion(key)).json()["error"] == "consent_required"
    assert asked(person, assertion(key), scope="files:list").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody else"},
        {"aud": None},
        {"sub": ""},
        {"sub": 17},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 2**40},
        {"iat": None},
        {"nbf": 2**40},
        {"exp": int(time.time()) + 90 * 24 * 3600},
    ],
)
def test_an_assertion_that_does_not_hold_is_refused(trusting: Person, key: ECKey, changes: dict[str, Any]) -> None:
    refused = asked(trusting, assertion(key, **changes))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


def test_another_key_is_not_believed(trusting: Person) -> None:
    assert asked(trusting, assertion(ECKey.generate_key("P-256", {"kid": "one"}))).status_code == 400


def test_the_actor_that_the_service_names_is_the_only_one(trusting: Person, key: ECKey) -> None:
    bound = assertion(key, may_act={"sub": "app:somebody"})
    assert asked(trusting, bound).status_code == 400
    me = f"user:{trusting.user.pk}"
    mine = assertion(key, may_act={"sub": me})
    actor = {"actor_token": trusting.token(), "actor_token_type": "urn:ietf:params:oauth:token-type:access_token"}
    given = asked(trusting, mine, **actor)
    assert verify(given.json()["access_token"]).raw["act"] == {"sub": me}


def test_another_tenant_believes_nothing_of_it(trusting: Person, stranger: Person, key: ECKey) -> None:
    assert asked(stranger, assertion(key)).status_code == 400


def test_pasted_keys_serve_as_well(person: Person, key: ECKey) -> None:
    pasted = json.dumps({"keys": [key.as_dict(private=False)]})
    assert trust(person, keys=pasted).status_code == 302
    assert asked(person, assertion(key)).status_code == 200


def test_dropping_the_service_ends_what_its_people_hold(trusting: Person, key: ECKey) -> None:
    token = asked(trusting, assertion(key), scope="files:list").json()["access_token"]
    with tenant_scope(trusting.app.tenant_id):
        issuer = TrustedIssuer.objects.get()
    assert browser(trusting).post(f"/w/main/issuers/{issuer.id}/drop/").status_code == 302
    assert trusting.call("get", "/files", token=token).status_code == 401
    assert asked(trusting, assertion(key)).status_code == 400
    assert exchange(token).status_code == 400


@pytest.mark.parametrize("path", ["/redirect", "/slow", "/huge", "/text"])
def test_keys_that_misbehave_are_refused_in_bounded_time(person: Person, service: str, path: str) -> None:
    begun = time.monotonic()
    assert trust(person, keys_url=f"{service}{path}").status_code == 422
    assert time.monotonic() - begun < issuer_keys.FETCH_SECONDS + 2


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/keys",
        "https://127.0.0.1/keys",
        "https://localhost/keys",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/keys",
        "https://[::1]/keys",
        "https://[::ffff:127.0.0.1]/keys",
        "https://2130706433/keys",
        "https://0x7f000001/keys",
        "file:///etc/passwd",
    ],
)
def test_our_own_network_is_not_reached(person: Person, settings: Any, address: str) -> None:
    settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED = False
    with pytest.raises(OutboundError):
        issuer_keys.fetch_key_set(address)
    assert trust(person, keys_url=address).status_code == 422


@pytest.mark.parametrize(
    "keys",
    [
        "not json",
        "[]",
        '{"keys": []}',
        '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}',
        '{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}',
        json.dumps({"keys": [ECKey.generate_key("P-256").as_dict(private=True)]}),
    ],
)
def test_keys_that_are_none_or_secret_are_not_taken(person: Person, keys: str) -> None:
    refused = trust(person, keys=keys)
    assert refused.status_code == 422
    assert "Error:" in refused.content.decode()


def test_only_an_owner_trusts_and_only_at_home(person: Person, stranger: Person, key: ECKey) -> None:
    pasted = json.dumps({"keys": [key.as_dict(private=False)]})
    assert trust(stranger, keys=pasted).status_code == 302
    with tenant_scope(person.app.tenant_id):
        assert TrustedIssuer.objects.count() == 0
    assert browser(person).get("/w/nobodys/issuers/").status_code == 404
