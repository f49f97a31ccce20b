"""Doing what is asked once, however often it is asked (IETF draft "The Idempotency-Key HTTP Header Field").

A key counts for one tenant, app, subject and operation, and for a day. Kept is the answer without its signed
addresses: those are made anew for each replay, for whoever may have them then.
"""

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import transaction

from gateway import kept_answers
from gateway.callers import Caller
from gateway.kept_answers import Keyed, Reply
from gateway.models import KeptAnswer
from kernel import clock
from kernel.errors import IDEMPOTENCY_IN_FLIGHT, Problem
from kernel.identifiers import new_id
from tenancy.scoping import tenant_scope

CLAIMED_FOR = dt.timedelta(minutes=2)
"""After this long whoever claimed a key is taken to be dead: storage is waited for half a minute at most."""

Again = Callable[[Reply], Reply]


def as_kept(reply: Reply) -> Reply:
    """The replay of an answer that held no signed address."""
    return reply


def once(caller: Caller, keyed: Keyed | None, do: Callable[[], Reply], again: Again = as_kept) -> Reply:
    """Do it and keep its answer, both in one transaction; where it was done before, `again` makes the replay.

    Raises Problem IDEMPOTENCY_CONFLICT for another request under the same key, IDEMPOTENCY_IN_FLIGHT while the first
    one runs, and what `do` raised, then or now.
    """
    if keyed is None:
        return do()
    with tenant_scope(caller.claims.tenant):
        kept_answers.lock(caller, keyed)
        kept = kept_answers.find(caller, keyed)
        outcome = _do_and_keep(caller, keyed, do) if kept is None else None
    if outcome is None:
        return again(kept_answers.from_json(kept.answer))  # type: ignore[union-attr]  # one of both is there
    return _given(outcome)


def was_done(caller: Caller, keyed: Keyed) -> bool:
    """Whether an answer is kept to this request. One that is made at this moment isn't seen yet."""
    with tenant_scope(caller.claims.tenant):
        try:
            kept = kept_answers.find(caller, keyed)
        except Problem:
            return False
    return kept is not None and kept.answer is not None


def claimed(caller: Caller, keyed: Keyed | None, do: Callable[[uuid.UUID], Reply], again: Again = as_kept) -> Reply:
    """As `once`, for what waits for storage, which no transaction may do.

    The key is claimed, the work is done, its answer is kept, each in a transaction of its own. Killed in between, the
    claim lapses and the work is done again under the same id: `do` comes to the same end when it is repeated with it.
    """
    if keyed is None:
        return do(new_id())
    claim = _claim(caller, keyed)
    if claim.answer is not None:
        return again(kept_answers.from_json(claim.answer))
    answer = None
    try:
        outcome = _outcome(lambda: do(claim.id))
        answer = kept_answers.as_json(outcome)
    finally:
        _end_claim(claim, answer)
    return _given(outcome)


def _outcome(do: Callable[[], Reply]) -> Reply | Problem:
    try:
        return do()
    except Problem as problem:
        return problem


def _given(outcome: Reply | Problem) -> Reply:
    if isinstance(outcome, Problem):
        raise outcome
    return outcome


def _do_and_keep(caller: Caller, keyed: Keyed, do: Callable[[], Reply]) -> Reply | Problem:
    """A refusal undoes what it had begun and nothing else: it is kept in the transaction around it."""
    try:
        with transaction.atomic():
            outcome: Reply | Problem = do()
    except Problem as problem:
        outcome = problem
    answer = kept_answers.as_json(outcome)
    if answer is not None:
        kept_answers.keep(caller, keyed, answer)
    return outcome


def _claim(caller: Caller, keyed: Keyed) -> KeptAnswer:
    """Raises Problem IDEMPOTENCY_IN_FLIGHT, IDEMPOTENCY_CONFLICT."""
    with tenant_scope(caller.claims.tenant):
        kept_answers.lock(caller, keyed)
        claim = kept_answers.find(caller, keyed)
        if claim is None:
            return kept_answers.keep(caller, keyed, None)
        if claim.answer is None:
            _take_over(claim)
        return claim


def _take_over(claim: KeptAnswer) -> None:
    now = clock.now()
    if claim.created_at > now - CLAIMED_FOR:
        raise Problem(IDEMPOTENCY_IN_FLIGHT)
    claim.created_at = now
    claim.save(update_fields=["created_at"])


def _end_claim(claim: KeptAnswer, answer: object) -> None:
    """Keep what was answered, or let the key be used again."""
    with tenant_scope(claim.tenant_id):
        mine = KeptAnswer.objects.filter(pk=claim.pk, created_at=claim.created_at)
        if answer is None:
            mine.delete()
        else:
            mine.update(answer=answer)
