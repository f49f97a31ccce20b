"""What somebody wants to do, and the ceilings that token and emergency controls put on it, as values."""

from dataclasses import dataclass
from typing import ClassVar

from policy.actions import Action


@dataclass(frozen=True, slots=True)
class UploadWish:
    """One file that wants in. Size in bytes; the type normalised, or None where it is no media type."""

    action: ClassVar[Action] = Action.FILES_WRITE
    operation: ClassVar[str] = "uploadStart"

    name: str
    size: int
    content_type: str | None
    region: str


@dataclass(frozen=True, slots=True)
class DownloadWish:
    """One stored file that somebody wants to open. Size in bytes."""

    action: ClassVar[Action] = Action.FILES_READ
    operation: ClassVar[str] = "getSignedUrl"

    name: str
    size: int
    content_type: str | None
    region: str


@dataclass(frozen=True, slots=True)
class ExchangeWish:
    """A token that somebody wants: what it may do, the folder it is confined to, and the person's role."""

    operation: ClassVar[str] = "exchange"

    actions: frozenset[Action]
    prefix: str
    role: str
    region: str


Wish = UploadWish | DownloadWish | ExchangeWish


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What holds above the document, whatever it says: it can take away and never give.

    `max_bytes` None adds no limit of its own, 0 lets nothing in; `actions` are those that the token was granted.
    """

    paused: bool = False
    max_bytes: int | None = None
    actions: frozenset[Action] = frozenset(Action)


OPEN = Ceiling()
