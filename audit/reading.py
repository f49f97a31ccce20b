"""Reading by a statement written by hand, in a tenant's scope, in an index's order and one round trip."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection

from audit.pipeline import Rows, Wish, run_together
from audit.statements import Statement
from tenancy.scoping import current_tenant

_ENTER = Statement("SELECT set_config('gatehouse.tenant', %(tenant)s, true)")
_SORTING = "SELECT set_config('enable_sort', '{0}', true), set_config('enable_incremental_sort', '{0}', true)"
IN_ORDER, _AS_BEFORE = Statement(_SORTING.format("off")), Statement(_SORTING.format("on"))
"""Around a statement that walks along an index: where folders are small as a rule, a planner thinks so of a huge one,
and would rather read and sort it whole."""


def read(tenant_id: uuid.UUID, statement: Statement, parameters: Mapping[str, Any]) -> Rows:
    """The statement's rows, as row-level security shows them to the tenant; inside a transaction as a part of that.

    Outside one, what is sent at once is a transaction of its own (PostgreSQL documentation, "Pipeline Mode"), so the
    scope ends with it. Raises Django's database errors, like a query.
    """
    wishes: list[Wish] = [(IN_ORDER, {}), (statement, parameters), (_AS_BEFORE, {})]
    if not connection.in_atomic_block:
        wishes.insert(0, (_ENTER, {"tenant": str(tenant_id)}))
    elif current_tenant() != tenant_id:
        raise RuntimeError("A tenant's rows are read in its own scope.")
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return run_together(connection.connection, wishes)[-2]
