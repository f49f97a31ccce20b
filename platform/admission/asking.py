"""What the gate is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from admission.limits import Layer, Rate
from admission.operations import Operation
from admission.policies import PolicyHeld
from admission.tokens import TokenFacts
from kernel.errors import Problem, ProblemType

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Ask:
    """One operation that somebody wants, or a batch of `items` of it.

    Without a token (a signed-in person's own request) the subjects are named here; with one they are the token's
    (`Ask.by`), and `charged_token` pays too. `hold_bytes` and `hold_objects` are what an upload will reserve; give the
    workspace with them. `policy` is needed where the operation is decided by the app's policy.
    """

    operation: Operation
    token: TokenFacts | None = None
    tenant: str = ""
    app: str = ""
    user: str = ""
    template: str = ""
    charged_token: str = ""
    workspace: str = ""
    items: int = 1
    hold_bytes: int = 0
    hold_objects: int = 0
    policy: PolicyHeld | None = None

    @classmethod
    def by(cls, token: TokenFacts, operation: Operation, **more: object) -> "Ask":
        """What the token's holder asks; `more` are the other fields."""
        subjects = {"tenant": token.tenant, "app": token.app, "user": token.user, "template": token.template}
        return cls(operation, token, **{**subjects, "charged_token": token.token_id, **more})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class LayerState:
    """One rate after the decision: `remaining` units may come at once, all of them again in `reset_seconds`."""

    layer: Layer
    rate: Rate
    remaining: int
    reset_seconds: int

    @classmethod
    def of(cls, layer: Layer, rate: Rate, room: int) -> "LayerState":
        """From the room in microseconds that the script answers; below zero after a cost of more than was there."""
        whole = rate.burst * rate.interval
        remaining = min(rate.burst, max(0, room // rate.interval))
        return cls(layer, rate, remaining, -(-(whole - room) // _SECOND))


@dataclass(frozen=True, slots=True)
class Admission:
    """Let in. The states are every layer's, the widest first; without Redis there are none.

    `longest_life`: the most seconds that a token may live, where that is limited now.
    """

    states: tuple[LayerState, ...] = ()
    longest_life: int | None = None
    is_degraded: bool = False

    @property
    def most_constraining(self) -> LayerState | None:
        """The layer with the least left, in proportion to what it lets in at once."""
        return most_constraining(self.states)

    @property
    def limit(self) -> int:
        """For X-RateLimit-Limit: what the most constraining layer lets in at once."""
        return self.most_constraining.rate.burst if self.most_constraining else 0

    @property
    def remaining(self) -> int:
        """For X-RateLimit-Remaining."""
        return self.most_constraining.remaining if self.most_constraining else 0

    @property
    def reset_seconds(self) -> int:
        """For X-RateLimit-Reset: seconds until nothing is used any more."""
        return self.most_constraining.reset_seconds if self.most_constraining else 0


class RefusedError(Problem):
    """Not now: which layer refused, and every layer's state. `retry_after_s` is when it will succeed.

    `certain_s`: the seconds for which the rate of `rate_key` lets nothing in, whatever others do; 0 where that isn't
    known.
    """

    def __init__(
        self,
        problem: ProblemType,
        layer: str,
        states: tuple[LayerState, ...] = (),
        *,
        retry_after_s: int | None = None,
        rate_key: str = "",
        certain_s: float = 0.0,
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(problem, retry_after_s=retry_after_s)
        self.facts = {**facts, "layer": layer}
        self.layer, self.states = layer, states
        self.rate_key, self.certain_s = rate_key, certain_s

    def without_trace(self) -> "RefusedError":
        """The same, never raised: what was raised holds its traceback, and with that the request and its token."""
        return RefusedError(
            self.type, self.layer, self.states,
            retry_after_s=self.retry_after_s, rate_key=self.rate_key, certain_s=self.certain_s, facts=self.facts,
        )  # fmt: skip


def most_constraining(states: tuple[LayerState, ...]) -> LayerState | None:
    """The layer with the least left, in proportion; the narrowest of equals."""
    return min(reversed(states), key=lambda state: state.remaining / state.rate.burst, default=None)
