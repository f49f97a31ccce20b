"""Is each part there? Asked by `/readyz`, by `manage.py doctor` and by load balancers."""

from collections.abc import Callable
from dataclasses import dataclass

import redis
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from admission.connection import connection as redis_connection
from kernel.errors import Problem
from scanning.engines.clamd import Address, Clamd
from scanning.engines.port import EngineUnavailableError
from storage.bucket_rules import UNFINISHED_DAYS, Backstop, backstop
from storage.object_lock import object_lock
from storage.object_store import s3_client
from storage.retention import count_waiting
from tenancy.addresses import tenants_with_apps

_NEARLY_FULL_PERCENT = 90
_GLANCE_SECONDS = 1.0
"""Whoever asks for health gives up soon: a load balancer after a few seconds."""


@dataclass(frozen=True, slots=True)
class Health:
    """One part's state; `advice` says what a person can do when it isn't well."""

    part: str
    is_well: bool
    words: str
    advice: str = ""


def database() -> Health:
    """PostgreSQL answers, and the tables are those of this code."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return Health("PostgreSQL", False, "does not answer", "Check DATABASE_URL and that the server runs.")
    if missing:
        words = f"{len(missing)} migrations are missing"
        return Health("PostgreSQL", False, words, "Run `manage.py migrate` with the owner's DATABASE_URL.")
    return Health("PostgreSQL", True, "answers, tables are current")


def redis_server() -> Health:
    """Redis answers within the gate's patience."""
    try:
        redis_connection().ping()
    except redis.RedisError:
        return Health("Redis", False, "does not answer", "Check REDIS_URL and that the server runs.")
    return Health("Redis", True, "answers")


def redis_memory() -> Health:
    """Redis throws nothing away by itself: a stop that it forgot would let a dead token in.

    Asked by INFO, which hosted servers answer where they refuse CONFIG.
    """
    try:
        told = redis_connection().info("memory")
    except redis.RedisError:
        return Health("Redis memory", False, "does not answer", "Check REDIS_URL and that the server runs.")
    policy, most = str(told.get("maxmemory_policy", "unknown")), int(told.get("maxmemory", 0))
    if policy != "noeviction":
        words = f"maxmemory-policy is {policy}: a full server forgets stops and rates"
        return Health("Redis memory", False, words, "Set `maxmemory-policy noeviction`; a full server then refuses.")
    filled = int(told.get("used_memory", 0)) * 100 // most if most else 0
    if filled >= _NEARLY_FULL_PERCENT:
        return Health("Redis memory", False, f"is {filled} % full", "Raise `maxmemory`: a full server closes the gate.")
    return Health("Redis memory", True, f"nothing is evicted, {filled} % full" if most else "nothing is evicted")


def storage() -> Health:
    """The bucket is there and the credential opens it."""
    try:
        s3_client(_GLANCE_SECONDS, tries=1).head_bucket(Bucket=settings.S3_BUCKET)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        words = f"refuses the bucket {settings.S3_BUCKET} ({code})"
        return Health("Storage", False, words, "Check S3_ACCESS_KEY_ID, then run `manage.py provision_storage`.")
    except BotoCoreError:
        return Health("Storage", False, "does not answer", "Check S3_ENDPOINT_URL and that the server runs.")
    return Health("Storage", True, "answers, the bucket is there")


def storage_rules() -> Health:
    """Storage discards by itself what was begun in parts and never finished, should the reconcile stand still."""
    try:
        state = backstop(s3_client(_GLANCE_SECONDS, tries=1))
    except (ClientError, BotoCoreError):
        return Health("Storage's own rules", False, "could not be read", "Check the storage first, as said above.")
    if state is Backstop.UNKNOWN_TO_STORAGE:
        return Health("Storage's own rules", True, "storage has no rules of its own: Gatehouse alone clears up")
    if state is Backstop.MISSING:
        words = "storage keeps unfinished uploads for ever"
        return Health("Storage's own rules", False, words, "Run `manage.py provision_storage`.")
    return Health("Storage's own rules", True, f"storage discards unfinished uploads after {UNFINISHED_DAYS} days")


def retention() -> Health:
    """Where storage has object lock, it keeps what must stay by itself."""
    part = "Retention in storage"
    try:
        if not object_lock().is_there():
            return Health(part, True, "the bucket has no object lock: what must stay is kept by Gatehouse alone")
    except Problem:
        return Health(part, False, "could not be asked", "Check the storage first, as said above.")
    missing = sum(map(count_waiting, tenants_with_apps()))
    if not missing:
        return Health(part, True, f"storage keeps what must stay ({settings.S3_RETENTION_MODE})")
    words = f"storage doesn't keep {missing:,} files that must stay yet"
    advice = "The workers' round does that within minutes. If it stays so, look for `retention_not_kept` in their log."
    return Health(part, False, words, advice)


def scanner() -> Health:
    """Clamd answers; without it uploads wait, so the platform is up but nothing becomes available."""
    if not settings.CLAMD_URL:
        return Health("Virus scanner", False, "is not set", "Set CLAMD_URL. Until then uploads wait unscanned.")
    try:
        version = Clamd(Address.parse(settings.CLAMD_URL)).version()
    except EngineUnavailableError:
        return Health("Virus scanner", False, "does not answer", "Start clamd. Until then uploads wait unscanned.")
    return Health("Virus scanner", True, version)


REQUIRED: tuple[Callable[[], Health], ...] = (database, redis_server, storage)
"""Without one of these no upload can be started, so the platform isn't ready."""

ALL = (*REQUIRED, storage_rules, retention, redis_memory, scanner)
