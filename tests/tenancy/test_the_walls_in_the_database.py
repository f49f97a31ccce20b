"""Row-level security holds for the application's own role, whatever the code above does."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django_scopes.exceptions import ScopeError as UnscopedQueryError

from audit.models import AuditEvent
from kernel.identifiers import new_id
from operations.demo import found
from tenancy.models import TenantModel, Workspace
from tenancy.scoping import ScopeError, current_tenant, tenant_scope

pytestmark = pytest.mark.django_db

FLOORS = [
    ["accounts", "contenttypes", "auth", "oauth2_provider"], ["tenancy"], ["audit"], ["quotas"], ["storage"],
    ["broker", "marketplace", "scanning", "lifecycle"], ["gateway"], ["operations"],
]  # fmt: skip


def tenant_tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)] + ["tenancy_tenant"]


def rows_seen(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("table", tenant_tables())
def test_every_tenant_table_forces_row_level_security(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [table])
        assert cursor.fetchone() == (True, True)


def test_the_application_connects_with_a_role_that_can_not_bypass_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)


def test_raw_sql_sees_only_the_tenant_whose_scope_is_entered() -> None:
    ours = found("Acme", "acme-walls", "Main", "eu-central-1", [])
    theirs = found("Globex", "globex-walls", "Main", "eu-central-1", [])
    assert rows_seen("tenancy_workspace") == rows_seen("tenancy_tenant") == 0
    for workspace in (ours, theirs):
        with tenant_scope(workspace.tenant_id):
            assert rows_seen("tenancy_workspace") == rows_seen("tenancy_tenant") == 1
    assert rows_seen("quotas_quota") == 0


def test_no_row_can_be_written_for_another_tenant() -> None:
    theirs = found("Globex", "globex-write", "Main", "eu-central-1", [])
    with pytest.raises(DatabaseError, match="row-level security"), tenant_scope(new_id()):
        Workspace.objects.create(tenant_id=theirs.tenant_id, name="Planted", slug="planted", region="eu-central-1")


def test_an_unscoped_query_raises() -> None:
    with pytest.raises(UnscopedQueryError):
        Workspace.objects.count()
    with pytest.raises(ScopeError):
        current_tenant()


def test_one_scope_never_opens_inside_anothers() -> None:
    with tenant_scope(new_id()), pytest.raises(ScopeError), tenant_scope(new_id()):
        pass


@pytest.mark.parametrize("statement", ["UPDATE audit_auditevent SET actor = 'x'", "DELETE FROM audit_auditevent",
                                       "TRUNCATE audit_auditevent"])  # fmt: skip
def test_the_record_refuses_every_change(statement: str) -> None:
    tenant = found("Acme", "acme-record", "Main", "eu-central-1", []).tenant_id
    with tenant_scope(tenant):
        AuditEvent.objects.create(tenant_id=tenant, action="quotas:quota:changed", actor="user:x", subject="quota:x")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with tenant_scope(tenant):
        assert AuditEvent.objects.get().actor == "user:x"


def test_every_foreign_key_points_down() -> None:
    floor = {label: number for number, labels in enumerate(FLOORS) for label in labels}
    ours = {"accounts", "tenancy", "audit", "quotas", "storage", "broker", "marketplace", "scanning"}
    keys = [
        (model._meta.app_label, field.related_model._meta.app_label)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if model._meta.app_label in ours and (field.many_to_one or field.one_to_one) and field.concrete
    ]
    assert len(keys) > 30
    assert [key for key in keys if key[0] != key[1] and floor[key[0]] <= floor[key[1]]] == []
