"""Whatever chain of exchanges somebody thinks of, it only ever narrows (RFC 8693, invariant 3)."""

import time
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.revocation import revoke_app, revoke_token
from broker.tokens import Claims, verify
from kernel.paths import clean_path, is_within
from policy.actions import Action
from tenancy.scoping import tenant_scope
from tests.broker.wire import ACCESS_TOKEN, exchange
from tests.gateway.conftest import Person

ACTIONS = ["files:write", "files:list", "files:read", "folders:create"]
PREFIXES = ["", "acme", "acme/photos", "acme/photosX", "acme/photos/2026", "ACME/photos", "hr", "Grüße", "Gru\u0308ße"]
DEEPEST = 3


@dataclass(frozen=True)
class Model:
    """What a token may be, told in a few lines: the reference."""

    actions: frozenset[str]
    prefix: str
    ends_at: float
    depth: int


steps = st.lists(
    st.tuples(
        st.frozensets(st.sampled_from(ACTIONS), min_size=1),
        st.sampled_from(PREFIXES),
        st.one_of(st.none(), st.integers(1, 900)),
    ),
    min_size=1,
    max_size=4,
)


def starting(person: Person) -> tuple[str, Model]:
    token = person.token(*(Action(name) for name in ACTIONS))
    return token, modelled(verify(token))


def modelled(claims: Claims) -> Model:
    return Model(frozenset(map(str, claims.actions)), claims.prefix, claims.expires_at, len(claims.ancestors))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_a_chain_only_narrows(person: Person, steps: list[tuple[frozenset[str], str, int | None]]) -> None:
    token, parent = starting(person)
    for actions, prefix, lifetime in steps:
        wanted = {"scope": " ".join(sorted(actions)), "prefix": prefix, "lifetime": lifetime or ""}
        answer = exchange(token, **wanted)
        told = answer.json()
        assert "refresh_token" not in told
        is_inside = is_within(clean_path(prefix), parent.prefix) if prefix else True
        if parent.depth >= DEEPEST or not actions <= parent.actions or not is_inside:
            assert (answer.status_code, "access_token" in told) == (400, False)
            continue
        assert answer.status_code == 200, told
        child = modelled(verify(told["access_token"]))
        assert child.actions == actions
        assert is_within(child.prefix, parent.prefix)
        assert child.prefix == (clean_path(prefix) or parent.prefix)
        assert child.ends_at <= parent.ends_at
        assert child.ends_at <= time.time() + (lifetime or 900) + 1
        token, parent = told["access_token"], child


def test_what_would_be_granted_is_told_with_the_refusal(person: Person) -> None:
    narrow = exchange(person.token(), prefix="acme", scope="files:list").json()["access_token"]
    wider = exchange(narrow, scope="files:list files:write").json()
    assert (wider["error"], wider["granted"], wider["granted_prefix"]) == ("invalid_scope", "files:list", "acme")
    beside = exchange(narrow, prefix="acmeX").json()
    assert (beside["error"], beside["granted_prefix"]) == ("invalid_target", "acme")


def test_a_lifetime_that_was_cut_is_told(person: Person) -> None:
    told = exchange(person.token(), lifetime="900").json()
    assert told["narrowed"]["lifetime"]["asked"] == 900
    assert told["narrowed"]["lifetime"]["granted"] == told["expires_in"] <= 300


@pytest.mark.parametrize(
    "prefix",
    [
        "acme/../hr",
        "acme/./photos",
        "acme//photos",
        "..",
        "acme\\photos",
        "acme/\u202ephotos",
        "a" * 300,
        "/".join("a" * 40),
    ],
)
def test_a_prefix_that_plays_tricks_is_refused(person: Person, prefix: str) -> None:
    refused = exchange(person.token(), prefix=prefix)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("", ""),
        ("/files", ""),
        ("/files/", ""),
        ("/files/acme", "acme"),
        ("/files/Holiday%20photos/", "Holiday photos"),
    ],
)
def test_a_resource_names_a_folder_as_an_address(person: Person, settings: Any, path: str, prefix: str) -> None:
    told = exchange(person.token(), resource=f"{settings.BROKER_ISSUER}/api/v1{path}").json()
    assert verify(told["access_token"]).prefix == prefix


@pytest.mark.parametrize(
    "resource",
    [
        "https://evil.example/api/v1",
        "{issuer}/api/v1/files/a%2Fb",
        "{issuer}/api/v1/files/a%252Fb",
        "{issuer}/api/v1/files/..",
        "{issuer}/api/v1/files/%2e%2e/hr",
        "{issuer}/api/v1/other",
        "{issuer}/api/v1#x",
        "{issuer}/api/v1?x=1",
        "nonsense",
        "http://[::1",
        "{issuer}/api/v1/files/%ff",
    ],
)
def test_a_resource_that_is_not_ours_is_refused(person: Person, settings: Any, resource: str) -> None:
    address = resource.replace("{issuer}", settings.BROKER_ISSUER)
    refused = exchange(person.token(), resource=address)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")


def test_who_acts_for_whom_is_nested_in_the_token(person: Person) -> None:
    first = exchange(person.token(), actor_token=person.token(), actor_token_type=ACCESS_TOKEN).json()["access_token"]
    again = exchange(first, actor_token=person.token(), actor_token_type=ACCESS_TOKEN).json()["access_token"]
    me = f"user:{person.user.pk}"
    assert verify(again).raw["act"] == {"sub": me, "act": {"sub": me}}


def test_children_die_with_their_parent_and_not_the_other_way(person: Person) -> None:
    parent = person.token()
    child = exchange(parent).json()["access_token"]
    grandchild = exchange(child).json()["access_token"]
    with tenant_scope(person.app.tenant_id):
        revoke_token(verify(child), actor="user:test", reason="a test")
    assert person.call("get", "/files", token=parent).status_code == 200
    for dead in (child, grandchild):
        assert person.call("get", "/files", token=dead).status_code == 401
    assert exchange(child).status_code == 400


def test_right_after_a_stop_a_new_token_can_be_handed_on_and_an_old_one_cannot(person: Person) -> None:
    before = person.token()
    with tenant_scope(person.app.tenant_id):
        revoke_app(person.app, actor="user:test", reason="a test")
    child = exchange(person.token()).json()["access_token"]
    assert person.call("get", "/files", token=child).status_code == 200
    assert exchange(before).status_code == 400
