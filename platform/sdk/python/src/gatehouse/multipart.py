"""Large files, part by part: several at a time, and what storage holds already isn't sent again."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gatehouse.calls import Calls
from gatehouse.problems import GatehouseProblem, StorageRefused
from gatehouse.resuming import ResumeState, ResumeStore
from gatehouse.retries import jittered
from gatehouse.sources import PartBody, Source
from gatehouse.steps import Plan, Send, Together
from gatehouse.transfers import Progress, may_send_again, once, one_by_one
from gatehouse.values import SignedPart, SignedParts, StoredParts, Upload

FRESH_S = 20.0
"""A signed address lives for 30 seconds at least; an older one is asked for anew before it is used."""

FEWEST, MOST = 8, 100
"""Parts signed in one call: few, since each signature is recorded; more where the line uses them up in time."""

_ENDED = frozenset({403, 404, 409, 410})
_ARRIVED = frozenset({"received", "scanning", "available"})


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload in parts: what storage holds of it, and the addresses that are known."""

    state: ResumeState
    held: frozenset[int] = frozenset()
    parts: tuple[SignedPart, ...] = ()


def begun(calls: Calls, store: ResumeStore, key: str) -> Plan[Begun | Upload | None]:
    """What an earlier try began under that key; as it stands, if all its bytes arrived meanwhile."""
    state = store.get(key)
    if state is None:
        return None
    try:
        upload = yield from calls.get(Upload, f"/uploads/{state.id}")
        if upload.state in _ARRIVED:
            return upload
        if upload.state == "started":
            return Begun(state, (yield from _held(calls, state)))
    except GatehouseProblem as problem:
        if problem.status not in _ENDED:
            raise
    store.delete(key)
    return None


def _held(calls: Calls, state: ResumeState) -> Plan[frozenset[int]]:
    stored = yield from calls.get(StoredParts, f"/uploads/{state.id}/parts")
    return frozenset(part.number for part in stored.parts if part.size == state.length_of(part.number))


def send_parts(calls: Calls, upload: Begun, source: Source, progress: Progress, at_once: int) -> Plan[None]:
    """Send every part that storage doesn't hold. One that fails for good stops the others; what arrived is kept."""
    sending = _Sending(calls, upload, source, progress)
    plans = [sending.run() for _ in range(max(1, min(at_once, len(sending.waiting))))]
    yield Together(plans, sending.waiting.clear)


class _Sending:
    def __init__(self, calls: Calls, upload: Begun, source: Source, progress: Progress) -> None:
        self._calls = calls
        self._state = upload.state
        self._source = source
        self._progress = progress
        self._lot = FEWEST
        self._addresses: dict[int, tuple[str, float]] = {}
        numbers = range(1, upload.state.part_count + 1)
        self.waiting = deque(number for number in numbers if number not in upload.held)
        self._keep(upload.parts)
        for number in upload.held:
            progress.sent(number, upload.state.length_of(number))

    def run(self) -> Plan[None]:
        """Take part after part until none waits."""
        for number in one_by_one(self.waiting):
            yield from self._send(number)

    def _send(self, number: int) -> Plan[None]:
        """A refused or broken attempt is repeated with a fresh signature: the old one may have ended on the way."""
        refused = False
        for delay in (*self._calls.policy.delays, None):
            url = yield from self._address(number)
            try:
                return (yield from once(self._request(number, url)))
            except GatehouseProblem as error:
                denied = isinstance(error, StorageRefused) and error.status == 403
                if delay is None or not (may_send_again(error) or (denied and not refused)):
                    raise
                refused = refused or denied
                self._addresses.pop(number, None)
                self._progress.sent(number, 0)
                yield from self._calls.policy.pause(jittered(delay), error)
        return None

    def _request(self, number: int, url: str) -> Send:
        start, length = (number - 1) * self._state.part_size, self._state.length_of(number)
        body = PartBody(self._source, start, length, lambda size: self._progress.sent(number, size))
        return Send("PUT", url, {}, body)

    def _address(self, number: int) -> Plan[str]:
        """A fresh signed address; one call signs for the next parts as well."""
        known = self._addresses.get(number)
        if known is None or time.monotonic() - known[1] > FRESH_S:
            yield from self._sign(number, grows=known is None)
            known = self._addresses[number]
        return known[0]

    def _sign(self, number: int, *, grows: bool) -> Plan[None]:
        self._lot = min(self._lot * 2, MOST) if grows else FEWEST
        numbers = [number, *self._unsigned()][: self._lot]
        signed = yield from sign_parts(self._calls, self._state.id, numbers)
        self._keep(signed.parts)

    def _unsigned(self) -> list[int]:
        """The next parts without a fresh address."""
        now = time.monotonic()
        return [
            number
            for number in self.waiting.copy()
            if now - self._addresses.get(number, ("", float("-inf")))[1] > FRESH_S
        ]

    def _keep(self, parts: Iterable[SignedPart]) -> None:
        self._addresses.update({part.number: (part.url, time.monotonic()) for part in parts})


def sign_parts(calls: Calls, upload_id: str, numbers: Sequence[int]) -> Plan[SignedParts]:
    """Fresh addresses for up to 100 parts."""
    return calls.do(SignedParts, "POST", f"/uploads/{upload_id}/parts", {"numbers": list(numbers)})
