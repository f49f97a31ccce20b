"""A stop is in force once it is acknowledged, everywhere, and nothing that Redis suffers takes it back."""

import datetime as dt
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from admission import lease, revocations
from admission.connection import connection
from admission.models import LifeLimit, Revocation
from admission.revocations import (
    Level,
    dead_by,
    earliest_issue,
    longest_life,
    revoke,
    set_longest_life,
)
from kernel.errors import STORAGE_UNAVAILABLE, Problem
from tests.admission.conftest import SUBJECTS, facts, reissued, stop

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.mark.parametrize("level", SUBJECTS)
def test_a_stop_kills_its_subjects_token_and_no_other(level: Level) -> None:
    token, other = facts(), facts()
    assert dead_by(token) is None
    stop(level, SUBJECTS[level](token))
    assert dead_by(token) == level
    assert dead_by(other) is None


def test_a_template_can_be_stopped_in_all_its_versions() -> None:
    token = facts()
    slug = token.template.removesuffix("/1.0.0")
    other_version = replace(facts(), template=f"{slug}/2.0.0")
    stop(Level.TEMPLATE, slug, tenant_id=None)
    assert dead_by(token) == dead_by(other_version) == Level.TEMPLATE


def test_a_child_dies_with_the_token_it_came_from() -> None:
    child = facts()
    stop(Level.TOKEN, child.ancestors[0])
    assert dead_by(child) == Level.TOKEN


@pytest.mark.parametrize("level", [Level.USER, Level.APP, Level.TEMPLATE, Level.TENANT])
def test_who_signs_in_again_after_a_stop_is_not_meant_by_it(level: Level) -> None:
    token = facts()
    stop(level, SUBJECTS[level](token))
    assert dead_by(reissued(token)) is None


def test_a_fast_clock_at_the_issuer_does_not_outlive_a_stop() -> None:
    ahead = facts(issued_at_ms=round(time.time() * 1000) + 1900)
    stop(Level.APP, ahead.app)
    assert dead_by(ahead) == Level.APP


def test_a_stop_with_a_moment_spares_what_was_issued_later() -> None:
    now = dt.datetime.now(dt.UTC)
    older, newer = facts(), facts()
    newer = replace(newer, app=older.app)
    older = replace(older, issued_at_ms=older.issued_at_ms - 60_000)
    stop(Level.APP, older.app, not_before=now - dt.timedelta(seconds=30))
    assert dead_by(older) == Level.APP
    assert dead_by(newer) is None


def test_a_stop_of_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match="issued yet"):
        stop(Level.APP, "a", not_before=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5))


def test_what_was_not_committed_stops_nothing() -> None:
    token = facts()
    with transaction.atomic():
        revoke(Level.APP, token.app, tenant_id=None, actor="user:test", reason="a test")
        transaction.set_rollback(True)
    assert dead_by(token) is None


def test_a_stop_that_was_overtaken_still_kills_what_stepped_over_the_other() -> None:
    """Two stops in flight: the one that was written first commits last."""
    token = facts()
    with transaction.atomic():
        revoke(Level.TENANT, token.tenant, tenant_id=None, actor="user:test", reason="written first")
        other = threading.Thread(target=_stop_in_other_connection, args=(token.app,))
        other.start()
        other.join()
        between = reissued(token)
        assert dead_by(between) is None
    assert dead_by(between) == Level.TENANT
    assert dead_by(reissued(token)) is None


def _stop_in_other_connection(app: str) -> None:
    try:
        stop(Level.APP, app)
    finally:
        connections.close_all()


def test_a_flush_takes_no_stop_back(own_valkey: Any) -> None:
    token, other = facts(), facts()
    stop(Level.APP, token.app)
    connection().flushall()
    assert dead_by(token) == Level.APP
    assert dead_by(other) is None


def test_a_restart_without_memory_takes_no_stop_back(own_valkey: Any) -> None:
    token = facts()
    stop(Level.USER, token.user)
    own_valkey.kill()
    for file in own_valkey.folder.rglob("*.aof"):
        file.write_bytes(b"")
    own_valkey.boot()
    connection().connection_pool.disconnect()
    assert dead_by(token) == Level.USER


def test_a_stop_whose_push_failed_is_in_force_within_the_lease(own_valkey: Any) -> None:
    token = facts()
    assert dead_by(token) is None
    own_valkey.stop()
    stop(Level.APP, token.app)
    own_valkey.boot()
    connection().connection_pool.disconnect()
    began = time.monotonic()
    while dead_by(token) is None:
        assert time.monotonic() - began < lease.LEASE_SECONDS + 0.2
    assert dead_by(token) == Level.APP


