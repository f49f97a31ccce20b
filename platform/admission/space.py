"""The guard before PostgreSQL's quotas: who is known to be full isn't let in again and again.

PostgreSQL alone decides (`quotas.reservations`): the guard knows nothing until PostgreSQL has refused, then holds the
room that was left for one second, counts down what is let in, and refuses what doesn't fit. So it never admits over a
quota by itself, and what was freed or raised is noticed within that second.
"""

from functools import partial
from typing import Any

import redis
import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_save

from admission.connection import connection
from kernel.errors import QUOTA_APP_EXCEEDED, QUOTA_WORKSPACE_EXCEEDED, ProblemType
from kernel.sizes import in_words
from quotas.models import Quota
from tenancy.models import MicroApp

_MILLISECONDS = 1000
RedisField = bytes | bytearray | memoryview | str | int | float
_log = structlog.get_logger(__name__)


def app_guard(app: str) -> str:
    """Where Redis holds an app's room."""
    return f"room:app:{app}"


def workspace_guard(workspace: str) -> str:
    """Where Redis holds a workspace's room."""
    return f"room:workspace:{workspace}"


def problem_of_guard(key: str) -> tuple[ProblemType, str]:
    """What the guard of this name refuses with, and whose space is full."""
    return (QUOTA_APP_EXCEEDED, "app") if key.startswith("room:app:") else (QUOTA_WORKSPACE_EXCEEDED, "workspace")


def facts_of_guard(key: str) -> dict[str, str]:
    """The words that the refusal needs, as PostgreSQL's numbers were when the guard was told. Empty without Redis."""
    try:
        name, limit = (value.decode() if value else "" for value in _words(key))
    except redis.RedisError:
        return {}
    return {problem_of_guard(key)[1]: name, "limit": limit} if name else {}


def guard(app: MicroApp) -> None:
    """Tell Redis what room PostgreSQL sees for the app and its workspace: right after a reservation was refused.

    Must run in the tenant's scope, outside the refused transaction. Without Redis nothing is told, which is safe.
    """
    which = Q(app=app) | Q(workspace_id=app.workspace_id, app=None)
    try:
        for quota in Quota.objects.filter(which).select_related("app", "workspace"):
            _tell(quota)
    except redis.RedisError:
        _log.warning("guard_waits_for_redis", app=str(app.pk))


def forget(app: MicroApp) -> None:
    """Let PostgreSQL be asked at once: after a limit was raised or much was deleted, on commit."""
    _forget(app_guard(str(app.pk)), workspace_guard(str(app.workspace_id)))


def forget_on_change() -> None:
    """Forget a guard as soon as its quota's limit is saved; counts change past the models and are noticed in time."""
    post_save.connect(_forget_changed, sender=Quota, dispatch_uid="forget_guard")


def _forget_changed(sender: type, instance: Quota, **_signal: Any) -> None:
    if not instance.workspace_id:  # an organisation's or a person's, which have no guard
        return
    key = app_guard(str(instance.app_id)) if instance.app_id else workspace_guard(str(instance.workspace_id))
    transaction.on_commit(partial(_forget, key))


def _forget(*keys: str) -> None:
    try:
        connection().delete(*keys)
    except redis.RedisError:
        _log.warning("guard_waits_for_redis", keys=keys)


def _words(key: str) -> list[Any]:
    return connection().hmget(key, "name", "limit")


def _tell(quota: Quota) -> None:
    key = app_guard(str(quota.app_id)) if quota.app_id else workspace_guard(str(quota.workspace_id))
    room: dict[RedisField, RedisField] = {
        "bytes": max(0, quota.bytes_limit - quota.bytes_used - quota.bytes_held),
        "objects": max(0, quota.objects_limit - quota.objects_used - quota.objects_held),
        "name": str(quota.app or quota.workspace),
        "limit": _limit_words(quota),
    }
    pipeline = connection().pipeline(transaction=True)
    pipeline.hset(key, mapping=room)
    pipeline.pexpire(key, _MILLISECONDS)
    pipeline.execute()


def _limit_words(quota: Quota) -> str:
    out_of_files = quota.objects_limit <= quota.objects_used + quota.objects_held
    return f"{quota.objects_limit:,} files" if out_of_files else in_words(quota.bytes_limit)
