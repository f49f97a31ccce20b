"""Which version of an app's policy processes must hold at least.

The announcement is durable first and pushed right after the commit; a lost push is healed by the lease. When Redis
loses its memory the generation changes, and every process reads the policies that it held anew: announcements from
before need not be kept there.
"""

import uuid
from dataclasses import dataclass, field
from functools import partial

import redis
import structlog
from django.db import transaction

from admission.allowances import Allowances
from admission.models import PolicyAnnouncement, this_transaction
from admission.stops import policy_key, push

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PolicyHeld:
    """The version of the app's policy that a process has in memory, and the gate's generation when it was read.

    With them the limits on a month's requests as they were then, which are announced as the policy is.
    """

    version: int
    generation: str = ""
    allowances: Allowances = field(default_factory=dict)


class NewPolicyError(Exception):
    """The policy that the asker holds isn't the newest: read it and ask again, naming this generation.

    `version` is the announced one, 0 where none was announced since Redis was last filled. Nothing was charged.
    """

    def __init__(self, version: int, generation: str) -> None:
        self.version, self.generation = version, generation
        super().__init__(f"version {version}")


def announce_policy(app_id: uuid.UUID, version: int) -> None:
    """From the commit of this transaction on let nothing in by an older version of the app's policy.

    Versions only grow; announcing an older one changes nothing.
    """
    rows = PolicyAnnouncement.objects.filter(pk=app_id)
    if not rows.filter(version__lt=version).update(version=version, written_in=this_transaction()):
        PolicyAnnouncement.objects.get_or_create(app_id=app_id, defaults={"version": version})
    spread(app_id)


def announced_version(app_id: uuid.UUID) -> int:
    """The version that processes must hold at least; 0 before any was announced. Read it before the policy itself."""
    version: int | None = PolicyAnnouncement.objects.filter(pk=app_id).values_list("version", flat=True).first()
    return version or 0


def spread(app_id: uuid.UUID) -> None:
    """Tell Redis after the commit what was announced in this transaction, rather than with the next lease."""
    transaction.on_commit(partial(_push, app_id))


def spread_all() -> None:
    """The same for every app: for what all of them go by."""
    transaction.on_commit(_push_all)


def _push_all() -> None:
    rows = PolicyAnnouncement.objects.values_list("app_id", "version")
    try:
        for _step in push((policy_key(str(app_id)), version, 0) for app_id, version in rows.iterator()):
            pass
    except redis.RedisError:
        _log.warning("policy_announcement_waits_for_redis", app="every app")


def _push(app_id: uuid.UUID) -> None:
    try:
        for _step in push([(policy_key(str(app_id)), announced_version(app_id), 0)]):
            pass
    except redis.RedisError:
        _log.warning("policy_announcement_waits_for_redis", app=str(app_id))