def test_a_lagging_replica_that_takes_over_heals_within_the_lease(own_valkey: Any) -> None:
    """It has the lease and the horizon of some moments ago, but not the last push."""
    token = facts()
    assert dead_by(token) is None
    then = connection().get("gate:horizon")
    stop(Level.APP, token.app)
    connection().delete(f"dead:app:{token.app}")
    connection().set("gate:horizon", then)
    began = time.monotonic()
    while dead_by(token) is None:
        assert time.monotonic() - began < lease.LEASE_SECONDS + 0.2
    assert dead_by(token) == Level.APP


def test_a_stop_is_found_however_long_its_transaction_took(own_valkey: Any) -> None:
    """Others were written, committed and filled in meanwhile; its own push is lost."""
    token = facts()
    with transaction.atomic():
        revoke(Level.APP, token.app, tenant_id=None, actor="user:test", reason="slow")
        done = threading.Thread(target=_fill_from_other_connection)
        done.start()
        done.join()
    connection().delete(f"dead:app:{token.app}")
    lease.bring_up_to_date()
    assert dead_by(token) == Level.APP


def _fill_from_other_connection() -> None:
    try:
        stop(Level.APP, facts().app)
        lease.bring_up_to_date()
    finally:
        connections.close_all()


def test_a_lease_from_the_future_is_not_believed(own_valkey: Any) -> None:
    token = facts()
    stop(Level.APP, token.app)
    seconds, _ = connection().time()
    connection().flushall()
    connection().set("gate:horizon", 1)
    connection().set(lease.LEASE, f"{(seconds + 3600) * 1_000_000} {(seconds + 7200) * 1_000_000} 0 0")
    assert dead_by(token) == Level.APP


def test_a_loader_that_forgets_midway_starts_again(own_valkey: Any) -> None:
    """Redis is flushed while it is being filled: half of what was pushed is gone, so it isn't called complete."""
    token = facts()
    stop(Level.APP, token.app)
    connection().flushall()
    connection().set("gate:loading", "somebody who died", px=100)
    assert dead_by(token) == Level.APP


def test_many_who_find_an_empty_redis_fill_it_once_and_agree(own_valkey: Any) -> None:
    token = facts()
    stop(Level.APP, token.app)
    connection().flushall()
    answers: list[Level | None] = []

    def ask() -> None:
        try:
            answers.append(dead_by(token))
        finally:
            connections.close_all()

    askers = [threading.Thread(target=ask) for _ in range(12)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert answers == [Level.APP] * 12


def test_without_redis_nothing_is_said_to_live(own_valkey: Any) -> None:
    own_valkey.kill()
    with pytest.raises(Problem) as refusal:
        dead_by(facts())
    assert refusal.value.type is STORAGE_UNAVAILABLE
    own_valkey.boot()


def test_a_stop_is_forgotten_only_when_nothing_can_meet_it(own_valkey: Any) -> None:
    token = facts()
    stop(Level.APP, token.app)
    seconds = connection().ttl(f"dead:app:{token.app}")
    assert revocations.LONGEST_TOKEN.total_seconds() < seconds < revocations.LONGEST_TOKEN.total_seconds() + 10


def test_the_application_can_not_take_a_stop_back() -> None:
    token = facts()
    stop(Level.APP, token.app)
    with pytest.raises(DatabaseError), transaction.atomic():
        Revocation.objects.filter(subject=token.app).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Revocation.objects.filter(subject=token.app).update(keep_until=dt.datetime.now(dt.UTC))


def test_one_write_ends_all_older_tokens_and_lifting_it_lets_them_be(own_valkey: Any) -> None:
    old, young = facts(), facts()
    old = replace(old, issued_at_ms=old.issued_at_ms - 120_000)
    try:
        _cut(60)
        assert longest_life() == 60
        assert (dead_by(old), dead_by(young)) == (Level.EVERYTHING, None)
        connection().flushall()
        assert dead_by(old) == Level.EVERYTHING
    finally:
        _cut(None)
    assert longest_life() is None
    assert dead_by(old) is None


def _cut(seconds: int | None) -> None:
    with transaction.atomic():
        set_longest_life(seconds, actor="user:test", reason="a test", expires_at=None)


def test_a_cut_ends_by_itself(own_valkey: Any) -> None:
    with transaction.atomic():
        ends = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
        set_longest_life(60, actor="user:test", reason="a test", expires_at=ends)
    assert longest_life() is None
    assert dead_by(replace(facts(), issued_at_ms=round(time.time() * 1000) - 120_000)) is None


def test_a_cut_too_short_to_work_with_is_refused_by_the_database() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        LifeLimit.objects.create(seconds=5, actor="user:test", reason="a test")


def test_stepping_over_asks_for_no_more_than_the_difference_of_clocks() -> None:
    token = facts()
    stop(Level.APP, token.app)
    ahead = earliest_issue(token) - time.time() * 1000
    assert 0 < ahead <= revocations.SKEW.total_seconds() * 1000 + 10
