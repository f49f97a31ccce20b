"""Every migration can be taken back, with rows in the tables, and leaves the schema as it was before it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from embedded.management import PROJECT
from kernel import clock
from storage.object_store import s3_client
from storage.provisioning import provision
from tests.databases import as_owner, own_database
from tests.gateway import shelf
from tests.gateway.conftest import new_person

_SCHEMA = """
SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
       coalesce(pg_get_expr(d.adbin, d.adrelid), ''), coalesce(o.collname, '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
LEFT JOIN pg_collation o ON o.oid = a.attcollation
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'table', relname, relkind::text, relrowsecurity::text, relforcerowsecurity::text, relowner::regrole::text,
       (SELECT string_agg(right_::text, ',' ORDER BY right_::text) FROM unnest(relacl) right_)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
UNION ALL
SELECT 'index', tablename, regexp_replace(indexdef, ' INDEX \\S+ ON', ' INDEX ON'), '', '', '', '' FROM pg_indexes
WHERE schemaname = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text, '', ''
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text, '', '' FROM pg_trigger
WHERE NOT tgisinternal
UNION ALL
SELECT 'policy', tablename, policyname, permissive, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'
UNION ALL
SELECT 'function', proname, pg_get_functiondef(oid), proowner::regrole::text, proacl::text, '', '' FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
"""
Key = tuple[str, str]


OURS = {
    folder.parent.name
    for place in ("*", "platform/*")
    for folder in PROJECT.glob(f"{place}/migrations")
    if folder.is_dir()
}
_OUR_OWN = (*(f"{app}_" for app in OURS), "gatehouse_")
"""How the names of our tables, sequences and functions begin. What libraries make is theirs to take back."""


def schema() -> set[tuple[str, ...]]:
    """All that our migrations can make, but for the order of columns and the names of indexes."""
    with connection.cursor() as cursor:
        cursor.execute(_SCHEMA)
        return {tuple(row) for row in cursor.fetchall() if row[1].startswith(_OUR_OWN)}


@pytest.fixture
def migrated(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of one's own, used by the role that migrates."""
    with django_db_blocker.unblock(), own_database(), as_owner():
        yield


def fill() -> None:
    """Rows in what matters most: people, an app, files, one of them in the trash."""
    provision(s3_client())
    person = new_person()
    shelf.put(person, "Trips/a.jpg")
    shelf.put(person, "Trips/b.jpg", trashed_at=clock.now(), purge_at=clock.now())
    person.start()


@pytest.mark.timeout(600)
def test_each_leads_back_to_the_schema_before_it_and_forth_again(migrated: None) -> None:
    """All of them back to nothing and then forth from there: on both ways each has the same before it."""
    before: dict[Key, set[Any]] = {}
    after_going_back: dict[Key, set[Any]] = {}

    def note(action: str, migration: Any = None, _fake: bool = False) -> None:
        kept = {"apply_start": before, "unapply_success": after_going_back}.get(action)
        if kept is not None and migration.app_label in OURS:
            kept[migration.app_label, migration.name] = schema()

    made = schema()
    fill()
    executor = MigrationExecutor(connection, note)
    leaves = executor.loader.graph.leaf_nodes()
    there = executor.migration_plan(leaves, clean_start=True)
    assert {migration.app_label for migration, _ in there} >= OURS
    first = next(number for number, (migration, _) in enumerate(there) if migration.app_label in OURS)
    back = [(migration, True) for migration, _ in reversed(there[first:])]
    executor.migrate([(app, None) for app, _name in leaves], back)
    assert schema() == set()
    MigrationExecutor(connection, note).migrate(leaves)
    assert schema() == made
    assert after_going_back.keys() == before.keys()
    left = {
        key: sorted(after ^ before[key], key=str) for key, after in after_going_back.items() if after != before[key]
    }
    assert left == {}
