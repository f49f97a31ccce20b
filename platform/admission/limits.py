"""What operations cost and how much of each kind fits through each layer: one validated value.

The defaults stand here; what the platform owner changed is a document laid over them, and every process decides by the
newest (`rules.py`).
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec
from django.conf import settings

from admission.operations import DEFAULT_COSTS, Kind, Operation
from kernel.errors import FieldError
from kernel.language import number, said
from policy.type_errors import type_error

LARGEST_COST = 1000
"""No request costs more, whatever its number of items."""

_MINUTE = 60_000_000


class Layer(StrEnum):
    """Who shares a rate, from the widest to the narrowest."""

    PLATFORM = "platform"
    TENANT = "tenant"
    TEMPLATE = "template"
    APP = "app"
    USER = "user"
    TOKEN = "token"  # noqa: S105 - a layer's name


@dataclass(frozen=True, slots=True)
class Rate:
    """So many units a minute over time, and so many at once."""

    per_minute: int
    burst: int

    @property
    def interval(self) -> int:
        """Microseconds from one unit to the next, rounded up so that the rate is never exceeded."""
        return -(-_MINUTE // self.per_minute)

    @property
    def window_seconds(self) -> int:
        """How long it takes to gain the whole burst again."""
        return -(-self.burst * self.interval // 1_000_000)


@dataclass(frozen=True, slots=True)
class TemplateRate:
    """An emergency limit: all apps of the template together, for one kind of operation or for all, until a moment."""

    kind: Kind | None
    rate: Rate
    until: dt.datetime


class LimitsError(ValueError):
    """The document can't hold; `errors` says which fields and why."""

    def __init__(self, *errors: FieldError) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{error.pointer or '/'}: {error.detail}" for error in errors))


@dataclass(frozen=True, slots=True)
class Limits:
    """The costs and rates in force. An app's weight is its part in its tenant's fair share; most weigh 1."""

    costs: Mapping[Operation, int]
    rates: Mapping[tuple[Layer, Kind], Rate]
    weights: Mapping[str, int] = field(default_factory=dict)
    templates: Mapping[str, TemplateRate] = field(default_factory=dict)

    def cost(self, operation: Operation, items: int) -> int:
        """What so many items of the operation cost together."""
        return min(self.costs[operation] * items, LARGEST_COST)


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    costs: dict[str, int] = {}
    limits: dict[str, dict[str, dict[str, int]]] = {}
    weights: dict[str, int] = {}


def default_limits() -> Limits:
    """What holds where nobody decided otherwise."""
    return Limits(DEFAULT_COSTS, _default_rates())


def limits_from(document: Mapping[str, Any]) -> Limits:
    """The defaults with the document laid over them.

    `{"costs": {operation: units}, "limits": {layer: {kind: {"per_minute": n, "burst": n}}}, "weights": {app: 1…100}}`.
    Raises LimitsError for unknown names, numbers that can't work, and a cost above the burst that it must fit into.
    """
    try:
        wanted = msgspec.convert(document, _Document, strict=True)
    except msgspec.ValidationError as error:
        raise LimitsError(type_error(str(error))) from error
    if errors := tuple(_errors_in(wanted)):
        raise LimitsError(*errors)
    costs = {**DEFAULT_COSTS, **{Operation(name): cost for name, cost in wanted.costs.items()}}
    made = Limits(costs, {**_default_rates(), **dict(_wanted_rates(wanted))}, dict(wanted.weights))
    require_fit(made)
    return made


def require_fit(limits: Limits) -> None:
    """Raises LimitsError where an operation costs more than some layer lets in at once."""
    if errors := tuple(_misfits(limits)):
        raise LimitsError(*errors)


def _default_rates() -> dict[tuple[Layer, Kind], Rate]:
    app = Rate(settings.APP_REQUESTS_PER_MINUTE, settings.APP_REQUESTS_BURST)
    finishing, checking = Rate(app.per_minute * 2, app.burst * 2), Rate(app.per_minute * 10, app.burst * 10)
    own = {
        Layer.PLATFORM: (Rate(600_000, 100_000),) * 5,
        Layer.TENANT: (Rate(app.per_minute * 20, app.burst * 20),) * 5,
        Layer.APP: (app, app, finishing, app, checking),
        Layer.USER: (app, app, finishing, Rate(120, 60), checking),
        Layer.TOKEN: (app, app, finishing, Rate(60, 30), checking),
    }
    return {(layer, kind): rate for layer, rates in own.items() for kind, rate in zip(Kind, rates, strict=True)}


def _wanted_rates(wanted: _Document) -> Iterator[tuple[tuple[Layer, Kind], Rate]]:
    for layer, kinds in wanted.limits.items():
        for kind, rate in kinds.items():
            yield (Layer(layer), Kind(kind)), Rate(rate["per_minute"], rate["burst"])


def _errors_in(wanted: _Document) -> Iterator[FieldError]:
    for operation, cost in wanted.costs.items():
        if operation not in set(Operation):
            yield FieldError(f"/costs/{operation}", said("There is no operation of this name."))
        elif not 1 <= cost <= LARGEST_COST:
            words = said("A cost is a number from 1 to {most}.").format(most=number(LARGEST_COST))
            yield FieldError(f"/costs/{operation}", words)
    for app, weight in wanted.weights.items():
        if not 1 <= weight <= 100:
            yield FieldError(f"/weights/{app}", said("A weight is a number from 1 to 100."))
    for layer, kinds in wanted.limits.items():
        for kind, rate in kinds.items():
            yield from _errors_of_rate(layer, kind, rate)


def _errors_of_rate(layer: str, kind: str, rate: Mapping[str, int]) -> Iterator[FieldError]:
    where = f"/limits/{layer}/{kind}"
    if layer not in set(Layer) - {Layer.TEMPLATE}:
        yield FieldError(where, said("There is no layer of this name whose rate can be set here."))
    if kind not in set(Kind):
        yield FieldError(where, said("There is no kind of operation of this name."))
    if set(rate) != {"per_minute", "burst"}:
        yield FieldError(where, said("A rate has per_minute and burst, and nothing else."))
    elif not (1 <= rate["per_minute"] <= 60_000_000 and 1 <= rate["burst"] <= 10_000_000):
        yield FieldError(where, said("per_minute is at most 60,000,000 and burst at most 10,000,000, both at least 1."))


def _misfits(limits: Limits) -> Iterator[FieldError]:
    for operation, cost in limits.costs.items():
        for (layer, kind), rate in limits.rates.items():
            if kind is operation.kind and cost > rate.burst:
                words = said("{operation} costs {cost}, but one {layer} may spend {burst} on {kind} at once.")
                facts = {"operation": operation, "cost": cost, "layer": layer, "burst": rate.burst, "kind": kind}
                yield FieldError(f"/costs/{operation}", words.format(**facts))
