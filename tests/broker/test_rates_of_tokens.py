"""Tokens cost: who asks too often is told when to come back, and nobody pays for somebody else."""

from collections.abc import Iterator
from typing import Any

import pytest

from admission import rules
from admission.limits import Layer, Limits, Rate, default_limits
from admission.operations import Kind
from broker import clients
from broker.clients import retire_secrets
from broker.models import ScopedToken
from kernel import clock
from tenancy.scoping import tenant_scope
from tests.broker.wire import exchange, post, secret_of
from tests.counting import fewest
from tests.gateway.conftest import Person

GRANT = {"grant_type": "client_credentials", "scope": "files:list"}


@pytest.fixture
def narrow(person: Person) -> Iterator[None]:
    """Three tokens and three checks an app may have at once, for as long as the test runs."""
    held = rules.in_force()
    by = default_limits()
    rates = {**by.rates, (Layer.APP, Kind.TOKEN): Rate(6, 3), (Layer.APP, Kind.CHECK): Rate(6, 3)}
    rules._held.value = rules.LimitsInForce(2**40, Limits(by.costs, rates))
    yield
    rules._held.value = held


def statuses(answers: list[Any]) -> list[int]:
    return [answer.status_code for answer in answers]


@pytest.mark.usefixtures("narrow")
def test_a_server_app_that_asks_for_too_many_tokens_is_told_when_to_come_back(person: Person, stranger: Person) -> None:
    mine, theirs = secret_of(person), secret_of(stranger)
    answers = [post("/oauth/token", GRANT, mine) for _ in range(4)]
    assert statuses(answers) == [200, 200, 200, 429]
    refused = answers[3]
    assert refused.json()["error"] == "temporarily_unavailable"
    assert refused.json()["code"] == "RATE_LIMITED"
    assert 1 <= int(refused["Retry-After"]) <= 10
    assert refused["Retry-After"] in refused.json()["user_message"]
    assert post("/oauth/token", GRANT, theirs).status_code == 200


@pytest.mark.usefixtures("narrow")
def test_what_is_refused_is_neither_charged_nor_kept(person: Person) -> None:
    secret = secret_of(person)
    assert statuses([post("/oauth/token", {**GRANT, "scope": "files:fly"}, secret) for _ in range(5)]) == [400] * 5
    assert statuses([post("/oauth/token", GRANT, secret) for _ in range(4)]) == [200, 200, 200, 429]
    with tenant_scope(person.app.tenant_id):
        assert ScopedToken.objects.filter(app=person.app).count() == 3


@pytest.mark.usefixtures("narrow")
def test_whoever_introspects_pays_for_living_and_dead_tokens_alike(person: Person) -> None:
    token, secret = person.token(), secret_of(person)
    asked = [post("/oauth/introspect", {"token": value}, secret) for value in (token, "nonsense", token, token)]
    assert statuses(asked) == [200, 200, 200, 429]
    assert "Retry-After" in asked[3]
    assert exchange(token).status_code == 200


@pytest.mark.usefixtures("narrow")
def test_a_stopped_token_is_paid_for_too(person: Person) -> None:
    token, secret = person.token(), secret_of(person)
    assert post("/oauth/revoke", {"token": token}, secret).status_code == 200
    asked = [post("/oauth/introspect", {"token": token}, secret) for _ in range(4)]
    assert statuses(asked) == [200, 200, 200, 429]
    assert asked[0].json() == {"active": False}


@pytest.mark.usefixtures("narrow")
def test_every_answer_says_how_much_room_is_left(person: Person) -> None:
    token, secret = person.token(), secret_of(person)
    given = post("/oauth/token", GRANT, secret)
    told = [given, *(post("/oauth/introspect", {"token": value}, secret) for value in (token, "nonsense"))]
    assert [(each["X-RateLimit-Limit"], each["X-RateLimit-Remaining"]) for each in told] == [
        ("3", "2"), ("3", "2"), ("3", "1"),
    ]  # fmt: skip
    while post("/oauth/token", GRANT, secret).status_code == 200:
        pass
    refused = post("/oauth/token", GRANT, secret)
    assert (refused.status_code, refused["X-RateLimit-Remaining"]) == (429, "0")
    assert '"app";r=0' in refused["RateLimit"]
    unasked = [post("/oauth/token", {**GRANT, "scope": "files:fly"}, secret), post("/oauth/revoke", {"token": token})]
    for answer in unasked:
        assert answer["RateLimit-Policy"].startswith('"platform";q=')


def test_a_secret_that_ended_gives_no_token_though_it_worked_a_moment_ago(person: Person) -> None:
    secret = secret_of(person)
    assert post("/oauth/token", GRANT, secret).status_code == 200
    with tenant_scope(person.app.tenant_id):
        retire_secrets(person.app, at=clock.now())
    refused = post("/oauth/token", GRANT, secret)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_a_server_apps_token_takes_one_transaction_and_no_query(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = secret_of(person)
    clients._remembered.clear()

    def call() -> None:
        assert post("/oauth/token", GRANT, secret).status_code == 200

    asked = fewest(call, monkeypatch)
    assert (asked.queries, asked.transactions, asked.entries) == (0, 0, 1)
