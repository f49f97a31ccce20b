"""Reading by a statement written by hand, in a tenant's scope and one round trip."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection

from audit.pipeline import Rows, Wish, run_together
from audit.statements import Statement
from tenancy.scoping import current_tenant

_ENTER = Statement("SELECT set_config('gatehouse.tenant', %(tenant)s, true)")


def read(tenant_id: uuid.UUID, statement: Statement, parameters: Mapping[str, Any]) -> Rows:
    """The statement's rows, as row-level security shows them to the tenant; inside a transaction as a part of that.

    Outside one, what is sent at once is a transaction of its own (PostgreSQL documentation, "Pipeline Mode"), so the
    scope ends with it. Raises Django's database errors, like a query.
    """
    wishes: list[Wish] = [(statement, parameters)]
    if not connection.in_atomic_block:
        wishes.insert(0, (_ENTER, {"tenant": str(tenant_id)}))
    elif current_tenant() != tenant_id:
        raise RuntimeError("A tenant's rows are read in its own scope.")
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return run_together(connection.connection, wishes)[-1]
