"""What operations need to know of a request: as Django gives it, or as the door does."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from admission.asking import LayerState


class Address(Protocol):
    """Where it leads."""

    @property
    def url_name(self) -> str | None:
        """The operation's name in the list of addresses."""


class Asked(Protocol):
    """One request. The states of the rates that it met are left on it for the answer, a refusal for the door."""

    META: dict[str, Any]
    rate_states: Sequence[LayerState]

    @property
    def method(self) -> str | None:
        """Its verb."""

    @property
    def headers(self) -> Mapping[str, str]:
        """By any spelling of their names."""

    @property
    def resolver_match(self) -> Address | None:
        """None where nothing is."""

    def get_full_path(self) -> str:
        """Path and query."""
