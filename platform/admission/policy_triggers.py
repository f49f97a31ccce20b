"""Migration operations that make PostgreSQL announce an app's policy whenever a row that it is made of changes.

A trigger and not the code that changes the row: what nobody can forget, no process decides by an older policy than it.
Processes learn of it with the next lease, and at once where the change is pushed (`policies.spread`).
"""

from django.db.migrations.operations import RunSQL

_CREATE_FUNCTION = """
CREATE FUNCTION gatehouse_announce_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO admission_policyannouncement (app_id, version)
  VALUES ((to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[0])::uuid, 1)
  ON CONFLICT (app_id) DO UPDATE
  SET version = admission_policyannouncement.version + 1, written_in = pg_current_xact_id()::text::bigint;
  RETURN NULL;
END $$;
"""


class CreateAnnouncingFunction(RunSQL):
    """The function that the triggers call; before all of them."""

    def __init__(self) -> None:
        super().__init__(sql=_CREATE_FUNCTION, reverse_sql="DROP FUNCTION gatehouse_announce_policy();")

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Written without arguments in migration files."""
        return (type(self).__name__, [], {})


_CREATE_FUNCTION_FOR_ALL = """
CREATE FUNCTION gatehouse_announce_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE admission_policyannouncement
  SET version = version + 1, written_in = pg_current_xact_id()::text::bigint;
  RETURN NULL;
END $$;
"""


class AnnounceToAll(RunSQL):
    """Each change of the table announces the policy of every app: for what few people change and all apps go by."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            sql=f'{_CREATE_FUNCTION_FOR_ALL}CREATE TRIGGER announce_all AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_announce_all();",
            reverse_sql=f'DROP TRIGGER announce_all ON "{table}"; DROP FUNCTION gatehouse_announce_all();',
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Written with the table."""
        return (type(self).__name__, [self.table], {})


class AnnounceChanges(RunSQL):
    """Each change of a row of the table announces the policy of the app that the column names."""

    def __init__(self, table: str, column: str) -> None:
        self.table, self.column = table, column
        super().__init__(
            sql=f'CREATE TRIGGER announce_policy AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION gatehouse_announce_policy('{column}');",
            reverse_sql=f'DROP TRIGGER announce_policy ON "{table}";',
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Written with the table and the column of the app's id."""
        return (type(self).__name__, [self.table, self.column], {})


_ANNOUNCE_REQUEST_LIMITS = """
CREATE FUNCTION gatehouse_announce_requests() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  quota quotas_quota := coalesce(NEW, OLD);
BEGIN
  INSERT INTO admission_policyannouncement (app_id, version)
  SELECT app.id, 1 FROM tenancy_microapp app
  WHERE app.tenant_id = quota.tenant_id
    AND (quota.workspace_id IS NULL OR app.workspace_id = quota.workspace_id)
    AND (quota.app_id IS NULL OR app.id = quota.app_id)
  ORDER BY app.id
  ON CONFLICT (app_id) DO UPDATE
  SET version = admission_policyannouncement.version + 1, written_in = pg_current_xact_id()::text::bigint;
  RETURN NULL;
END $$;
CREATE TRIGGER announce_requests AFTER UPDATE OF requests_limit ON quotas_quota FOR EACH ROW
  WHEN (OLD.requests_limit IS DISTINCT FROM NEW.requests_limit) EXECUTE FUNCTION gatehouse_announce_requests();
CREATE TRIGGER announce_new_requests AFTER INSERT ON quotas_quota FOR EACH ROW
  WHEN (NEW.requests_limit IS NOT NULL) EXECUTE FUNCTION gatehouse_announce_requests();
CREATE TRIGGER announce_no_requests AFTER DELETE ON quotas_quota FOR EACH ROW
  WHEN (OLD.requests_limit IS NOT NULL) EXECUTE FUNCTION gatehouse_announce_requests();
"""
_FORGET_REQUEST_LIMITS = """
DROP TRIGGER announce_requests ON quotas_quota;
DROP TRIGGER announce_new_requests ON quotas_quota;
DROP TRIGGER announce_no_requests ON quotas_quota;
DROP FUNCTION gatehouse_announce_requests();
"""


class AnnounceRequestLimits(RunSQL):
    """A changed limit on requests announces the policies of all apps that it holds for; counts announce nothing."""

    def __init__(self) -> None:
        super().__init__(sql=_ANNOUNCE_REQUEST_LIMITS, reverse_sql=_FORGET_REQUEST_LIMITS)

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Written without arguments in migration files."""
        return (type(self).__name__, [], {})
