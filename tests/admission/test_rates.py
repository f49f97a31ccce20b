"""The script against a short reference, with a clock of the tests' own; and what its rates promise."""

import math
import random
from collections import defaultdict
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admission.asking import Ask, RefusedError
from admission.limits import Layer, Limits, Rate
from admission.operations import Kind, Operation
from kernel.errors import RATE_LIMITED
from tests.admission.asking import START, decide, is_let_in, limits, wait_of
from tests.admission.conftest import facts
from tests.admission.reference import Reference

pytestmark = pytest.mark.usefixtures("transactional_db")

UNITS = {Operation.LIST: 1, Operation.COPY: 2, Operation.MULTIPART_START: 5}
rates = st.builds(Rate, st.integers(1, 6000), st.integers(1, 40))
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Step:
    """Some time later somebody asks for something."""

    pause: int
    app: int
    user: int
    operation: Operation
    items: int


steps = st.lists(
    st.builds(
        Step,
        st.one_of(st.just(0), st.integers(0, 200_000), st.integers(0, 20_000_000)),
        st.integers(0, 2),
        st.integers(0, 1),
        st.sampled_from([Operation.COPY, Operation.MULTIPART_START, Operation.CREATE_FOLDER]),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=60,
)


def asks(count: int) -> list[list[Ask]]:
    """Of one tenant: for each of so many apps, one ask each of two people."""
    tenant = facts(expires_at=1e12)
    found = []
    for _ in range(count):
        app = facts().app
        people = [facts(tenant=tenant.tenant, app=app, expires_at=1e12, issued_at_ms=10**15) for _ in range(2)]
        found.append([Ask.by(person, Operation.LIST) for person in people])
    return found


def named_rates(ask: Ask, by: Limits) -> list[tuple[Layer, str, Rate]]:
    assert ask.token is not None
    subjects = {
        Layer.TENANT: ask.tenant, Layer.APP: ask.app, Layer.USER: ask.user, Layer.TOKEN: ask.token.token_id,
    }  # fmt: skip
    kind = ask.operation.kind
    return [(layer, f"{layer}{name}", by.rates[layer, kind]) for layer, name in subjects.items()]


@few
@given(st.tuples(rates, rates, rates, rates), st.tuples(*[st.integers(1, 5)] * 3), steps)
def test_the_script_decides_as_the_reference_does(
    drawn: tuple[Rate, ...], weights: tuple[int, ...], story: list[Step]
) -> None:
    people = asks(3)
    by_app = {people[number][0].app: weight for number, weight in enumerate(weights)}
    by = limits(dict(zip((Layer.TENANT, Layer.APP, Layer.USER, Layer.TOKEN), drawn, strict=True)), by_app)
    reference, now = Reference(by_app), START
    spent: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for step in story:
        now += step.pause
        ask = replace(people[step.app][step.user], operation=step.operation, items=step.items)
        cost, layers = by.cost(step.operation, step.items), named_rates(ask, by)
        expected = reference.decide(now, ask.app, layers, cost)
        assert wait_of(ask, by, now) == expected
        if expected[0]:
            for _layer, name, rate in layers:
                spent[name].append((now, cost))
                assert_bound(spent[name], rate)


def assert_bound(charges: list[tuple[int, int]], rate: Rate) -> None:
    """Invariant 10, over every window that ends now."""
    ends, total, largest = charges[-1][0], 0, 0
    for begins, cost in reversed(charges):
        total, largest = total + cost, max(largest, cost)
        assert total <= rate.burst + (ends - begins) / rate.interval + largest - 1


@few
@given(rates, steps)
def test_who_waits_as_told_is_let_in_and_who_comes_a_moment_earlier_is_not(rate: Rate, story: list[Step]) -> None:
    people = asks(3)
    by = limits({Layer.TENANT: rate, Layer.APP: Rate(rate.per_minute, max(1, rate.burst // 2))})
    now = START
    for step in story:
        now += step.pause
        ask = replace(people[step.app][step.user], operation=step.operation, items=step.items)
        let_in, layer, wait = wait_of(ask, by, now)
        if not let_in:
            if layer is not Layer.TENANT:  # whose share may grow meanwhile, as others leave
                assert not wait_of(ask, by, now + wait - 1)[0]
            now += wait
            assert wait_of(ask, by, now)[0]


def test_a_refusal_says_whole_seconds_after_which_it_succeeds() -> None:
    ask = Ask.by(facts(expires_at=1e12), Operation.CREATE_FOLDER)
    by = limits({Layer.APP: Rate(13, 2)})
    assert [is_let_in(ask, by, START) for _ in range(3)] == [True, True, False]
    with pytest.raises(RefusedError) as refusal:
        decide(ask, by)
    told = refusal.value
    assert (told.type, told.layer, told.facts["seconds"]) == (RATE_LIMITED, Layer.APP, str(told.retry_after_s))
    assert told.retry_after_s == math.ceil(60 / 13)
    assert is_let_in(ask, by, START + told.retry_after_s * 1_000_000)


def test_a_refusal_charges_no_layer() -> None:
    token = facts(expires_at=1e12)
    narrow = limits({Layer.TENANT: Rate(60, 8), Layer.APP: Rate(60, 8), Layer.USER: Rate(60, 1)})
    ask = Ask.by(token, Operation.CREATE_FOLDER)
    assert is_let_in(ask, narrow, START)
    assert not any(is_let_in(ask, narrow, START) for _ in range(20))
    other = Ask.by(facts(tenant=token.tenant, app=token.app, expires_at=1e12), Operation.CREATE_FOLDER)
    states = {state.layer: state.remaining for state in decide(other, narrow).states}
    assert states == {Layer.TENANT: 6, Layer.APP: 6, Layer.USER: 0}


def test_kinds_of_operations_do_not_share_rates() -> None:
    token, by = facts(expires_at=1e12), limits({Layer.APP: Rate(60, 3)})
    reading = [is_let_in(Ask.by(token, Operation.LIST), by, START) for _ in range(5)]
    assert reading == [True] * 3 + [False] * 2
    assert is_let_in(Ask.by(token, Operation.UPLOAD_START), by, START)
    assert is_let_in(Ask.by(token, Operation.UPLOAD_COMPLETE), by, START)
    assert {Operation.LIST.kind, Operation.UPLOAD_START.kind} == {Kind.READ, Kind.WRITE}


def test_a_heavy_operation_costs_more() -> None:
    by = limits({Layer.TOKEN: Rate(60, 10)})
    token = facts(expires_at=1e12)
    assert sum(is_let_in(Ask.by(token, Operation.MULTIPART_START), by, START) for _ in range(9)) == 2
    token = facts(expires_at=1e12)
    assert sum(is_let_in(Ask.by(token, Operation.UPLOAD_START), by, START) for _ in range(19)) == 10


def test_heavy_operations_are_not_starved_by_light_ones() -> None:
    """Both come as soon as there is room: the heavy one needs no more of it than the light one."""
    token, by = facts(expires_at=1e12), limits({Layer.APP: Rate(600, 10)})
    light, heavy = Ask.by(token, Operation.CREATE_FOLDER), Ask.by(token, Operation.MULTIPART_START)
    let_in = {Operation.CREATE_FOLDER: 0, Operation.MULTIPART_START: 0}
    chance = random.Random(1)
    for tick in range(2000):
        for ask in chance.sample([light, heavy], 2):
            let_in[ask.operation] += is_let_in(ask, by, START + tick * 10_000)
    assert let_in[Operation.MULTIPART_START] >= 0.7 * let_in[Operation.CREATE_FOLDER] > 15


def test_a_batch_of_more_than_the_burst_is_let_in_and_paid_for() -> None:
    token, by = facts(expires_at=1e12), limits({Layer.APP: Rate(60, 10)})
    batch = Ask.by(token, Operation.UPLOAD_START, items=100)
    state = decide(batch, by).states[0]
    assert (state.remaining, state.reset_seconds) == (0, 100)
    assert not is_let_in(batch, by, START + 90_000_000)
    assert is_let_in(batch, by, START + 91_000_000)


def test_a_clock_that_was_set_back_by_an_hour_blocks_nobody_for_an_hour_and_gives_no_burst() -> None:
    token, by = facts(expires_at=1e12), limits({Layer.APP: Rate(6000, 10)})
    ask = Ask.by(token, Operation.LIST)
    while is_let_in(ask, by, START):
        pass
    before = START - 3_600_000_000
    assert [is_let_in(ask, by, before) for _ in range(3)] == [True, False, False]
    assert is_let_in(ask, by, before + Rate(6000, 10).interval)


def test_nothing_can_be_asked_for_that_makes_no_sense() -> None:
    token, by = facts(expires_at=1e12), limits({})
    for wrong in ({"items": 0}, {"hold_bytes": -1}, {"hold_objects": -1}):
        with pytest.raises(ValueError, match="At least one item"):
            decide(Ask.by(token, Operation.UPLOAD_START, **wrong), by)


def test_an_admission_knows_its_narrowest_layer_for_the_headers() -> None:
    token = facts(expires_at=1e12)
    by = limits({Layer.TENANT: Rate(600, 100), Layer.APP: Rate(60, 10), Layer.USER: Rate(120, 20)})
    admitted = decide(Ask.by(token, Operation.LIST), by)
    assert admitted.most_constraining is not None
    assert admitted.most_constraining.layer is Layer.APP
    assert (admitted.limit, admitted.remaining, admitted.reset_seconds) == (10, 9, 1)
    assert [(state.layer, state.rate.burst, state.rate.window_seconds) for state in admitted.states] == [
        (Layer.TENANT, 100, 10),
        (Layer.APP, 10, 10),
        (Layer.USER, 20, 10),
    ]
