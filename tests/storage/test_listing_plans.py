"""A page costs what it holds: the plans that PostgreSQL runs, looked at in a folder with many files.

Read from EXPLAIN ANALYZE: every row that a page touches, thrown away or not, is counted, and nothing is sorted, by the
plan that PostgreSQL makes for one page as by the one that it keeps for all.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from audit.reading import IN_ORDER
from storage import listing
from storage.folders import ensure, find
from storage.listing import Cursor, Page, Sort, Wish, list_page
from storage.models import Folder, StoredFile
from storage.object_store import s3_client
from storage.provisioning import provision
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, new_person

FILES, LIMIT = 6_000, 20
_RESERVE = """
INSERT INTO quotas_reservation (id, tenant_id, app_id, size, state, created_at)
SELECT md5(%(folder)s || n::text || %(app)s)::uuid, %(tenant)s, %(app)s, 7, 'settled', now()
FROM generate_series(1, %(files)s) n"""
_FILE = """
INSERT INTO storage_storedfile (id, tenant_id, app_id, folder_id, reservation_id, name, size, content_type, labels,
  etag, has_thumbnail, created_by, created_at)
SELECT md5(%(folder)s || n::text || %(app)s)::uuid, %(tenant)s, %(app)s, nullif(%(folder)s, '')::uuid,
  md5(%(folder)s || n::text || %(app)s)::uuid, lpad(((n * 7919) %% %(files)s)::text, 6, '0') || '.jpg',
  (n %% 3) * 1000, 'image/jpeg', '{}', 'e', false, 'user:t', now() - make_interval(secs => n %% 5)
FROM generate_series(1, %(files)s) n"""
_SMALL = """
WITH folder AS (
  INSERT INTO storage_folder (id, tenant_id, app_id, parent_id, name, created_by, created_at)
  SELECT gen_random_uuid(), %(tenant)s, %(app)s, NULL, 'small ' || n, 'user:t', now()
  FROM generate_series(1, %(files)s) n RETURNING id
), reservation AS (
  INSERT INTO quotas_reservation (id, tenant_id, app_id, size, state, created_at)
  SELECT id, %(tenant)s, %(app)s, 7, 'settled', now() FROM folder
)
INSERT INTO storage_storedfile (id, tenant_id, app_id, folder_id, reservation_id, name, size, content_type, labels,
  etag, has_thumbnail, created_by, created_at)
SELECT id, %(tenant)s, %(app)s, id, id, 'one.jpg', 1000, 'image/jpeg', '{}', 'e', false, 'user:t', now() FROM folder"""


def fill(person: Person, folder: Folder | None) -> None:
    """Many files: names in no order, three sizes and five dates among all of them."""
    facts = {"tenant": person.app.tenant_id, "app": str(person.app.pk), "folder": str(folder.pk) if folder else ""}
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, facts | {"files": FILES})
        cursor.execute(_FILE, facts | {"files": FILES})


@pytest.fixture(scope="module")
def crowded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Person]:
    """An app with many files in its root and in a folder, of which PostgreSQL has its statistics.

    Elsewhere folders are small, so that it takes this one for small too.
    """
    with django_db_blocker.unblock():
        provision(s3_client())
        person = new_person()
        with tenant_scope(person.app.tenant_id):
            fill(person, None)
            fill(person, ensure(person.app, "Big", "user:t")[0])
        others = new_person().app
        with tenant_scope(others.tenant_id), connection.cursor() as cursor:
            cursor.execute(_SMALL, {"tenant": others.tenant_id, "app": str(others.pk), "files": FILES})
        analyse()
        yield person


def analyse() -> None:
    """What autovacuum does by itself; only the tables' owner may."""
    with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"], dbname=connection.settings_dict["NAME"]) as owner:
        owner.execute("ANALYZE storage_storedfile, storage_folder")


@pytest.fixture
def person(transactional_db: None, crowded: Person) -> Person:
    return crowded


@pytest.fixture(params=["", "Big"], ids=["the root", "a folder"])
def folder(request: pytest.FixtureRequest, person: Person) -> Iterator[str]:
    with tenant_scope(person.app.tenant_id):
        yield request.param


