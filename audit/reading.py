"""Reading by a statement written by hand, in a tenant's scope, in an index's order and one round trip."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from audit.pipeline import Rows, Wish, run_together
from audit.statements import Statement
from kernel.company import asked
from tenancy.scoping import current_tenant

_SORTING = "set_config('enable_sort', '{0}', true), set_config('enable_incremental_sort', '{0}', true)"
IN_ORDER = Statement("SELECT " + _SORTING.format("off"))
"""Before a statement that walks along an index: where folders are small as a rule, a planner thinks so of a huge one,
and would rather read and sort it whole."""

_AS_BEFORE = Statement("SELECT " + _SORTING.format("on"))
_ENTER_IN_ORDER = Statement(f"SELECT set_config('gatehouse.tenant', %(tenant)s, true), {_SORTING.format('off')}")


@dataclass(frozen=True, slots=True)
class _Question:
    """What is read in which tenant's scope."""

    tenant_id: uuid.UUID
    statement: Statement
    parameters: Mapping[str, Any]

    @property
    def own(self) -> Wish:
        return self.statement, self.parameters


def read(tenant_id: uuid.UUID, statement: Statement, parameters: Mapping[str, Any]) -> Rows:
    """The statement's rows, as row-level security shows them to the tenant; inside a transaction as a part of that.

    Outside one it is asked together with what others in company read. Raises Django's database errors, like a query.
    """
    question = _Question(tenant_id, statement, parameters)
    if not connection.in_atomic_block:
        return asked(_rows_of_each, question)
    if current_tenant() != tenant_id:
        raise RuntimeError("A tenant's rows are read in its own scope.")
    return _run([(IN_ORDER, {}), question.own, (_AS_BEFORE, {})])[1]


def _rows_of_each(questions: Sequence[_Question]) -> list[Rows | Exception]:
    """In one transaction; where one of them breaks it, each in its own, so that nobody fails for another."""
    try:
        return [*_rows_together(questions)]
    except Exception as error:  # noqa: BLE001 - handed to whose question it is
        if len(questions) == 1:
            return [error]
        return [_rows_of_each([question])[0] for question in questions]


def _rows_together(questions: Sequence[_Question]) -> list[Rows]:
    """What is sent at once is a transaction of its own (PostgreSQL documentation, "Pipeline Mode").

    So its scopes, and the planner's order, end with it.
    """
    wishes: list[Wish] = []
    for question in questions:
        wishes += [(_ENTER_IN_ORDER, {"tenant": str(question.tenant_id)}), question.own]
    connection.ensure_connection()
    return _run(wishes)[1::2]


def _run(wishes: Sequence[Wish]) -> list[Rows]:
    with connection.wrap_database_errors:
        return run_together(connection.connection, wishes)
