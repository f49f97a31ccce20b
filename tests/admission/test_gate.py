"""What the gate says, to whom, and what it does when a part of it is missing."""

import datetime as dt
import time
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from admission import gate, lease, rules
from admission.asking import Ask, RefusedError
from admission.connection import connection
from admission.fallback import LocalLimiter
from admission.gate import admit
from admission.limits import Layer, Rate, TemplateRate
from admission.models import LimitsRevision, TemplateLimit
from admission.operations import Kind, Operation
from admission.policies import NewPolicyError, PolicyHeld, announce_policy
from admission.revocations import Level, set_longest_life
from admission.rules import lift_template_limit, limit_template, set_limits
from kernel.errors import (
    KEY_EXPIRED,
    KEY_REVOKED,
    RATE_LIMITED,
    STORAGE_UNAVAILABLE,
    TEMPLATE_THROTTLED,
    Problem,
    ProblemType,
)
from kernel.identifiers import new_id
from tests.admission.asking import START, decide, limits, throttled
from tests.admission.conftest import SUBJECTS, facts, reissued, stop

pytestmark = pytest.mark.usefixtures("transactional_db")


def refused(ask: Ask) -> ProblemType:
    with pytest.raises(Problem) as refusal:
        admit(ask)
    return refusal.value.type


@pytest.mark.parametrize("level", SUBJECTS)
def test_a_stopped_token_is_refused_as_stopped(level: Level) -> None:
    token = facts()
    ask = Ask.by(token, Operation.LIST)
    admit(ask)
    stop(level, SUBJECTS[level](token))
    assert refused(ask) is KEY_REVOKED


def test_who_signed_in_again_is_let_in() -> None:
    token = facts()
    stop(Level.APP, token.app)
    admit(Ask.by(reissued(token), Operation.LIST))


def test_a_token_that_ended_is_refused_as_ended() -> None:
    assert refused(Ask.by(facts(expires_at=time.time() - 1), Operation.LIST)) is KEY_EXPIRED


def test_a_cut_of_token_life_holds_at_the_gate(own_valkey: Any) -> None:
    token = Ask.by(reissued(facts()), Operation.LIST)
    two_minutes_on = round((time.time() + 120) * 1_000_000)
    admit(token, now=two_minutes_on)
    try:
        with transaction.atomic():
            set_longest_life(60, actor="user:test", reason="a test", expires_at=None)
        with pytest.raises(RefusedError) as ended:
            admit(token, now=two_minutes_on)
        assert ended.value.type is KEY_REVOKED
        admit(token)
    finally:
        with transaction.atomic():
            set_longest_life(None, actor="user:test", reason="a test", expires_at=None)


def test_a_signed_in_person_is_limited_without_a_token() -> None:
    tenant, app = str(new_id()), str(new_id())
    ask = Ask(Operation.EXCHANGE, tenant=tenant, app=app, user=f"{tenant}/user:1")
    layers = [state.layer for state in admit(ask).states]
    assert layers == [Layer.PLATFORM, Layer.TENANT, Layer.APP, Layer.USER]


def test_a_token_alone_asks_for_one_reading() -> None:
    token = facts()
    limit = admit(token).limit
    assert admit(token).remaining == limit - 2


# Policies


def test_who_holds_an_older_policy_is_told_the_newest_version_and_not_charged() -> None:
    app = new_id()
    token, by = facts(app=str(app), expires_at=1e12), limits({Layer.APP: Rate(60, 10)})
    with transaction.atomic():
        announce_policy(app, 8)
    held = current(token, PolicyHeld(8))
    for old in (PolicyHeld(7, held.generation), PolicyHeld(8, "another"), PolicyHeld(8)):
        with pytest.raises(NewPolicyError) as news:
            decide(Ask.by(token, Operation.UPLOAD_START, policy=old), by)
        assert (news.value.version, news.value.generation) == (8, held.generation)
    assert decide(Ask.by(token, Operation.UPLOAD_START, policy=held), by).remaining == 9


def current(token: Any, held: PolicyHeld) -> PolicyHeld:
    """The policy as a process would hold it after reading it under the present generation."""
    try:
        admit(Ask.by(token, Operation.UPLOAD_START, policy=held))
    except NewPolicyError as news:
        return replace(held, generation=news.generation)
    return held


def test_a_policy_that_was_never_announced_is_good_as_it_was_read() -> None:
    token = facts()
    held = current(token, PolicyHeld(3))
    admit(Ask.by(token, Operation.UPLOAD_START, policy=held))


def test_an_announcement_only_goes_forward() -> None:
    app = new_id()
    for version in (5, 4, 5):
        with transaction.atomic():
            announce_policy(app, version)
    token = facts(app=str(app))
    held = current(token, PolicyHeld(5))
    admit(Ask.by(token, Operation.UPLOAD_START, policy=held))


