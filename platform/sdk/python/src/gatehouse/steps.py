"""What an operation needs from the outside, as values: one telling of each operation serves threads and coroutines.

A plan is a generator that yields steps and is given their outcomes. It neither sends nor sleeps; its runner does.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar

T = TypeVar("T")


class Body(Protocol):
    """Bytes that can be sent again from their beginning."""

    @property
    def length(self) -> int:
        """How many there are."""

    def chunks(self) -> Iterator[bytes]:
        """All of them, a little at a time."""


@dataclass(frozen=True, slots=True)
class Send:
    """One HTTP request; its outcome is an Answer, or ConnectionBroken."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Body = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing, for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class GetToken:
    """A token; another one than that which was refused."""

    refused: str = ""


@dataclass(frozen=True, slots=True)
class Together:
    """Plans side by side. Where one fails, `stop` tells the others to end soon."""

    plans: Sequence["Plan[Any]"]
    stop: Callable[[], None]


Step: TypeAlias = Send | Wait | GetToken | Together
Plan: TypeAlias = Generator[Step, Any, T]
