"""Where a token comes from: its family, the tokens above it, and who acts for whom (RFC 8693 §4.1)."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from broker.tokens import Claims

MAX_DELEGATIONS = 3


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a new token inherits. No child outlives its parent (`ends_at`, in seconds since the epoch).

    Stops of the past that its parent stepped over (`epoch_ms`) aren't meant for the child either.
    """

    family: uuid.UUID | None = None
    ancestors: tuple[uuid.UUID, ...] = ()
    act: dict[str, Any] | None = None
    may_act: str = ""
    ends_at: float | None = None
    epoch_ms: int = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether the chain is as deep as it may get."""
        return len(self.ancestors) > MAX_DELEGATIONS

    def acted_by(self, actor: str) -> "Lineage":
        """The same, with one more actor in front of those before."""
        act = {"sub": actor} | ({"act": self.act} if self.act else {})
        return replace(self, act=act)


def below(parent: Claims) -> Lineage:
    """The lineage of a token that is derived from this one."""
    ancestors = (*parent.ancestors, parent.token_id)
    return Lineage(
        family=uuid.UUID(parent.family),
        ancestors=tuple(uuid.UUID(ancestor) for ancestor in ancestors),
        act=parent.raw.get("act"),
        may_act=(parent.raw.get("may_act") or {}).get("sub", ""),
        ends_at=parent.expires_at,
        epoch_ms=parent.epoch_ms,
    )
