"""Whatever chain of exchanges somebody thinks of, it only ever narrows (RFC 8693, invariant 3)."""

import time
import unicodedata
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.revocation import revoke_app, revoke_token
from broker.tokens import Claims, verify
from policy.actions import Action
from tenancy.scoping import tenant_scope
from tests.broker.wire import ACCESS_TOKEN, exchange, post, secret_of, sibling_of
from tests.gateway.conftest import Person, new_person

ACTIONS = ["files:write", "files:list", "files:read", "folders:create"]
REFUSED = {"..", ".", "", "a\\b"}
SEGMENTS = ["acme", "photos", "photosX", "ACME", "hr", "Grüße", "Gru\u0308ße", " acme ", "%2e%2e", *sorted(REFUSED)]
DEEPEST = 3


@dataclass(frozen=True)
class Model:
    """What a token may be, told in a few lines: the reference. A folder is the list of its names."""

    actions: frozenset[str]
    folder: list[str]
    ends_at: float
    depth: int


@dataclass(frozen=True)
class Wish:
    """What a client asks for; the prefix as it is typed, None where it asks for no folder."""

    actions: frozenset[str]
    prefix: str | None
    lifetime: int | None
    audience: str

    def as_form(self, audiences: dict[str, str]) -> dict[str, str]:
        form = {"scope": " ".join(sorted(self.actions)), "audience": audiences[self.audience]}
        form |= {} if self.prefix is None else {"prefix": self.prefix}
        return form | ({} if self.lifetime is None else {"lifetime": str(self.lifetime)})


folders = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=3)
typed = st.builds(
    lambda names, before, after: before + "/".join(names) + after,
    folders, st.sampled_from(["", "", "/"]), st.sampled_from(["", "", "/"]),
)  # fmt: skip
wishes = st.builds(
    Wish,
    st.frozensets(st.sampled_from(ACTIONS), min_size=1),
    st.one_of(st.none(), st.none(), typed),
    st.one_of(st.none(), st.integers(120, 900)),
    st.sampled_from(["none", "none", "own", "own", "sibling", "stranger", "nobody"]),
)


def folder_of(prefix: str | None) -> list[str] | None:
    """The names that a typed prefix means; None for one that can't be a folder. Written without the kernel's help."""
    if not prefix or prefix == "/":
        return []
    start, end = prefix.startswith("/"), prefix.endswith("/")
    names = [unicodedata.normalize("NFC", name).strip() for name in prefix[start : len(prefix) - end].split("/")]
    return None if set(names) & REFUSED else names


def refusals(wish: Wish, parent: Model) -> set[str]:
    """The errors that a wish deserves, of which one must be the answer; none where it is to be granted."""
    folder = folder_of(wish.prefix)
    is_inside = not wish.prefix or (folder is not None and folder[: len(parent.folder)] == parent.folder)
    deserved = {
        "invalid_scope": not wish.actions <= parent.actions,
        "invalid_target": not is_inside or wish.audience == "nobody",
        "invalid_request": parent.depth >= DEEPEST or wish.audience in {"sibling", "stranger"},
    }
    return {error for error, is_deserved in deserved.items() if is_deserved}


def starting(person: Person, *, as_server: bool) -> tuple[str, Model]:
    """A person's own token, or a server app's."""
    if not as_server:
        token = person.token(*(Action(name) for name in ACTIONS))
        return token, modelled(verify(token))
    form = {"grant_type": "client_credentials", "scope": " ".join(ACTIONS)}
    token = post("/oauth/token", form, secret_of(person)).json()["access_token"]
    return token, modelled(verify(token))


def modelled(claims: Claims) -> Model:
    folder = claims.prefix.split("/") if claims.prefix else []
    return Model(frozenset(map(str, claims.actions)), folder, claims.expires_at, len(claims.ancestors))


