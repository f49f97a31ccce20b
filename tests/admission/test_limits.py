"""Costs and rates as the platform owner writes them: what can't work is refused in words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.checks import rates_hold_what_operations_cost
from admission.limits import LARGEST_COST, Layer, LimitsError, Rate, default_limits, limits_from
from admission.operations import DEFAULT_COSTS, Kind, Operation


def test_nothing_said_leaves_the_defaults() -> None:
    assert limits_from({}) == default_limits()


def test_the_defaults_hold_what_they_ask_of_others() -> None:
    by = default_limits()
    for operation in Operation:
        for layer in set(Layer) - {Layer.TEMPLATE}:
            assert by.costs[operation] <= by.rates[layer, operation.kind].burst


def test_every_operation_has_a_cost_and_a_kind() -> None:
    assert set(DEFAULT_COSTS) == set(Operation)
    assert {operation.kind for operation in Operation} == set(Kind)


def test_sending_in_parts_costs_more_than_sending_at_once() -> None:
    assert DEFAULT_COSTS[Operation.MULTIPART_START] > DEFAULT_COSTS[Operation.UPLOAD_START]


def test_a_change_is_laid_over_the_defaults() -> None:
    wanted = {
        "costs": {"copy": 4},
        "limits": {"user": {"write": {"per_minute": 30, "burst": 5}}},
        "weights": {"some-app": 3},
    }
    by = limits_from(wanted)
    assert by.costs[Operation.COPY] == 4
    assert by.rates[Layer.USER, Kind.WRITE] == Rate(30, 5)
    assert by.rates[Layer.APP, Kind.WRITE] == default_limits().rates[Layer.APP, Kind.WRITE]
    assert by.weights == {"some-app": 3}


@pytest.mark.parametrize(
    ("wrong", "pointer", "words"),
    [
        ({"costs": {"teleport": 1}}, "/costs/teleport", "no operation"),
        ({"costs": {"copy": 0}}, "/costs/copy", "from 1 to"),
        ({"costs": {"copy": LARGEST_COST + 1}}, "/costs/copy", "from 1 to"),
        ({"weights": {"a": 0}}, "/weights/a", "from 1 to 100"),
        ({"limits": {"moon": {"read": {"per_minute": 1, "burst": 1}}}}, "/limits/moon/read", "no layer"),
        ({"limits": {"template": {"read": {"per_minute": 1, "burst": 1}}}}, "/limits/template/read", "no layer"),
        ({"limits": {"app": {"fly": {"per_minute": 1, "burst": 1}}}}, "/limits/app/fly", "no kind"),
        ({"limits": {"app": {"read": {"per_minute": 1}}}}, "/limits/app/read", "per_minute and burst"),
        ({"limits": {"app": {"read": {"per_minute": 0, "burst": 1}}}}, "/limits/app/read", "at least 1"),
        ({"limits": {"app": {"read": {"per_minute": 9**9, "burst": 1}}}}, "/limits/app/read", "at most"),
        ({"cots": {}}, "", "cots"),
        ({"costs": {"copy": "2"}}, "/costs", "a whole number"),
    ],
)
def test_what_can_not_work_is_refused_with_its_place(wrong: dict[str, Any], pointer: str, words: str) -> None:
    with pytest.raises(LimitsError) as refusal:
        limits_from(wrong)
    assert refusal.value.errors[0].pointer == pointer
    assert words in refusal.value.errors[0].detail


def test_a_cost_above_what_fits_at_once_says_which_layer_is_too_narrow() -> None:
    with pytest.raises(LimitsError) as refusal:
        limits_from({"costs": {"copy": 9}, "limits": {"user": {"write": {"per_minute": 60, "burst": 8}}}})
    details = [error.detail for error in refusal.value.errors]
    assert details == ["copy costs 9, but one user may spend 8 on write at once."]


@pytest.mark.parametrize(
    ("per_minute", "burst", "told"),
    [
        (600, 120, []),
        (600, 5, []),
        (600, 4, ["admission.E002"]),
        (0, 120, ["admission.E001"]),
        (600, 0, ["admission.E001"]),
    ],
)
def test_settings_whose_rates_hold_no_operation_are_told_before_the_first_request(
    settings: Any, per_minute: int, burst: int, told: list[str]
) -> None:
    settings.APP_REQUESTS_PER_MINUTE, settings.APP_REQUESTS_BURST = per_minute, burst
    errors = rates_hold_what_operations_cost()
    assert sorted({str(error.id) for error in errors}) == told
    assert all("multipartStart costs 5" in error.msg for error in errors if error.id == "admission.E002")


@given(st.integers(1, 60_000_000))
def test_a_rate_is_never_faster_than_it_says(per_minute: int) -> None:
    assert 60_000_000 / Rate(per_minute, 1).interval <= per_minute


def test_no_batch_costs_more_than_the_largest_cost() -> None:
    assert default_limits().cost(Operation.MULTIPART_START, 10_000) == LARGEST_COST
    assert default_limits().cost(Operation.UPLOAD_START, 100) == 100
