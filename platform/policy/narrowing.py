"""Deriving a grant from what its source allows: everything is an intersection, nothing ever widens."""

from dataclasses import dataclass

from kernel.paths import is_within
from policy.actions import Action


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a token goes: its actions, the folder it is confined to (cleaned), and its lifetime in seconds."""

    actions: frozenset[Action]
    prefix: str
    lives_seconds: int


def exceeds(wanted: Reach, allowed: Reach) -> str | None:
    """What of the wish goes beyond what is allowed: `actions`, `prefix`, or None. A long lifetime is only cut.

    Wanting no action at all exceeds too: a token that can do nothing is a mistake of its client.
    """
    if not wanted.actions or not wanted.actions <= allowed.actions:
        return "actions"
    return None if is_within(wanted.prefix, allowed.prefix) else "prefix"


def narrow(wanted: Reach, allowed: Reach) -> Reach:
    """The part of the wish that is allowed; the narrower prefix where one holds the other.

    Raises ValueError for prefixes of which neither holds the other: there is no common part to grant.
    """
    lives = min(wanted.lives_seconds, allowed.lives_seconds)
    return Reach(wanted.actions & allowed.actions, _narrower(wanted.prefix, allowed.prefix), lives)


def _narrower(wanted: str, allowed: str) -> str:
    if is_within(wanted, allowed):
        return wanted
    if is_within(allowed, wanted):
        return allowed
    raise ValueError("The prefixes have no folder in common.")
