"""Bytes on their way straight to storage: a file through a signed form, a part of one to a signed address."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from gatehouse.problems import ConnectionBroken, GatehouseProblem, StorageRefused, storage_problem
from gatehouse.retries import RetryPolicy, jittered, may_retry
from gatehouse.sources import FormBody, PartBody, Source
from gatehouse.steps import Answer, Plan, Send
from gatehouse.values import UploadForm

T = TypeVar("T")
OnProgress: TypeAlias = Callable[[int, int], None]


@dataclass(slots=True)
class Progress:
    """Bytes sent and bytes altogether, summed over what is under way; told by one thread at a time."""

    total: int
    tell: OnProgress | None
    _sent: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sent(self, number: int, size: int) -> None:
        """So much of one part was sent."""
        with self._lock:
            self._sent[number] = size
            if self.tell is not None:
                self.tell(sum(self._sent.values()), self.total)


def one_by_one(waiting: deque[T]) -> Iterator[T]:
    """What waits, as long as something does; several threads may take from the same."""
    while True:
        try:
            yield waiting.popleft()
        except IndexError:
            return


def may_send_again(error: GatehouseProblem) -> bool:
    """Whether sending the same once more may help."""
    return isinstance(error, ConnectionBroken) or (isinstance(error, StorageRefused) and may_retry(error.status))


def send_form(form: UploadForm, source: Source, policy: RetryPolicy, progress: Progress) -> Plan[None]:
    """Send until storage takes it. The form names one key, so sending it twice stores one object."""
    body = FormBody(form.fields, PartBody(source, 0, source.size, lambda size: progress.sent(1, size)))
    request = Send("POST", form.url, {"Content-Type": body.content_type}, body)
    for delay in (*policy.delays, None):
        try:
            return (yield from once(request))
        except GatehouseProblem as error:
            if delay is None or not may_send_again(error):
                raise
            progress.sent(1, 0)
            yield from policy.pause(jittered(delay), error)
    return None


def once(request: Send) -> Plan[None]:
    """One attempt. Raises ConnectionBroken, StorageRefused."""
    answer: Answer = yield request
    if answer.status >= 300:
        raise storage_problem(answer.status, answer.content.decode(errors="replace"))
