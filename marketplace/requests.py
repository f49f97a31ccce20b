"""Asking for what an owner decides, and deciding it: once, by one person, and in force at once."""

import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import NOT_ALLOWED, Problem
from marketplace import app_settings
from marketplace.installations import policy_of
from marketplace.models import AppRequest
from marketplace.neighbours import neighbours
from notices.kinds import Kind as Notice
from notices.outbox import tell
from policy.actions import Action
from policy.sentences import Fact, Sentence
from quotas.models import Quota
from storage.durations import days_to_keep
from storage.models import Keeping
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp
from tenancy.principals import user_principal
from tenancy.roles import MAY_ADMINISTER, MAY_CREATE_APPS, Role

Kind, State = AppRequest.Kind, AppRequest.State


class AlreadyAskedError(ValueError):
    """The same waits for an owner already."""


class AlreadyDecidedError(ValueError):
    """Somebody was faster: `request` says who, when and how."""

    def __init__(self, request: AppRequest) -> None:
        self.request = request
        told = {"who": request.decided_by, "time": f"{request.decided_at or clock.now():%H:%M}"}
        words = _("%(who)s was faster: %(what)s at %(time)s UTC. Nothing was changed by you.")
        super().__init__(words % {**told, "what": _(str(State(request.state).label).lower())})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: bytes, files, days (0 is for ever), or the name of a permission."""

    kind: AppRequest.Kind
    wanted: int | str
    reason: str = ""


def ask(app: MicroApp, person: uuid.UUID, wish: Wish) -> AppRequest:
    """Put the wish before the owners. Must run in the tenant's scope. Raises AlreadyAskedError, Problem NOT_ALLOWED."""
    _require_role(app, person, MAY_CREATE_APPS)
    try:
        with transaction.atomic():
            asked: AppRequest = AppRequest.objects.create(
                tenant_id=app.tenant_id,
                app=app,
                kind=wish.kind,
                wanted=wish.wanted,
                before=current(app, wish.kind),
                reason=wish.reason,
                asked_by_id=person,
            )
    except IntegrityError as error:
        words = _("%(what)s for %(app)s is asked for already.")
        raise AlreadyAskedError(words % {"what": _(wish.kind.label), "app": app.name}) from error
    _record(AuditAction.REQUEST_MADE, asked, person)
    _tell(Notice.REQUEST_MADE, asked, reason=wish.reason)
    return asked


def approve(request_id: uuid.UUID, person: uuid.UUID, answer: str = "") -> AppRequest:
    """Grant it, at once. Raises AlreadyDecidedError, Problem NOT_ALLOWED, and VALIDATION where it can't be any more."""
    request = _open(request_id, person)
    with transaction.atomic():
        _grant(request, person)
    return _decided(request, State.APPROVED, person, answer)


def decline(request_id: uuid.UUID, person: uuid.UUID, answer: str = "") -> AppRequest:
    """Leave everything as it is. Raises AlreadyDecidedError, Problem NOT_ALLOWED."""
    return _decided(_open(request_id, person), State.DECLINED, person, answer)


def withdraw(request_id: uuid.UUID, person: uuid.UUID) -> AppRequest:
    """The person who asked no longer wants it. Raises AlreadyDecidedError, Problem NOT_ALLOWED for anybody else."""
    request = _locked(request_id)
    if request.asked_by_id != person:
        raise Problem(NOT_ALLOWED)
    return _decided(request, State.WITHDRAWN, person, "")


def current(app: MicroApp, kind: AppRequest.Kind) -> int | None:
    """What holds now, in the unit of the wish; None where it is no number."""
    if kind == Kind.PERMISSION:
        return None
    if kind == Kind.KEPT_DAYS:
        return Keeping.objects.filter(app=app).values_list("delete_after_days", flat=True).first() or 0
    quota: Quota = Quota.objects.get(app=app)
    return quota.bytes_limit if kind == Kind.SPACE else quota.objects_limit


