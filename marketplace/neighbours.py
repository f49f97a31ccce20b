"""What the app's pages need of rooms on the same floor, as functions that the composition root hands in.

Rooms on one floor never import each other: the root, above them all, introduces them once, before any page is served.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from marketplace.consent_words import ConsentWords
from tenancy.models import MicroApp
from tenancy.principals import Principal


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The broker's websites and receipts, lifecycle's rule of how long files stay, how many wait for a person."""

    websites_of: Callable[[uuid.UUID], Sequence[str]]
    keep_websites: Callable[[MicroApp, Iterable[str], Principal], None]
    websites_form: type[forms.Form]
    has_agreed: Callable[[MicroApp, uuid.UUID, ConsentWords], bool]
    agree: Callable[[MicroApp, uuid.UUID, ConsentWords], object]
    receipts: Callable[[MicroApp, uuid.UUID], Sequence[Any]]
    withdraw_consent: Callable[[MicroApp, uuid.UUID, str], int]
    change_kept_days: Callable[[MicroApp, int | None, Principal], object]
    files_waiting: Callable[[MicroApp], int]


_introduced: list[Neighbours] = []


def introduce(neighbours: Neighbours) -> None:
    """Say who lives next door."""
    _introduced[:] = [neighbours]


def neighbours() -> Neighbours:
    """Who lives next door. Raises LookupError where nobody was introduced, which is a defect of the composition."""
    if not _introduced:
        raise LookupError("The composition root introduced no neighbours.")
    return _introduced[0]