@pytest.fixture(scope="module")
def owner(django_db_setup: None, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield new_person()


@pytest.fixture(scope="module")
def audiences(owner: Person) -> dict[str, str]:
    apps = {"own": owner, "sibling": sibling_of(owner), "stranger": new_person()}
    return {name: person.app.publishable_id for name, person in apps.items()} | {
        "none": "",
        "nobody": "app_" + "0" * 20,
    }


@pytest.mark.parametrize("as_server", [False, True], ids=["a person's", "a server's"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chain=st.lists(wishes, min_size=2, max_size=5))
def test_a_chain_only_narrows(
    owner: Person, audiences: dict[str, str], transactional_db: None, as_server: bool, chain: list[Wish]
) -> None:
    token, parent = starting(owner, as_server=as_server)
    for wish in chain:
        answer = exchange(token, **wish.as_form(audiences))
        told, deserved = answer.json(), refusals(wish, parent)
        if deserved:
            assert answer.status_code == 400
            assert told["error"] in deserved
            assert "access_token" not in told
            continue
        assert answer.status_code == 200, told
        assert "refresh_token" not in told
        child = modelled(verify(told["access_token"]))
        assert child.actions == wish.actions
        assert child.folder == (folder_of(wish.prefix) or parent.folder)
        assert child.ends_at <= min(parent.ends_at, time.time() + (wish.lifetime or 900) + 1)
        assert child.depth == parent.depth + 1
        assert ("narrowed" in told) == (wish.lifetime is not None and wish.lifetime > told["expires_in"])
        token, parent = told["access_token"], child


def test_a_chain_ends_after_three_delegations(person: Person) -> None:
    token = person.token()
    for _delegation in range(DEEPEST):
        token = exchange(token).json()["access_token"]
    refused = exchange(token)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert "3 times" in refused.json()["error_description"]


@pytest.mark.parametrize(
    "folder",
    ["acmeX", "ACME", "acme/../hr", "acme//hr", "acme/./x", "%61cme", "hr", "", "acme\\x", "a\u0301cme", "/../acme"],
)
def test_the_gateway_reads_a_folder_as_the_broker_does(person: Person, folder: str) -> None:
    token = exchange(person.token(), prefix="acme", scope="files:write").json()["access_token"]
    wish = {"size": 3, "content_type": "image/jpeg"}
    inside = person.call("post", "/uploads", wish | {"path": "acme/cat.jpg"}, token)
    assert inside.status_code == 201, inside.content
    outside = person.call("post", "/uploads", wish | {"path": f"{folder}/cat.jpg".lstrip("/")}, token)
    assert outside.status_code in {400, 403, 404, 422}, outside.content
    assert exchange(token, prefix=folder or "/", scope="files:write").json()["error"] == "invalid_target"


def test_two_spellings_of_a_letter_are_one_folder(person: Person) -> None:
    composed, decomposed = "Gr\u00fc\u00dfe", "Gru\u0308\u00dfe"
    narrow = exchange(person.token(), prefix=decomposed).json()["access_token"]
    assert verify(narrow).prefix == composed
    assert exchange(narrow, prefix=f"{composed}/2026").status_code == 200
    assert exchange(narrow, prefix=f"{decomposed}/2026").status_code == 200


@pytest.mark.parametrize(
    "folder", ["/".join(["a" * 200] * 10), "/".join(["日本語の写真" * 30] * 5)], ids=["Latin", "Japanese"]
)
def test_a_folder_that_no_token_can_carry_is_told_so(person: Person, folder: str) -> None:
    refused = exchange(person.token(), prefix=folder)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")


def test_a_long_folder_in_another_script_fits(person: Person) -> None:
    folder = "/".join(["日本語の写真" * 8] * 5)
    token = exchange(person.token(), prefix=folder).json()["access_token"]
    assert verify(token).prefix == folder


def test_what_would_be_granted_is_told_with_the_refusal(person: Person) -> None:
    narrow = exchange(person.token(), prefix="acme", scope="files:list").json()["access_token"]
    wider = exchange(narrow, scope="files:list files:write").json()
    assert (wider["error"], wider["granted"], wider["granted_prefix"]) == ("invalid_scope", "files:list", "acme")
    beside = exchange(narrow, prefix="acmeX").json()
    assert (beside["error"], beside["granted_prefix"]) == ("invalid_target", "acme")


def test_a_description_keeps_to_the_characters_that_oauth_allows(person: Person) -> None:
    """RFC 6749 §5.2; what programs read beside it names the folder as it is."""
    narrow = exchange(person.token(), prefix='Grüße "ж"').json()["access_token"]
    beside = exchange(narrow, prefix="acme").json()
    assert beside["error_description"] == "This could be granted: the folder Grusse '?'"
    assert beside["granted_prefix"] == 'Grüße "ж"'


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
