"""Migration operations that make PostgreSQL keep tenants apart, whatever the code above does.

FORCE binds the tables' owner too. A row belongs to the tenant that the transaction-local `gatehouse.tenant` names;
unset, no row is seen and none can be written.
"""

from django.db.migrations.operations import RunSQL

CREATE_FUNCTIONS = """
CREATE FUNCTION gatehouse_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('gatehouse.tenant', true), '')::uuid $$;
CREATE FUNCTION gatehouse_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('gatehouse.user', true), '')::uuid $$;
"""
DROP_FUNCTIONS = "DROP FUNCTION gatehouse_tenant(); DROP FUNCTION gatehouse_user();"


class CreateScopeFunctions(RunSQL):
    """The functions that the policies call; first of all migrations that secure a table."""

    def __init__(self) -> None:
        super().__init__(sql=CREATE_FUNCTIONS, reverse_sql=DROP_FUNCTIONS)

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Written without arguments in migration files."""
        return (type(self).__name__, [], {})


class SecureTenantTable(RunSQL):
    """Row-level security, enabled and forced, on one table by its tenant column."""

    def __init__(self, table: str, column: str = "tenant_id") -> None:
        self.table, self.column = table, column
        rule = f'"{column}" = gatehouse_tenant()'
        super().__init__(
            sql=f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;'
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;'
            f'CREATE POLICY tenant_isolation ON "{table}" USING ({rule}) WITH CHECK ({rule});',
            reverse_sql=f'DROP POLICY tenant_isolation ON "{table}";'
            f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY;'
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY;',
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Written with the table and its tenant column."""
        return (type(self).__name__, [self.table, self.column], {})


class ShowOwnMemberships(RunSQL):
    """A person may read their own memberships before a tenant is chosen; nothing else of that tenant."""

    def __init__(self) -> None:
        super().__init__(
            sql="CREATE POLICY own_memberships ON tenancy_membership FOR SELECT USING (user_id = gatehouse_user());",
            reverse_sql="DROP POLICY own_memberships ON tenancy_membership;",
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Written without arguments in migration files."""
        return (type(self).__name__, [], {})