def test_an_announcement_whose_push_was_lost_arrives_with_the_lease(own_valkey: Any) -> None:
    app = new_id()
    token = facts(app=str(app))
    held = current(token, PolicyHeld(1))
    with transaction.atomic():
        announce_policy(app, 2)
    connection().delete(f"policy:{app}")
    lease.bring_up_to_date()
    with pytest.raises(NewPolicyError):
        admit(Ask.by(token, Operation.UPLOAD_START, policy=held))


def test_after_a_flush_every_held_policy_is_read_anew(own_valkey: Any) -> None:
    app = new_id()
    token = facts(app=str(app))
    held = current(token, PolicyHeld(1))
    with transaction.atomic():
        announce_policy(app, 2)
    connection().flushall()
    with pytest.raises(NewPolicyError):
        admit(Ask.by(token, Operation.UPLOAD_START, policy=held))


# Limits as data


@pytest.fixture
def clean_limits(own_valkey: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The defaults before and after, since revisions stay."""
    monkeypatch.setattr(rules, "_held", rules._Held())
    yield
    with transaction.atomic():
        set_limits({}, actor="user:test", reason="the test is over")


def test_a_change_of_limits_holds_for_the_next_request(clean_limits: None) -> None:
    token = facts()
    assert admit(Ask.by(token, Operation.LIST)).limit > 2
    change = {"limits": {"app": {"read": {"per_minute": 60, "burst": 2}}}}
    with transaction.atomic():
        set_limits(change, actor="user:test", reason="a test")
    state = admit(Ask.by(token, Operation.LIST)).most_constraining
    assert state is not None
    assert (state.layer, state.rate.burst) == (Layer.APP, 2)


def test_a_change_whose_news_was_lost_holds_within_the_lease(clean_limits: None) -> None:
    token = facts()
    admit(Ask.by(token, Operation.LIST))
    LimitsRevision.objects.create(
        document={"limits": {"app": {"read": {"per_minute": 60, "burst": 2}}}}, actor="user:test", reason="no push"
    )
    began = time.monotonic()
    while admit(Ask.by(facts(), Operation.LIST)).limit != 2:
        assert time.monotonic() - began < 2


def test_a_revision_that_this_code_does_not_understand_leaves_the_defaults(clean_limits: None) -> None:
    LimitsRevision.objects.create(document={"costs": {"teleport": 3}}, actor="user:test", reason="a newer version's")
    assert rules.in_force(10**6).limits.costs[Operation.COPY] == 2


def test_decisions_about_limits_stay_on_record(clean_limits: None) -> None:
    with transaction.atomic():
        made = set_limits({"costs": {"copy": 3}}, actor="user:test", reason="a test")
    for model, row in ((LimitsRevision, made), (TemplateLimit, slow("t-record"))):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.filter(pk=row.pk).delete()


# Templates


def slow(slug: str, **changes: Any) -> TemplateLimit:
    until = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    with transaction.atomic():
        return limit_template(
            slug, Rate(60, 2), **{"until": until, "actor": "user:test", "reason": "a burst"} | changes
        )  # fmt: skip


def test_a_slowed_template_refuses_its_apps_and_leaves_others_alone(clean_limits: None) -> None:
    slug = f"t-{new_id()}"
    asks = [Ask.by(facts(template=f"{slug}/1.0.0"), Operation.UPLOAD_START) for _ in range(3)]
    slow(slug)
    admit(asks[0])
    admit(asks[1])
    with pytest.raises(RefusedError) as refusal:
        admit(asks[2])
    told = refusal.value
    assert (told.type, told.layer, told.retry_after_s) == (TEMPLATE_THROTTLED, Layer.TEMPLATE, 1)
    assert 0 < told.certain_s <= 1
    assert slug in told.rate_key
    admit(Ask.by(facts(), Operation.UPLOAD_START))


def test_a_lifted_limit_is_gone_at_once(clean_limits: None) -> None:
    slug = f"t-{new_id()}"
    ask = Ask.by(facts(template=f"{slug}/1.0.0"), Operation.UPLOAD_START)
    slow(slug)
    assert Layer.TEMPLATE in {state.layer for state in admit(ask).states}
    with transaction.atomic():
        lift_template_limit(slug, actor="user:test", reason="over")
    assert Layer.TEMPLATE not in {state.layer for state in admit(ask).states}


def test_a_limit_for_one_kind_leaves_the_other_kinds_alone(clean_limits: None) -> None:
    slug = f"t-{new_id()}"
    slow(slug, kind=Kind.WRITE)
    layers = {
        operation: {state.layer for state in admit(Ask.by(facts(template=f"{slug}/2.0.0"), operation)).states}
        for operation in (Operation.LIST, Operation.UPLOAD_START)
    }
    assert Layer.TEMPLATE in layers[Operation.UPLOAD_START]
    assert Layer.TEMPLATE not in layers[Operation.LIST]


def test_a_limit_ends_by_itself() -> None:
    token = facts(expires_at=1e12)
    slug = token.template.removesuffix("/1.0.0")
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    states = decide(Ask.by(token, Operation.LIST), throttled(slug, TemplateRate(None, Rate(60, 1), past))).states
    assert states == ()


# Without Redis


@pytest.mark.parametrize("operation", [Operation.UPLOAD_START, Operation.LIST, Operation.EXCHANGE])
def test_without_redis_nothing_begins(operation: Operation, own_valkey: Any) -> None:
    ask = Ask.by(facts(), operation)
    own_valkey.kill()
    assert refused(ask) is STORAGE_UNAVAILABLE


@pytest.mark.parametrize("operation", [Operation.UPLOAD_COMPLETE, Operation.UPLOAD_ABORT, Operation.REVOKE])
def test_without_redis_what_frees_space_goes_on_for_living_tokens(operation: Operation, own_valkey: Any) -> None:
    living, stopped, child = facts(), facts(), facts()
    ended, old = facts(expires_at=time.time() - 1), facts()
    stop(Level.APP, stopped.app)
    stop(Level.TOKEN, child.ancestors[0])
    own_valkey.kill()
    stop(Level.USER, old.user)
    assert admit(Ask.by(living, operation)).is_degraded
    assert [refused(Ask.by(token, operation)) for token in (stopped, child, old)] == [KEY_REVOKED] * 3
    assert refused(Ask.by(ended, operation)) is KEY_EXPIRED


def test_without_redis_each_process_still_limits(own_valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_local", LocalLimiter(lambda: START))
    ask = Ask.by(facts(), Operation.UPLOAD_COMPLETE)
    own_valkey.kill()
    burst = rules.in_force().limits.rates[Layer.APP, Kind.FINISH].burst
    for _ in range(burst):
        admit(ask)
    assert refused(ask) is RATE_LIMITED


def test_a_gate_that_was_closed_opens_by_itself(own_valkey: Any) -> None:
    ask = Ask.by(facts(), Operation.LIST)
    own_valkey.kill()
    for _ in range(6):
        assert refused(ask) is STORAGE_UNAVAILABLE
    own_valkey.boot()
    began = time.monotonic()
    while True:
        try:
            admit(ask)
            break
        except Problem:
            assert time.monotonic() - began < 2


def test_a_hung_redis_costs_no_more_than_its_patience(own_valkey: Any, settings: Any) -> None:
    settings.REDIS_TIMEOUT_SECONDS = 0.05
    connection.cache_clear()
    ask = Ask.by(facts(), Operation.LIST)
    admit(ask)
    connection().execute_command("CLIENT", "PAUSE", "1500", "ALL")
    began = time.monotonic()
    for _ in range(20):
        assert refused(ask) is STORAGE_UNAVAILABLE
    assert time.monotonic() - began < 20 * 0.05


def test_without_postgresql_the_gate_closes_when_the_lease_ends(own_valkey: Any, django_db_blocker: Any) -> None:
    ask = Ask.by(facts(), Operation.LIST)
    admit(ask)
    connection().delete(lease.LEASE)
    place = connections["default"].settings_dict
    before = dict(place)
    connections["default"].close()
    place["PORT"] = "1"
    try:
        assert refused(ask) is STORAGE_UNAVAILABLE
    finally:
        connections["default"].close()
        place.update(before)
    admit(ask)


# Leases under load


def test_under_load_nobody_waits_for_a_lease_that_ends(own_valkey: Any) -> None:
    """It is renewed by one of those who ask, before it ends; so the gate's own trip is the only one for the others."""
    ask = Ask.by(facts(), Operation.LIST)
    by = limits({Layer.APP: Rate(6_000_000, 100_000)})
    decide(ask, by, None)
    ends, unsure = time.monotonic() + 2 * lease.LEASE_SECONDS, 0
    while time.monotonic() < ends:
        before = connection().get(lease.LEASE)
        unsure += before is None
        decide(ask, by, None)
    assert unsure == 0


def test_an_ask_is_one_round_trip(own_valkey: Any, django_assert_num_queries: Any) -> None:
    ask = Ask.by(facts(), Operation.UPLOAD_START, hold_bytes=5, hold_objects=1, workspace=str(new_id()))
    admit(ask)
    lease.bring_up_to_date()
    before = connection().info("commandstats")
    with django_assert_num_queries(0):
        admit(ask)
    after = connection().info("commandstats")
    calls = {name: value["calls"] - before.get(name, {}).get("calls", 0) for name, value in after.items()}
    assert calls["cmdstat_evalsha"] == 1
    assert calls.get("cmdstat_eval", 0) == 0