def wish_of(request: AppRequest) -> Sentence:
    """What is wanted, as `5 GB instead of 2 GB`."""
    kind = Kind(request.kind)
    if kind == Kind.PERMISSION:
        return Sentence("that it may {do:words}", {"do": Action(request.wanted).words})
    amounts = {"wanted": _amount(kind, request.wanted).kept(), "before": _amount(kind, request.before or 0).kept()}
    return Sentence("{wanted} instead of {before}", amounts)


def _amount(kind: AppRequest.Kind, amount: int) -> Sentence:
    if kind == Kind.SPACE:
        return Sentence("{size:bytes}", {"size": amount})
    if kind == Kind.FILES:
        return Sentence("1 file") if amount == 1 else Sentence("{count:count} files", {"count": amount})
    return days_to_keep(amount) if amount else Sentence("for ever")


def _on_record(request: AppRequest) -> str:
    """What is wanted, as records keep it, whatever language is spoken when it is asked or decided."""
    with override("en"):
        return str(wish_of(request))


def _open(request_id: uuid.UUID, person: uuid.UUID) -> AppRequest:
    request = _locked(request_id)
    _require_role(request.app, person, MAY_ADMINISTER)
    return request


def _locked(request_id: uuid.UUID) -> AppRequest:
    """The request, held until the transaction ends: of two owners at once the second sees what the first decided."""
    rows = AppRequest.objects.select_for_update(of=("self",)).select_related("app__workspace", "decided_by", "asked_by")
    request: AppRequest = rows.get(pk=request_id)
    if request.state != State.WAITING:
        raise AlreadyDecidedError(request)
    return request


def _grant(request: AppRequest, person: uuid.UUID) -> None:
    app, actor, kind = request.app, user_principal(person), Kind(request.kind)
    if kind == Kind.PERMISSION:
        app_settings.allow(app, policy_of(app).document, Action(request.wanted), actor)
    elif kind == Kind.KEPT_DAYS:
        neighbours().change_kept_days(app, request.wanted or None, actor)
    else:
        limit = "bytes_limit" if kind == Kind.SPACE else "objects_limit"
        quota: Quota = Quota.objects.select_for_update().get(app=app)
        setattr(quota, limit, request.wanted)
        quota.save(update_fields=[limit])
        facts = {limit: request.wanted}
        record(AuditAction.QUOTA_CHANGED, actor=actor, app_id=app.id, subject=f"quota:{quota.pk}", **facts)


def _decided(request: AppRequest, state: AppRequest.State, person: uuid.UUID, answer: str) -> AppRequest:
    request.state, request.decided_by_id, request.answer = state, person, answer[:500]
    request.decided_at = clock.now()
    request.save(update_fields=["state", "decided_by", "answer", "decided_at"])
    _record(AuditAction.REQUEST_DECIDED, request, person, decision=str(state))
    if state != State.WITHDRAWN:
        _tell(Notice.REQUEST_DECIDED, request, reason=answer, decision=str(state.label).lower())
    return request


def _require_role(app: MicroApp, person: uuid.UUID, roles: frozenset[Role]) -> None:
    membership = in_workspace(person, app.workspace_id)
    if membership is None or Role(membership.role) not in roles:
        raise Problem(NOT_ALLOWED)


def _tell(kind: Notice, request: AppRequest, *, reason: str, **facts: Fact) -> None:
    app, why = request.app, reason or Sentence("No reason was given.").kept()
    facts |= {"about": Kind(request.kind).label, "wish": wish_of(request).kept(), "reason": why}
    tell(kind, workspace=app.workspace, app=app, key=str(request.pk), facts=facts)


def _record(action: AuditAction, request: AppRequest, person: uuid.UUID, **detail: object) -> None:
    record(
        action,
        actor=user_principal(person),
        app_id=request.app_id,
        subject=f"request:{request.pk}",
        kind=request.kind,
        wanted=request.wanted,
        name=f"{Kind(request.kind).label}, {_on_record(request)}",
        words=Sentence(
            "{what:words}, {wish}", {"what": Kind(request.kind).label, "wish": wish_of(request).kept()}
        ).kept(),
        **detail,
    )
