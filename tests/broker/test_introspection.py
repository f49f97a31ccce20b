"""RFC 7662, RFC 7009, RFC 9701: what a token is worth, told to its own tenant alone, and taken back by its client."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet

from broker import clients, consents, keys
from broker.models import SigningKey
from broker.rotation import OVERLAP, PUBLISHED_AHEAD, rotate
from broker.tasks import rotate_signing_keys
from broker.token_life import cut, lift
from kernel import clock
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.broker.wire import exchange, introspect, post, secret_of
from tests.gateway.conftest import Person, grant_of

INACTIVE = {"active": False}


@pytest.fixture(autouse=True)
def remembered_secrets() -> None:
    clients._remembered.clear()


def test_a_living_token_is_told_whole(person: Person) -> None:
    told = introspect(person.token(), secret_of(person))
    assert told["active"] is True
    assert told["token_type"] == "Bearer"
    assert told["sub"] == f"user:{person.user.pk}"
    assert told["client_id"] == person.app.publishable_id
    assert told["authorization_details"][0]["actions"] == sorted(told["scope"].split())


def test_another_tenant_a_dead_token_and_none_are_told_alike(person: Person, stranger: Person) -> None:
    living, theirs = person.token(), secret_of(stranger)
    assert introspect(living, theirs) == INACTIVE
    assert introspect("nonsense", theirs) == INACTIVE
    mine = secret_of(person)
    assert introspect(living, mine)["active"] is True
    assert post("/oauth/revoke", {"token": living}, mine).status_code == 200
    assert introspect(living, mine) == INACTIVE


@pytest.mark.parametrize("form", [{"token": "x"}, {"token": "x", "client_id": "app_1", "client_secret": "ghs_wrong"}])
def test_who_does_not_prove_itself_is_told_how(form: dict[str, str], transactional_db: None) -> None:
    refused = post("/oauth/introspect", form)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused["WWW-Authenticate"].startswith("Basic")


def test_the_answer_is_never_kept_and_never_a_get(person: Person) -> None:
    answer = post("/oauth/introspect", {"token": "x"}, secret_of(person))
    assert answer["Cache-Control"] == "no-store"
    assert Client().get("/oauth/introspect").status_code == 405


def test_a_signed_answer_is_for_the_one_who_asked(person: Person) -> None:
    asked = {"Accept": "application/token-introspection+jwt"}
    answer = post("/oauth/introspect", {"token": person.token()}, secret_of(person), **asked)
    assert answer["Content-Type"] == "application/token-introspection+jwt"
    token = jwt.decode(answer.content.decode(), KeySet.import_key_set(Client().get("/.well-known/jwks.json").json()))
    assert token.header["typ"] == "token-introspection+jwt"
    assert token.claims["aud"] == person.app.publishable_id
    assert token.claims["token_introspection"]["active"] is True


def test_a_signed_answer_is_no_access_token(person: Person) -> None:
    asked = {"Accept": "application/token-introspection+jwt"}
    answer = post("/oauth/introspect", {"token": person.token()}, secret_of(person), **asked)
    assert person.call("get", "/files", token=answer.content.decode()).status_code == 401


def test_only_its_own_client_takes_a_token_back_and_nobody_learns_more(person: Person, stranger: Person) -> None:
    living = person.token()
    for basic in (secret_of(stranger), None):
        form = {"token": living} | ({} if basic else {"client_id": stranger.app.publishable_id})
        assert post("/oauth/revoke", form, basic).status_code == 200
    assert person.call("get", "/files", token=living).status_code == 200
    assert post("/oauth/revoke", {"token": living, "client_id": person.app.publishable_id}).status_code == 200
    assert person.call("get", "/files", token=living).status_code == 401
    assert post("/oauth/revoke", {"token": "nonsense", "client_id": "x"}).content == b"{}"


def test_secrets_rotate_with_an_overlap_and_end_at_once_where_asked(person: Person) -> None:
    old, new = secret_of(person), secret_of(person)
    living = person.token()
    assert introspect(living, old)["active"]
    assert introspect(living, new)["active"]
    with tenant_scope(person.app.tenant_id):
        clients.retire_secrets(person.app, at=clock.now(), actor="user:test")
    clients._remembered.clear()
    for secret in (old, new):
        assert post("/oauth/introspect", {"token": living}, secret).status_code == 401


def test_a_secret_is_kept_as_a_hash_alone(person: Person) -> None:
    _client_id, value = secret_of(person)
    with tenant_scope(person.app.tenant_id):
        kept = [vars(secret) for secret in clients.living_secrets(person.app)]
    assert value not in str(kept)


def test_withdrawing_consent_ends_the_tokens_and_asks_again(person: Person) -> None:
    living = person.token()
    with tenant_scope(person.app.tenant_id):
        grant = grant_of(person.app, Role.OWNER)
        assert consents.withdraw(person.app, person.user.pk, grant.consent.surface) == 1
        receipt = consents.receipts(person.app, person.user.pk)[0]
        assert receipt.withdrawn_at is not None
        assert receipt.words == list(grant.consent.lines)
        assert not consents.has_agreed(person.app, person.user.pk, grant.consent)
        assert consents.withdraw(person.app, person.user.pk, grant.consent.surface) == 0
    assert person.call("get", "/files", token=living).status_code == 401


def test_one_write_cuts_every_life_and_lifting_it_ends_that(person: Person) -> None:
    with tenant_scope(person.app.tenant_id):
        cut(30, lasts=dt.timedelta(hours=1), reason="a drill", actor=user_principal(person.user.pk))
    try:
        told = exchange(person.token()).json()
        assert told["expires_in"] <= 30
    finally:
        with tenant_scope(person.app.tenant_id):
            lift(actor="user:test")
    assert exchange(person.token()).json()["expires_in"] > 30


@pytest.fixture
def ring(transactional_db: None) -> Any:
    yield keys
    SigningKey.objects.all().delete()
    keys.read_key_ring()


def test_a_scheduled_rotation_disturbs_no_token(person: Person, ring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before, right = person.token(), clock.now
    made = rotate(reason="yearly", actor="user:test")
    told = {key["kid"] for key in Client().get("/.well-known/jwks.json").json()["keys"]}
    assert told == {made.kid, str(keys.root_key().kid)}
    assert keys.key_ring().signing_kid != made.kid
    monkeypatch.setattr("kernel.clock.now", lambda: right() + PUBLISHED_AHEAD)
    assert keys.read_key_ring().signing_kid == made.kid
    assert person.call("get", "/files", token=before).status_code == 200
    monkeypatch.setattr("kernel.clock.now", lambda: right() + PUBLISHED_AHEAD + OVERLAP)
    assert keys.read_key_ring().kids == (made.kid,)


def test_the_scheduler_changes_the_key_when_its_time_has_come(
    person: Person, ring: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, right = person.token(), clock.now
    settings.SIGNING_KEY_DAYS = 0
    rotate_signing_keys()
    assert not SigningKey.objects.exists()
    settings.SIGNING_KEY_DAYS = 90
    rotate_signing_keys()
    first = SigningKey.objects.get(reason="every 90 days")
    rotate_signing_keys()
    monkeypatch.setattr("kernel.clock.now", lambda: right() + dt.timedelta(days=89))
    rotate_signing_keys()
    assert list(SigningKey.objects.filter(reason="every 90 days")) == [first]
    monkeypatch.setattr("kernel.clock.now", lambda: right() + dt.timedelta(days=91))
    rotate_signing_keys()
    assert SigningKey.objects.filter(reason="every 90 days").count() == 2
    monkeypatch.undo()
    keys.read_key_ring()
    assert person.call("get", "/files", token=before).status_code == 200


# It ends what was issued minutes ago too, which tests beside it go by.
@pytest.mark.browser
def test_an_emergency_rotation_ends_every_token_and_the_old_key(person: Person, ring: Any) -> None:
    before = person.token()
    made = rotate(reason="a key was seen", actor="user:test", emergency=True)
    assert keys.read_key_ring().kids == (made.kid,)
    assert person.call("get", "/files", token=before).status_code == 401
    after = person.token()
    assert jwt.decode(after, KeySet.import_key_set(keys.key_ring().public())).header["kid"] == made.kid
    assert person.call("get", "/files", token=after).status_code == 200


def test_no_private_key_is_published_or_stands_open_in_the_database(person: Person, ring: Any) -> None:
    rotate(reason="yearly", actor="user:test")
    published = Client().get("/.well-known/jwks.json").json()["keys"]
    assert all("d" not in key for key in published)
    for row in SigningKey.objects.exclude(sealed_private_pem=None):
        assert b"PRIVATE" not in bytes(row.sealed_private_pem or b"")
