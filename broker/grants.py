"""What the broker is told: how far an app's tokens may reach, and what it needs the person to agree to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from policy.narrowing import Reach
from tenancy.models import Membership, MicroApp


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """The surface that a person shares, and the digest of the words that they must have agreed to."""

    surface: str
    version: str


@dataclass(frozen=True, slots=True)
class Grant:
    """The most that a token may be, for one app and one person."""

    reach: Reach
    template: str
    consent: ConsentNeeded
    limits: Mapping[str, Any] = field(default_factory=dict)


class GrantSource(Protocol):
    """Asked at each exchange; the composition root says who answers."""

    def __call__(self, app: MicroApp, membership: Membership) -> Grant | None:
        """The grant, or None when this person may do nothing with this app."""
