"""From an ask to the script's keys and arguments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from admission import lease
from admission.allowances import EVERYBODY, Allowance, month_now
from admission.asking import Ask
from admission.limits import Layer, Limits, Rate
from admission.operations import Kind
from admission.rules import LimitsInForce
from admission.space import app_guard, workspace_guard
from admission.stops import policy_key
from admission.tokens import stop_key, template_slug
from kernel import clock

_LayerRate = tuple[Layer, str, Rate]


@dataclass(frozen=True, slots=True)
class Question:
    """What the script is given, and by which layers and guards its answer is read."""

    keys: list[str]
    arguments: list[Any]
    layers: tuple[_LayerRate, ...]
    guards: list[str]
    allowances: tuple[Allowance, ...] = ()
    month: str = ""


def question(ask: Ask, held: LimitsInForce, now: int | None = None) -> Question:
    """Lay the question out; `now` in microseconds stands for the server's clock in tests. Raises ValueError.

    A batch costs its items together, and at most `LARGEST_COST`.
    """
    if ask.items < 1 or ask.hold_bytes < 0 or ask.hold_objects < 0:
        raise ValueError("At least one item is asked for, and nothing negative is held.")
    rates = list(_rates(ask, held.limits))
    guards, allowances, month = _guards(ask), _allowances(ask), month_now()
    stops, token_arguments = _token(ask)
    keys = [lease.LEASE, lease.GENERATION, lease.DUTY, policy_key(ask.app)]
    keys += [*stops, *(key for _layer, key, _rate in rates), *guards]
    keys += [*(allowance.key(month) for allowance in allowances), *_share_keys(ask)]
    shared = next((place for place, (layer, _, _) in enumerate(rates, 1) if layer is Layer.TENANT and ask.app), 0)
    version, generation = ("", "") if ask.policy is None else (ask.policy.version, ask.policy.generation)
    arguments = [
        "" if now is None else now, *token_arguments[:2], version, generation, held.version,
        held.limits.cost(ask.operation, ask.items), ask.hold_bytes, ask.hold_objects,
        len(stops), token_arguments[2], len(rates), len(guards), shared,
        ask.app, held.limits.weights.get(ask.app, 1), len(allowances), ask.items,
    ]  # fmt: skip
    for _layer, _key, rate in rates:
        arguments += [rate.interval, rate.burst]
    arguments += [allowance.limit for allowance in allowances]
    return Question(keys, arguments, tuple(rates), guards, allowances, month)


def _token(ask: Ask) -> tuple[list[str], tuple[Any, Any, int]]:
    """The stops that would kill the token; when it was issued and ends, and how many stops are of its own line."""
    token = ask.token
    if token is None:
        return [], ("", "", 0)
    final, epochs = token.final_stops(), token.epoch_stops()
    stops = [stop_key(level, subject) for level, subject in (*final, *epochs)]
    return stops, (token.issued_at_ms, round(token.expires_at * 1_000_000), len(final))


def _rates(ask: Ask, limits: Limits) -> Iterator[_LayerRate]:
    kind = ask.operation.kind
    subjects = {
        Layer.PLATFORM: "all",
        Layer.TENANT: ask.tenant,
        Layer.APP: ask.app,
        Layer.USER: ask.user,
        Layer.TOKEN: ask.charged_token,
    }
    for layer, subject in subjects.items():
        if subject and (rate := limits.rates.get((layer, kind))):
            yield layer, f"rate:{layer}:{subject}:{kind}", rate
    slug = template_slug(ask.template)
    throttle = limits.templates.get(slug)
    if throttle and throttle.kind in {None, kind} and clock.now() < throttle.until:
        yield Layer.TEMPLATE, f"rate:template:{slug}:{throttle.kind or 'all'}", throttle.rate


def _guards(ask: Ask) -> list[str]:
    """What an upload must fit into; the workspace first, as its refusal helps more than the app's."""
    if not ask.hold_bytes and not ask.hold_objects:
        return []
    return [*([workspace_guard(ask.workspace)] if ask.workspace else []), app_guard(ask.app)]


def _allowances(ask: Ask) -> tuple[Allowance, ...]:
    """Those of the month that the request counts for. What frees space or ends access is never short of any."""
    if ask.policy is None or not ask.policy.allowances or ask.operation.kind is Kind.FINISH:
        return ()
    held = ask.policy.allowances
    return (*held.get(EVERYBODY, ()), *held.get(ask.user, ()))


def _share_keys(ask: Ask) -> list[str]:
    """The app's own arrival time in its tenant's share, and the tenant's two slots of active apps."""
    base = f"share:{ask.tenant}:{ask.operation.kind}"
    return [f"{base}:{ask.app}", f"{base}#0", f"{base}#1"]
