"""The migration operation that makes PostgreSQL refuse to change or remove rows of the record.

Two locks: triggers that fire for every role, the owner included, and rights taken from everyone but the owner.
"""

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_FUNCTION = """
CREATE OR REPLACE FUNCTION gatehouse_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'The audit record is append-only: % refused.', TG_OP
   USING ERRCODE = 'insufficient_privilege'; END $$
"""

_DROP_UNUSED = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgfoid = 'gatehouse_append_only'::regproc) THEN
    DROP FUNCTION gatehouse_append_only();
  END IF;
END $$
"""


class AppendOnly(Operation):
    """Forbids UPDATE, DELETE and TRUNCATE on one table."""

    reversible = True
    atomic = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models don't change by it."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Close the table."""
        schema_editor.execute(_FUNCTION, params=None)
        schema_editor.execute(
            f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{self.table}" '
            "FOR EACH ROW EXECUTE FUNCTION gatehouse_append_only()"
        )
        schema_editor.execute(
            f'CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON "{self.table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_append_only()"
        )
        roles = ", ".join(("PUBLIC", f'"{settings.DATABASE_APPLICATION_ROLE}"'))
        schema_editor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{self.table}" FROM {roles}')

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Open the table again, with the rights that the application has on every table."""
        schema_editor.execute(f'DROP TRIGGER append_only_whole ON "{self.table}"')
        schema_editor.execute(f'DROP TRIGGER append_only ON "{self.table}"')
        schema_editor.execute(f'GRANT UPDATE, DELETE ON "{self.table}" TO "{settings.DATABASE_APPLICATION_ROLE}"')
        schema_editor.execute(_DROP_UNUSED, params=None)

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"Forbid changes to rows of {self.table}"

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Written with the table's name."""
        return (type(self).__name__, [self.table], {})
