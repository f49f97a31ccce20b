"""Reading by hand in company: one trip for all, each in its own tenant's scope, and none failing for another."""

import uuid
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from audit import reading
from audit.reading import read
from audit.statements import Statement
from kernel.company import side_by_side
from kernel.identifiers import new_id
from tenancy.models import Tenant, Workspace
from tenancy.scoping import tenant_scope
from tests.counting import counted

OWN = Statement("SELECT id FROM tenancy_workspace")
DIVIDED = Statement("SELECT 1 / %(by)s::int")
SORTING = Statement("SELECT current_setting('enable_sort'), current_setting('gatehouse.tenant')")


def new_workspace() -> tuple[uuid.UUID, uuid.UUID]:
    """A tenant and its only workspace."""
    made = Tenant(id=new_id(), name="Reading", slug=f"r-{new_id().hex}")
    with transaction.atomic(), tenant_scope(made.id):
        made.save(force_insert=True)
        workspace = Workspace.objects.create(tenant_id=made.id, name="One", slug="one", region="eu-central-1")
    return made.id, workspace.pk


def test_many_read_at_once_and_each_sees_its_own_tenants_rows(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenants = [new_workspace() for _tenant in range(4)]
    trips = counted(monkeypatch, reading, "run_together")
    found = side_by_side([partial(read, tenant, OWN, {}) for tenant, _workspace in tenants])
    assert found == [[(workspace,)] for _tenant, workspace in tenants]
    assert len(trips) == 1


def test_one_that_breaks_fails_alone(transactional_db: None) -> None:
    tenant, other = new_id(), new_id()
    asked = [(tenant, 1), (other, 0), (tenant, 1), (other, 0)]
    found = side_by_side([partial(read, whose, DIVIDED, {"by": by}) for whose, by in asked])
    assert found[0] == found[2] == [(1,)]
    assert isinstance(found[1], DatabaseError)
    assert isinstance(found[3], DatabaseError)
    assert read(tenant, DIVIDED, {"by": 1}) == [(1,)]


def test_scope_and_order_end_with_the_reading(transactional_db: None) -> None:
    tenant = new_id()
    assert read(tenant, SORTING, {}) == [("off", str(tenant))]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_sort'), current_setting('gatehouse.tenant', true)")
        assert cursor.fetchone() == ("on", "")


def test_inside_a_transaction_it_is_a_part_of_that_and_leaves_the_planner_as_it_was(transactional_db: None) -> None:
    tenant, workspace = new_workspace()
    with tenant_scope(tenant), connection.cursor() as cursor:
        assert read(tenant, OWN, {}) == [(workspace,)]
        cursor.execute(SORTING.numbered)
        assert cursor.fetchone() == ("on", str(tenant))
        with pytest.raises(RuntimeError):
            read(new_id(), OWN, {})
