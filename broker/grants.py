"""What the broker is told: how far an app's tokens may reach, and what it needs the person to agree to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kernel.decisions import Denied
from policy.narrowing import Reach
from tenancy.models import MicroApp
from tenancy.roles import Role


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """The surface that a person shares, the words that they must have agreed to, and the words' digest."""

    surface: str
    version: str
    lines: tuple[str, ...] = ()


def _no_objection(_reach: Reach) -> Denied | None:
    return None


@dataclass(frozen=True, slots=True)
class Grant:
    """The most that a token may be, for one app and one person, and what the app's own rules have against a token."""

    reach: Reach
    template: str
    consent: ConsentNeeded
    limits: Mapping[str, Any] = field(default_factory=dict)
    objection: Callable[[Reach], Denied | None] = _no_objection


class GrantSource(Protocol):
    """Asked at each exchange; the composition root says who answers."""

    def __call__(self, app: MicroApp, role: Role | None) -> Grant | None:
        """The grant of a person in this role, or of the app itself (None); None when that is nothing."""
