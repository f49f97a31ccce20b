"""What was answered under an Idempotency-Key, as rows. Nothing here decides when to do a thing again."""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from django.db import connection

from gateway.callers import Caller
from gateway.models import KeptAnswer
from kernel import clock
from kernel.errors import CATALOGUE, IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_FLIGHT, VALIDATION, FieldError, Problem
from tenancy.scoping import tenant_scope

KEPT_FOR = dt.timedelta(hours=24)
KEPT_REFUSALS = frozenset({404, 409, 410, 413, 415, 422})
"""Those that come out the same as long as the request does: 401, 403 and 429 depend on the moment."""

_SWEPT_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request under a key: the operation's name, and digests of the key and of everything that was asked."""

    operation: str
    key: bytes
    asked: bytes

    def item(self, number: int) -> "Keyed":
        """The key of one item of a batch."""
        return replace(self, key=hashlib.sha256(self.key + f"#{number}".encode()).digest())


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `kept` is what is remembered in place of a body that holds signed addresses."""

    status: int
    body: Any
    kept: Any = None
    replayed: bool = False


def lock(caller: Caller, keyed: Keyed) -> None:
    """Let one request of a key run at a time, until the transaction ends. Raises Problem IDEMPOTENCY_IN_FLIGHT."""
    name = f"{caller.claims.app}:{caller.actor}:{keyed.operation}:{keyed.key.hex()}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise Problem(IDEMPOTENCY_IN_FLIGHT)


def find(caller: Caller, keyed: Keyed) -> KeptAnswer | None:
    """What is kept under the key, while it counts. Raises Problem IDEMPOTENCY_CONFLICT for another request."""
    which = {"app_id": caller.claims.app, "subject": caller.actor, "operation": keyed.operation, "key": keyed.key}
    kept: KeptAnswer | None = KeptAnswer.objects.filter(**which).first()
    if kept is None:
        return None
    if kept.created_at < clock.now() - KEPT_FOR:
        kept.delete()
        return None
    if bytes(kept.asked) != keyed.asked:
        raise Problem(IDEMPOTENCY_CONFLICT)
    return kept


def keep(caller: Caller, keyed: Keyed, answer: Any) -> KeptAnswer:
    """Remember an answer (`as_json`), or with None that somebody works on it."""
    kept = row(caller, keyed, answer)
    kept.save(force_insert=True)
    return kept


def row(caller: Caller, keyed: Keyed, answer: Any) -> KeptAnswer:
    """What remembers an answer, not saved yet."""
    return KeptAnswer(
        tenant_id=caller.claims.tenant,
        app_id=caller.claims.app,
        subject=caller.actor,
        operation=keyed.operation,
        key=keyed.key,
        asked=keyed.asked,
        answer=answer,
    )


def as_json(outcome: Reply | Problem) -> Any:
    """What is remembered of it; None for a refusal that may come out otherwise next time."""
    if isinstance(outcome, Reply):
        return {"status": outcome.status, "body": msgspec.to_builtins(outcome.kept or outcome.body)}
    kind = outcome.type
    if kind.status not in KEPT_REFUSALS or kind.retryable or kind is VALIDATION:
        return None
    errors = [[error.pointer, error.detail] for error in outcome.errors]
    return {"problem": kind.code, "facts": dict(outcome.facts), "errors": errors}


def from_json(answer: Any) -> Reply:
    """The answer that was remembered. Raises the Problem that it was."""
    if "problem" not in answer:
        return Reply(answer["status"], answer["body"], replayed=True)
    problem = Problem.of(CATALOGUE[answer["problem"]], answer["facts"])
    problem.errors = tuple(FieldError(*error) for error in answer["errors"])
    problem.replayed = True  # type: ignore[attr-defined]  # told in the answer's headers
    raise problem


def forget_old(tenant_id: uuid.UUID, now: dt.datetime | None = None) -> int:
    """Forget this tenant's answers that are a day old; returns how many."""
    with tenant_scope(tenant_id):
        old = KeptAnswer.objects.filter(created_at__lt=(now or clock.now()) - KEPT_FOR).order_by("created_at")
        ids = list(old.values_list("pk", flat=True)[:_SWEPT_AT_ONCE])
        KeptAnswer.objects.filter(pk__in=ids).delete()
    return len(ids)
