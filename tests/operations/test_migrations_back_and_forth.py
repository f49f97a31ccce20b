"""Every migration can be taken back, with rows in the tables, and leaves the schema as it was before it."""

import os
from collections.abc import Iterator
from typing import Any

import environ
import psycopg
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from embedded.management import PROJECT
from kernel import clock
from kernel.identifiers import new_id
from storage.object_store import s3_client
from storage.provisioning import provision
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
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """An empty one, used by the owner's role, which is the one that migrates."""
    owner = environ.Env.db_url_config(os.environ["MIGRATION_DATABASE_URL"])
    name, before = f"back_{new_id().hex}", dict(connection.settings_dict)
    with django_db_blocker.unblock(), psycopg.connect(os.environ["MIGRATION_DATABASE_URL"], autocommit=True) as cluster:
        cluster.execute(f"CREATE DATABASE {name}")
        connection.close()
        connection.settings_dict.update(NAME=name, USER=owner["USER"], PASSWORD=owner["PASSWORD"])
        yield
        connection.close()
        connection.settings_dict.update(before)
        cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


def fill() -> None:
    """Rows in what matters most: people, an app, files, one of them in the trash."""
    provision(s3_client())
    person = new_person()
    shelf.put(person, "Trips/a.jpg")
    shelf.put(person, "Trips/b.jpg", trashed_at=clock.now(), purge_at=clock.now())
    person.start()


@pytest.mark.timeout(600)
def test_each_leads_back_to_the_schema_before_it_and_forth_again(own_database: None) -> None:
    before: dict[Key, set[Any]] = {}
    left: dict[Key, Any] = {}
    known: set[Any] = set()

    def note(action: str, migration: Any = None, _fake: bool = False) -> None:
        if migration is None or migration.app_label not in OURS:
            return
        key = (migration.app_label, migration.name)
        if action == "apply_start":
            before[key] = schema()
        elif action == "unapply_success":
            other = (schema() ^ before[key]) - known
            known.update(other)
            if other:
                left[key] = sorted(other, key=str)

    executor = MigrationExecutor(connection, note)
    leaves = executor.loader.graph.leaf_nodes()
    there = executor.migration_plan(leaves)
    assert {migration.app_label for migration, _ in there} >= OURS
    executor.migrate(leaves, there)
    made = schema()
    fill()
    first = next(number for number, (migration, _) in enumerate(there) if migration.app_label in OURS)
    back = [(migration, True) for migration, _ in reversed(there[first:])]
    MigrationExecutor(connection, note).migrate([(app, None) for app, _name in leaves], back)
    assert left == {}
    MigrationExecutor(connection).migrate(leaves)
    assert schema() == made
