"""Entries of many requests in one commit: each durable before it is told, none failing for another."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from audit.actions import AuditAction
from audit.ledger import WRITE_EVENT, Entry, event, write, write_each
from audit.models import AuditEvent
from audit.statements import Statement
from kernel.identifiers import new_id
from tenancy.models import Tenant
from tenancy.scoping import tenant_scope

ALWAYS = f"{WRITE_EVENT} WHERE %(is_met)s RETURNING id"


def new_tenant() -> uuid.UUID:
    made = Tenant(id=new_id(), name="Ledger", slug=f"l-{new_id().hex}")
    with transaction.atomic(), tenant_scope(made.id):
        made.save(force_insert=True)
    return made.id


def entry(tenant_id: uuid.UUID, subject: str, *, is_met: bool = True, statement: str = ALWAYS) -> Entry:
    told = event(AuditAction.APP_CHANGED, actor="user:ledger", subject=subject, detail={"a": 1})
    return Entry(
        AuditAction.APP_CHANGED, Statement(statement), told | {"tenant_id": tenant_id, "app_id": None, "is_met": is_met}
    )


def subjects(tenant_id: uuid.UUID) -> list[str]:
    with tenant_scope(tenant_id):
        return sorted(AuditEvent.objects.values_list("subject", flat=True))


def at_once(work: list[Entry]) -> list[Any]:
    """What became of each: its rows, or the error."""
    begin = threading.Barrier(len(work))

    def one(each: Entry) -> Any:
        begin.wait()
        try:
            return write(each)
        except DatabaseError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def test_what_is_told_is_there(transactional_db: None) -> None:
    tenant = new_tenant()
    assert len(write(entry(tenant, "one"))) == 1
    assert subjects(tenant) == ["one"]


def test_an_unmet_condition_writes_nothing_and_says_so(transactional_db: None) -> None:
    tenant = new_tenant()
    assert write(entry(tenant, "one", is_met=False)) == []
    assert subjects(tenant) == []


def test_requests_of_many_tenants_at_once_each_write_their_own(transactional_db: None) -> None:
    tenants = [new_tenant() for _ in range(3)]
    work = [entry(tenants[number % 3], f"{number:02}") for number in range(24)]
    assert all(len(rows) == 1 for rows in at_once(work))
    for number, tenant in enumerate(tenants):
        assert subjects(tenant) == [f"{each:02}" for each in range(number, 24, 3)]


@pytest.mark.parametrize("_time", range(20))  # how early PostgreSQL's refusal is noticed differs from time to time
def test_a_broken_entry_fails_alone(_time: int, transactional_db: None) -> None:
    tenant = new_tenant()
    broken = entry(tenant, "broken", statement="SELECT 1/0 WHERE %(is_met)s")
    foreign = entry(tenant, "foreign")
    foreign = Entry(foreign.action, foreign.statement, {**foreign.parameters, "event_subject": "x" * 500})
    work = [entry(tenant, f"{number:02}") for number in range(8)]
    came = at_once([*work, broken, foreign])
    assert all(len(rows) == 1 for rows in came[:8])
    assert isinstance(came[8], DatabaseError)
    assert isinstance(came[9], DatabaseError)
    assert subjects(tenant) == [f"{each:02}" for each in range(8)]
    assert len(write(entry(tenant, "after"))) == 1


def test_what_postgresql_cannot_hold_fails_alone_and_the_connection_goes_on(transactional_db: None) -> None:
    tenant = new_tenant()
    outcomes = write_each([entry(tenant, "one"), entry(tenant, "a\x00b"), entry(tenant, "two")])
    assert isinstance(outcomes[1], DatabaseError)
    assert len(write(entry(tenant, "three"))) == 1
    assert subjects(tenant) == ["one", "three", "two"]


def test_inside_a_transaction_it_is_undone_with_it(transactional_db: None) -> None:
    tenant = new_tenant()

    def write_and_fail() -> None:
        with tenant_scope(tenant):
            assert len(write(entry(tenant, "undone"))) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert subjects(tenant) == []
    with tenant_scope(tenant), pytest.raises(RuntimeError):
        write(entry(new_id(), "another's"))


def test_another_tenants_row_is_refused_by_the_database(transactional_db: None) -> None:
    tenant, other = new_tenant(), new_tenant()
    sneaking = ALWAYS.replace("%(tenant_id)s", "%(other)s")
    work = entry(tenant, "sneaking", statement=sneaking)
    with pytest.raises(DatabaseError):
        write(Entry(work.action, work.statement, {**work.parameters, "other": other}))
    assert subjects(other) == []


def test_a_lost_connection_is_told_and_the_next_entry_gets_a_new_one(transactional_db: None) -> None:
    tenant = new_tenant()
    write(entry(tenant, "before"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]

    def end_it() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [number])
        connections.close_all()

    ending = threading.Thread(target=end_it)
    ending.start()
    ending.join()
    with pytest.raises(DatabaseError):
        write(entry(tenant, "lost"))
    connection.close_if_unusable_or_obsolete()
    assert len(write(entry(tenant, "after"))) == 1
    assert subjects(tenant) == ["after", "before"]


def test_many_entries_of_one_request_are_each_told_what_became_of_them(transactional_db: None) -> None:
    tenant = new_tenant()
    broken = entry(tenant, "broken", statement="SELECT 1/0 WHERE %(is_met)s")
    work = [entry(tenant, f"{number:03}", is_met=number != 5) for number in range(100)]
    told = write_each([*work[:50], broken, *work[50:]])
    assert [len(rows) for rows in told[:50] if isinstance(rows, list)] == [1] * 5 + [0] + [1] * 44
    assert isinstance(told[50], DatabaseError)
    assert all(isinstance(rows, list) and len(rows) == 1 for rows in told[51:])
    assert subjects(tenant) == [f"{each:03}" for each in range(100) if each != 5]
    with tenant_scope(tenant), pytest.raises(RuntimeError):
        write_each(work)


def test_many_entries_take_as_few_commits_as_will_do(transactional_db: None) -> None:
    tenant = new_tenant()
    write_each([entry(tenant, f"{number:03}") for number in range(60)])
    with connection.cursor() as cursor, tenant_scope(tenant):
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM audit_auditevent WHERE tenant_id = %s", [tenant])
        assert cursor.fetchone() == (1,)
