"""What the broker is told: how far an app's tokens may reach, and what it needs the person to agree to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from admission.policies import PolicyHeld
from kernel.decisions import Denied
from kernel.paths import is_within
from policy.narrowing import Reach
from tenancy.models import MicroApp
from tenancy.roles import Role


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """The surface that a person shares, the words that they must have agreed to, and the words' digest.

    A surface is the whole app, or a folder of it; an optional one is needed for what lies in its folder alone.
    """

    surface: str
    version: str
    lines: tuple[str, ...] = ()
    folder: str = ""
    is_required: bool = True

    def is_needed_at(self, path: str) -> bool:
        """Whether a token for this cleaned folder needs the agreement."""
        return self.is_required or is_within(path, self.folder)


_Given = TypeVar("_Given")


def _no_objection(_reach: Reach) -> Denied | None:
    return None


@dataclass(frozen=True, slots=True)
class Grant:
    """The most that a token may be, for one app and one person, and what the app's own rules have against a token."""

    reach: Reach
    template: str
    consents: tuple[ConsentNeeded, ...]
    limits: Mapping[str, Any] = field(default_factory=dict)
    objection: Callable[[Reach], Denied | None] = _no_objection
    held: PolicyHeld | None = None
    is_open_to_visitors: bool = False

    @property
    def consent(self) -> ConsentNeeded:
        """What is said about the app as a whole."""
        return self.consents[0]


class AppGrants(Protocol):
    """An app as it is held in memory, and whom it grants what."""

    @property
    def app(self) -> MicroApp:
        """The app, with its workspace."""

    def grant(self, role: Role | None) -> Grant | None:
        """The grant of a person in this role, or of the app itself (None); None when that is nothing."""


class GrantSource(Protocol):
    """Asked at each exchange; the composition root says who answers."""

    def __call__(self, publishable_id: str) -> AppGrants | None:
        """The grants of the app with this public name; None when there is no such app."""

    def decided(self, publishable_id: str, decide: Callable[[AppGrants], _Given]) -> _Given | None:
        """What `decide` makes of the app's grants, once more whenever the gate says that they are no longer so."""
