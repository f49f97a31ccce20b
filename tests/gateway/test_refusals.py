"""What the door says again by itself: never longer than it is certain, and never to anybody else."""

from dataclasses import dataclass, field

import pytest
from django.db import transaction

from admission.asking import LayerState, RefusedError
from admission.limits import Layer, Rate
from admission.models import Level
from admission.revocations import revoke
from gateway.api.charging import REFUSED
from gateway.door.refusals import ASKING_SECONDS, KNOWN_SECONDS, MOST_SECONDS, Refusals
from kernel.errors import RATE_LIMITED
from tests.gateway.conftest import Person

RATE = Rate(600, 5)
"""A unit every 0.1 s."""


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Asked:
    """A request's head, as far as the door looks."""

    token: str = "a"
    origin: str = "https://app.example"
    method: str = "POST"
    path: str = "/api/v1/uploads"
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.headers = {"authorization": f"Bearer {self.token}", "origin": self.origin}


def refusal(seconds: float, rate_key: str = "rate:app:1:write") -> RefusedError:
    states = (LayerState(Layer.PLATFORM, Rate(6000, 100), 90, 1), LayerState(Layer.APP, RATE, 0, 1))
    return RefusedError(
        RATE_LIMITED, Layer.APP, states, retry_after_s=1, rate_key=rate_key, certain_s=seconds, facts={"seconds": "1"}
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def refusals(clock: Clock) -> Refusals:
    return Refusals(clock)


def is_refused(refusals: Refusals, asked: Asked) -> bool:
    return refusals.again(asked) is not None  # type: ignore[arg-type]


def keep(refusals: Refusals, asked: Asked, told: RefusedError) -> None:
    headers = [("access-control-allow-origin", asked.origin), ("ratelimit", "old"), ("retry-after", "9")]
    refusals.keep(asked, told, headers)  # type: ignore[arg-type]


def test_it_is_said_again_until_the_moment_that_was_named(refusals: Refusals, clock: Clock) -> None:
    keep(refusals, Asked(), refusal(0.3))
    clock.now += 0.29
    assert is_refused(refusals, Asked())
    clock.now += 0.02
    assert not is_refused(refusals, Asked())


def test_what_is_said_names_the_layer_and_whoever_heeds_it_gets_in(refusals: Refusals) -> None:
    keep(refusals, Asked(), refusal(0.3))
    told, headers = refusals.again(Asked()) or pytest.fail("It was forgotten.")  # type: ignore[arg-type, misc]
    assert (told.type, told.retry_after_s, told.facts["layer"]) == (RATE_LIMITED, 1, "app")
    assert [state.layer for state in told.states] == [Layer.APP]
    assert headers == [("access-control-allow-origin", "https://app.example")]


def test_the_wait_that_is_told_is_the_whole_one_though_the_gate_is_asked_sooner(
    refusals: Refusals, clock: Clock
) -> None:
    keep(refusals, Asked(), refusal(30.5))
    clock.now += 0.6
    told, _headers = refusals.again(Asked()) or pytest.fail("It was forgotten.")  # type: ignore[arg-type, misc]
    assert (told.retry_after_s, told.facts["seconds"]) == (30, "30")


@pytest.mark.parametrize(
    "other",
    [Asked(token="b"), Asked(origin="https://other.example"), Asked(method="GET"), Asked(path="/api/v1/files")],
)
def test_others_and_other_operations_are_asked_about(refusals: Refusals, other: Asked) -> None:
    keep(refusals, Asked(), refusal(1))
    assert not is_refused(refusals, other)


def test_another_file_is_the_same_operation(refusals: Refusals) -> None:
    path = "/api/v1/files/0190a2b4-0000-7000-8000-00000000000{}/signed-url"
    keep(refusals, Asked(path=path.format(1)), refusal(1))
    assert is_refused(refusals, Asked(path=path.format(2)))


def test_one_refusal_speaks_to_all_who_are_known_to_be_held_by_the_same_rate(refusals: Refusals, clock: Clock) -> None:
    first, second, elsewhere = Asked(token="a"), Asked(token="b"), Asked(token="c")
    keep(refusals, first, refusal(0.3))
    keep(refusals, second, refusal(0.3))
    keep(refusals, elsewhere, refusal(0.3, "rate:app:2:write"))
    clock.now += 5
    keep(refusals, first, refusal(0.3))
    assert is_refused(refusals, second)
    assert not is_refused(refusals, elsewhere)


def test_when_room_for_one_comes_one_is_let_through_to_ask(refusals: Refusals, clock: Clock) -> None:
    keep(refusals, Asked(), refusal(0.3))
    clock.now += 0.31
    assert [is_refused(refusals, Asked()) for _ in range(4)] == [False, True, True, True]
    clock.now += ASKING_SECONDS
    assert not is_refused(refusals, Asked())


def test_while_one_asks_the_others_are_told_when_the_next_unit_comes(refusals: Refusals, clock: Clock) -> None:
    states = (LayerState(Layer.TEMPLATE, Rate(1, 1), 0, 60),)
    keep(refusals, Asked(), RefusedError(RATE_LIMITED, Layer.TEMPLATE, states, rate_key="rate:a", certain_s=0.5))
    clock.now += 0.6
    assert not is_refused(refusals, Asked())
    told, _headers = refusals.again(Asked()) or pytest.fail("It was forgotten.")  # type: ignore[arg-type, misc]
    assert told.retry_after_s == 60


@pytest.mark.parametrize("spelling", ["bearer a", "BEARER a", "Bearer  a", "Bearer a "])
def test_another_spelling_of_a_token_is_the_same_token(refusals: Refusals, spelling: str) -> None:
    keep(refusals, Asked(), refusal(1))
    asked = Asked()
    asked.headers["authorization"] = spelling
    assert is_refused(refusals, asked)


def test_once_there_is_room_for_several_nobody_waits(refusals: Refusals, clock: Clock) -> None:
    keep(refusals, Asked(), refusal(0.3))
    clock.now += 0.3 + RATE.interval / 1_000_000
    assert not any(is_refused(refusals, Asked()) for _ in range(4))


def test_a_limit_that_is_lifted_and_a_token_that_ended_are_soon_seen(refusals: Refusals, clock: Clock) -> None:
    keep(refusals, Asked(), refusal(3600))
    clock.now += MOST_SECONDS
    assert not is_refused(refusals, Asked())
    clock.now += KNOWN_SECONDS - MOST_SECONDS
    keep(refusals, Asked(token="b"), refusal(1))
    assert not is_refused(refusals, Asked())


def test_a_share_that_may_grow_is_never_said_again(refusals: Refusals) -> None:
    keep(refusals, Asked(), refusal(0))
    assert not is_refused(refusals, Asked())


def test_a_flood_of_tokens_is_held_in_little_memory(refusals: Refusals) -> None:
    for number in range(50_000):
        keep(refusals, Asked(token=str(number)), refusal(1, f"rate:token:{number}:write"))
    assert max(len(refusals._askers), len(refusals._empty)) <= 20_000
    assert is_refused(refusals, Asked(token="49999"))


def test_what_is_left_for_the_door_holds_neither_the_request_nor_its_token(person: Person) -> None:
    token = person.token()
    with transaction.atomic():
        revoke(Level.APP, str(person.app.id), tenant_id=person.app.tenant_id, actor="user:test", reason="a test")
    refused = person.call("get", "/files", token=token)
    assert refused.status_code == 401
    left = refused.wsgi_request.META[REFUSED]
    assert left.type.code == refused.json()["code"]
    assert (left.__traceback__, left.__context__, left.__cause__) == (None, None, None)
