"""One tenant at a time: the scope that queries, and PostgreSQL itself, are held to.

Two walls stand for every scope. Managers refuse a query outside one (django-scopes), and row-level security shows
only the rows of the tenant that `gatehouse.tenant` names. That setting is local to the transaction, so a pooled
connection can't carry it into the next request.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django_scopes import scope

_current: ContextVar[uuid.UUID | None] = ContextVar("gatehouse_tenant", default=None)


class ScopeError(RuntimeError):
    """Code asked for a tenant's things outside that tenant's scope: a defect, never a user's mistake."""


def current_tenant() -> uuid.UUID:
    """The tenant in whose scope this code runs. Raises ScopeError outside any."""
    tenant_id = _current.get()
    if tenant_id is None:
        raise ScopeError("No tenant's scope is entered.")
    return tenant_id


@contextmanager
def tenant_scope(tenant_id: uuid.UUID) -> Iterator[None]:
    """One transaction in which only this tenant's rows exist.

    Raises ScopeError inside another tenant's scope: nothing has a reason to act for two tenants at once.
    """
    outer = _current.get()
    if outer not in {None, tenant_id}:
        raise ScopeError("Another tenant's scope is entered already.")
    mark = _current.set(tenant_id)
    try:
        with transaction.atomic(), scope(tenant=tenant_id):
            _set_local("gatehouse.tenant", str(tenant_id))
            yield
            if outer is None and _has_outer_transaction() and not connection.needs_rollback:
                _set_local("gatehouse.tenant", "")
    finally:
        _current.reset(mark)


def see_own_memberships(user_id: uuid.UUID) -> None:
    """Let this transaction read the memberships of one person across tenants, which is how sign-in finds a tenant."""
    _set_local("gatehouse.user", str(user_id))


def _has_outer_transaction() -> bool:
    return bool(connection.savepoint_ids)


def _set_local(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
