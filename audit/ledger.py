"""Writing what happened and its event in one statement, and the statements of concurrent requests in one commit.

A statement is all or nothing by itself, so one that finds its condition unmet writes nothing and the others stand. The
first request that finds nobody writing writes for all who came meanwhile: one round trip, one flush of the log.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg
from django.db import connection

from audit.actions import AuditAction
from audit.pipeline import Rows, Wish, run_together
from audit.statements import Statement
from kernel import clock
from kernel.company import asked
from kernel.identifiers import new_id
from telemetry.context import current_request_id
from telemetry.metrics import EVENTS
from tenancy.scoping import current_tenant

WRITE_EVENT = """
INSERT INTO audit_auditevent (id, tenant_id, at, action, actor, app_id, subject, request_id, detail)
SELECT %(event_id)s::uuid, %(tenant_id)s::uuid, %(event_at)s::timestamptz, %(event_action)s, %(event_actor)s,
       %(app_id)s::uuid, %(event_subject)s, %(event_request)s, %(event_detail)s::jsonb
"""
"""The end of a statement; what follows is the FROM that makes it depend on what was written before."""

_BEGIN: Wish = (Statement("BEGIN"), {})
_COMMIT: Wish = (Statement("COMMIT"), {})
_ENTER = Statement("SELECT set_config('gatehouse.tenant', %(tenant)s, true)")
_MOST_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement, its parameters, and the action whose event it writes. Its rows say whether it found its way.

    `locking` runs before it: a condition on rows that others change is decided once they are locked. Entries that lock
    say by what they are `ordered`, the same for all of them, so that no two transactions wait for each other.
    """

    action: AuditAction
    statement: Statement
    parameters: Mapping[str, Any]
    locking: Statement | None = None
    ordered: str = ""

    @property
    def tenant(self) -> str:
        """Whose rows it writes."""
        return str(self.parameters["tenant_id"])

    @property
    def locks(self) -> tuple[Any, ...]:
        """What it locks, to be compared with what others do."""
        return (self.locking, *self.locking.arguments(self.parameters)) if self.locking else ()


def event(action: AuditAction, *, actor: str, subject: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of `WRITE_EVENT`; the tenant's and the app's are the statement's own."""
    return {
        "event_id": new_id(),
        "event_at": clock.now(),
        "event_action": str(action),
        "event_actor": actor,
        "event_subject": subject,
        "event_request": current_request_id(),
        "event_detail": orjson.dumps(detail).decode(),
    }


def write(entry: Entry) -> Rows:
    """Run the statement durably, and give its rows; inside a transaction as a part of that.

    Raises Django's database errors, like a query.
    """
    if connection.in_atomic_block:
        if str(current_tenant()) != entry.tenant:
            raise RuntimeError("An entry belongs into its own tenant's scope.")
        rows = _run(entry)
    else:
        rows = asked(_durably, entry)
    if rows:
        EVENTS.labels(str(entry.action)).inc()
    return rows


def write_each(entries: Sequence[Entry]) -> list[Rows | Exception]:
    """Run many statements in as few commits as will do: the rows of each, or its error, which is no other's.

    What is told is durable. Not inside a transaction, whose one error would be everybody's: raises RuntimeError.
    """
    if connection.in_atomic_block:
        raise RuntimeError("Many entries are committed by themselves.")
    told = _durably(entries)
    for entry, rows in zip(entries, told, strict=True):
        if rows and not isinstance(rows, Exception):
            EVENTS.labels(str(entry.action)).inc()
    return told


def _durably(entries: Sequence[Entry]) -> list[Rows | Exception]:
    """Through the desk, with those of other threads."""
    return [slip.error or slip.rows for slip in _desk.hand_in(entries)]


@dataclass(slots=True)
class _Slip:
    """An entry that waits to be written, and what came of it. Whoever is told to lead writes for the next ones."""

    entry: Entry
    told: threading.Event = field(default_factory=threading.Event)
    is_done: bool = False
    rows: Rows = field(default_factory=list)
    error: Exception | None = None


class _Desk:
    """Where the threads of a process hand in their entries; one of them writes at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Slip] = []
        self._is_manned = False

    def hand_in(self, entries: Sequence[Entry]) -> list[_Slip]:
        """What came of the entries, once they are durable. They stand in line one behind the other."""
        slips = [_Slip(entry) for entry in entries]
        if not slips:
            return []
        with self._lock:
            self._waiting += slips
            leads, self._is_manned = not self._is_manned, True
        for slip in slips:
            if not leads:
                slip.told.wait()
            if not slip.is_done:
                self._write_next()
            leads = False
        return slips

    def _write_next(self) -> None:
        """Write for the first who wait, this thread's own entry among them; then the next in line takes the desk."""
        with self._lock:
            slips, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
        try:
            _write_all(slips)
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._is_manned = following is not None
            for slip in slips:
                slip.is_done = True
                slip.told.set()
            if following:
                following.told.set()


_desk = _Desk()


def _write_all(slips: Sequence[_Slip]) -> None:
    """In one transaction; where one of them breaks it, each in its own, so that nobody fails for another."""
    try:
        _write_together(slips)
    except Exception as error:  # noqa: BLE001 - handed to whose entry it is
        if len(slips) == 1:
            slips[0].error = error
            return
        for slip in slips:
            _write_all([slip])


def _write_together(slips: Sequence[_Slip]) -> None:
    ordered = sorted(slips, key=_by_place)
    wishes, places = _in_one_transaction(ordered)
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw: psycopg.Connection[Any] = connection.connection
        try:
            told = run_together(raw, wishes)
        except Exception:
            _roll_back(raw)
            raise
    for slip, place in zip(ordered, places, strict=True):
        slip.rows = told[place]


def _in_one_transaction(slips: Sequence[_Slip]) -> tuple[list[Wish], list[int]]:
    """The statements of all, each tenant's in its own scope, and where among them each entry's own statement stands."""
    wishes: list[Wish] = [_BEGIN]
    places, tenant, locked = [], "", set()
    for entry in (slip.entry for slip in slips):
        if entry.tenant != tenant:
            tenant = entry.tenant
            wishes.append((_ENTER, {"tenant": tenant}))
        if entry.locking and (what := entry.locks) not in locked:
            locked.add(what)  # held to the commit: whoever needs the same rows needn't ask for them again
            wishes.append((entry.locking, entry.parameters))
        wishes.append((entry.statement, entry.parameters))
        places.append(len(wishes) - 1)
    return [*wishes, _COMMIT], places


def _roll_back(raw: "psycopg.Connection[Any]") -> None:
    if not raw.closed:
        raw.rollback()


def _by_place(slip: _Slip) -> tuple[str, str]:
    return slip.entry.tenant, slip.entry.ordered


def _run(entry: Entry) -> Rows:
    own: Wish = (entry.statement, entry.parameters)
    wishes: list[Wish] = [(entry.locking, entry.parameters), own] if entry.locking else [own]
    with connection.wrap_database_errors:
        return run_together(connection.connection, wishes)[-1]
