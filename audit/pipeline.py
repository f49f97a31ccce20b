"""Several statements sent to PostgreSQL at once and their answers read at once: one round trip for all of them.

By libpq's pipeline mode itself (PostgreSQL documentation, "Pipeline Mode"), on psycopg's connections, with its way of
waiting and its adapters for values. Its cursors send the same, at several times the work in Python for each statement,
and that was a third of what an upload's start cost.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InvalidSqlStatementName, PipelineAborted, error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

from audit.statements import Statement

Rows = list[tuple[Any, ...]]
Wish = tuple[Statement, Mapping[str, Any]]
"""A statement, and the values by their names; more than it names may be given."""


def run_together(connection: "psycopg.Connection[Any]", wishes: Sequence[Wish]) -> list[Rows]:
    """The rows of each, in their order; each sees what those before it changed.

    Raises psycopg's error of the first that failed, after which none was run. Inside a transaction that was begun
    before, or with a BEGIN of its own, it stays open then.
    """
    with connection.lock:
        line = _lines.get(connection)
        if line is None:
            line = _lines[connection] = _Line(connection)
        try:
            return line.run(connection, wishes)
        except InvalidSqlStatementName:
            line.prepared.clear()  # somebody had PostgreSQL forget them; the next attempt prepares them anew
            raise


class _Line:
    """One connection's prepared statements, and how its values are written and read."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.prepared: dict[str, bytes] = {}
        self._values = Transformer(connection)
        self._encoding = connection.info.encoding
        self._names_made = 0

    def run(self, connection: "psycopg.Connection[Any]", wishes: Sequence[Wish]) -> list[Rows]:
        pgconn = connection.pgconn
        written = [(each.numbered, self._written(each.arguments(values))) for each, values in wishes]
        pgconn.enter_pipeline_mode()  # with nothing left that could fail before all is sent
        try:
            preparing = self._send(pgconn, written)
            results: list[PGresult] = connection.wait(_exchange(pgconn))
        finally:
            if pgconn.status == ConnStatus.OK:
                pgconn.exit_pipeline_mode()
        told = []
        for named, result in zip(preparing, results, strict=True):
            self._require_success(result)
            if named:
                self.prepared.update([named])
            else:
                told.append(self._rows(result))
        return told

    def _written(self, arguments: Sequence[Any]) -> Sequence[Buffer | None]:
        """Raises psycopg's DataError for what PostgreSQL can't hold."""
        return self._values.dump_sequence(arguments, [PyFormat.TEXT] * len(arguments))

    def _send(
        self, pgconn: PGconn, wishes: Sequence[tuple[str, Sequence[Buffer | None]]]
    ) -> list[tuple[str, bytes] | None]:
        """Write all of it to the connection's buffer; for each answer to come, which statement it says is prepared."""
        preparing: list[tuple[str, bytes] | None] = []
        names = self.prepared.copy()
        for text, written in wishes:
            if text not in names:
                self._names_made += 1
                names[text] = b"gatehouse_%d" % self._names_made
                pgconn.send_prepare(names[text], text.encode())
                preparing.append((text, names[text]))
            pgconn.send_query_prepared(names[text], written)
            preparing.append(None)
        pgconn.pipeline_sync()
        return preparing

    def _require_success(self, result: PGresult) -> None:
        if result.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(result, self._encoding)
        if result.status == ExecStatus.PIPELINE_ABORTED:
            raise PipelineAborted("A statement before this one failed.")

    def _rows(self, result: PGresult) -> Rows:
        if not result.ntuples:
            return []
        self._values.set_pgresult(result)
        return self._values.load_rows(0, result.ntuples, tuple)


_lines: "WeakKeyDictionary[psycopg.Connection[Any], _Line]" = WeakKeyDictionary()


def _exchange(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """Send what is in the buffer, and read every answer up to the synchronisation point."""
    while pgconn.flush():
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()  # else both sides could wait with full buffers
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            yield Wait.R
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:  # between the answers to two statements
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)