@pytest.fixture(params=["force_custom_plan", "force_generic_plan"])
def planning(request: pytest.FixtureRequest, folder: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('plan_cache_mode', %s, true)", [request.param])


def touched_by_page(person: Person, folder: str, wish: Wish, after: Cursor | None = None) -> tuple[int, set[str]]:
    """As `touched`, of the statement of a page."""
    statement, parameters = listing.page_question(person.app, folder, after, LIMIT, wish)
    with connection.cursor() as cursor:
        cursor.execute(IN_ORDER.numbered)
        cursor.execute(f"PREPARE page AS {statement.numbered}")
        try:
            values = ", ".join(["%s"] * len(statement.names))
            return _looked_at(cursor, f"EXECUTE page({values})", statement.arguments(parameters))
        finally:
            cursor.execute("DEALLOCATE page")


def touched(rows: "QuerySet[Any]") -> tuple[int, set[str]]:
    """How many rows the plan looked at, and of what sorts its steps were."""
    with connection.cursor() as cursor:
        return _looked_at(cursor, *rows.query.sql_with_params())


def _looked_at(cursor: Any, statement: str, parameters: Any) -> tuple[int, set[str]]:
    cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, parameters)
    (found,) = cursor.fetchone()
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    steps = list(_steps(plan))
    looked_at = sum(
        step["Actual Rows"] + step.get("Rows Removed by Filter", 0) for step in steps if "Relation Name" in step
    )
    return int(looked_at), {step["Node Type"] for step in steps}


def _steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those that lead to files: the few folders beside them are read by whatever is quickest."""
    if "Subplan Name" in plan:
        return
    yield plan
    for below in plan.get("Plans", []):
        yield from _steps(below)


def pages(person: Person, folder: str, wish: Wish) -> Iterator[Page]:
    cursor: Cursor | None = None
    while True:
        page = list_page(person.app, folder, cursor, 500, wish)
        yield page
        if page.next is None:
            return
        cursor = page.next


@pytest.mark.usefixtures("planning")
@pytest.mark.parametrize("sort", Sort)
def test_the_first_and_a_deep_page_touch_only_their_own_rows(person: Person, folder: str, sort: Sort) -> None:
    wish = Wish(sort)
    found = list(pages(person, folder, wish))
    for cursor in (None, found[len(found) // 2].next):
        looked_at, steps = touched_by_page(person, folder, wish, cursor)
        assert looked_at == LIMIT - (not folder and cursor is None)  # the root shows its folder first
        assert "Sort" not in steps
        assert "Incremental Sort" not in steps


@pytest.mark.usefixtures("planning")
@pytest.mark.parametrize("sort", [Sort.NAME, Sort.NAME_DOWN])
def test_a_search_by_beginning_touches_what_it_finds(person: Person, folder: str, sort: Sort) -> None:
    looked_at, steps = touched_by_page(person, folder, Wish(sort, "0012"))
    assert looked_at == LIMIT
    assert "Sort" not in steps


@pytest.mark.parametrize("sort", Sort)
def test_all_pages_together_are_the_folder_in_its_order(person: Person, folder: str, sort: Sort) -> None:
    listed = [stored for page in pages(person, folder, Wish(sort)) for stored in page.files]
    assert len(listed) == len({stored.id for stored in listed}) == FILES
    keys = [(getattr(stored, sort.column), stored.id) for stored in listed]
    assert keys == sorted(keys, reverse=sort.is_down)


def test_the_trash_is_read_by_its_index(person: Person, folder: str) -> None:
    with transaction.atomic():
        StoredFile.objects.filter(folder=find(person.app, folder), name__startswith="00").update(
            trashed_at="2026-11-23T20:00:00Z", purge_at="2026-12-23T20:00:00Z"
        )
        look_into_the_trash(person)
        transaction.set_rollback(True)


def look_into_the_trash(person: Person) -> None:
    first, cursor = listing.trash_page(person.app, None, None, LIMIT)
    second, _ = listing.trash_page(person.app, None, cursor, LIMIT)
    assert not {stored.pk for stored in first} & {stored.pk for stored in second}
    trashed = StoredFile.objects.filter(app=person.app, trashed_at__isnull=False).order_by("-trashed_at", "-id")
    looked_at, steps = touched(trashed[:LIMIT])
    assert looked_at <= LIMIT
    assert "Sort" not in steps
