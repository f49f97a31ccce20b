"""What a channel is. A new one is a module here and a line in `registry`."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Protocol

from notices.models import Delivery


class UndeliverableError(RuntimeError):
    """It didn't arrive. The text says why, to owners, and tells nothing of our network or of the receiver's answer.

    `is_final`: trying again can't help. `is_gone`: the receiver asked for nothing more, ever.
    """

    def __init__(self, reason: str, *, is_final: bool = False, is_gone: bool = False) -> None:
        super().__init__(reason)
        self.is_final, self.is_gone = is_final or is_gone, is_gone


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent at once: one delivery, or those of a digest. `id` is the same whenever it is sent again."""

    id: uuid.UUID
    deliveries: tuple[Delivery, ...]

    @property
    def first(self) -> Delivery:
        """The oldest; the receiver is the same for all."""
        return self.deliveries[0]


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: the receiver's quiet hours."""

    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Nobody:
    """Not any more: the person left, or turned it off."""

    reason: str


class Outgoing(Protocol):
    """Something composed. Sending it needs no database, and may happen twice: the message's id tells the receiver."""

    def send(self) -> None:
        """Send it, in bounded time. Raises UndeliverableError."""


class Channel(Protocol):
    """One way out."""

    def compose(self, message: Message, now: dt.datetime) -> Outgoing | Later | Nobody:
        """Make it ready, in the tenant's scope. Raises UndeliverableError where that can't be done."""
