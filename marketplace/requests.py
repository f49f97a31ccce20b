"""Asking for what an owner decides, and deciding it: once, by one person, and in force at once."""

import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import NOT_ALLOWED, Problem
from kernel.sizes import in_words
from marketplace import app_settings
from marketplace.installations import policy_of
from marketplace.models import AppRequest
from marketplace.neighbours import neighbours
from notices.kinds import Kind as Notice
from notices.outbox import tell
from policy.actions import Action
from quotas.models import Quota
from storage.durations import days_in_words
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
        decided = request.decided_at or clock.now()
        super().__init__(
            f"{request.decided_by} was faster: {request.get_state_display().lower()} at {decided:%H:%M} UTC. "
            "Nothing was changed by you."
        )


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
        raise AlreadyAskedError(f"{wish.kind.label} for {app.name} is asked for already.") from error
    _record(AuditAction.REQUEST_MADE, asked, person)
    _tell(Notice.REQUEST_MADE, asked, wish=_on_record(asked), reason=wish.reason or "No reason was given.")
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


def words_of(request: AppRequest) -> str:
    """What is wanted, as `5 GB instead of 2 GB`."""
    kind = Kind(request.kind)
    if kind == Kind.PERMISSION:
        return _("that it may %(do)s") % {"do": _(Action(request.wanted).words)}
    amounts = {"wanted": _amount(kind, request.wanted), "before": _amount(kind, request.before or 0)}
    return _("%(wanted)s instead of %(before)s") % amounts


def _amount(kind: AppRequest.Kind, amount: int) -> str:
    if kind == Kind.SPACE:
        return in_words(amount)
    if kind == Kind.FILES:
        return ngettext("%(count)s file", "%(count)s files", amount) % {"count": f"{amount:,}"}
    return days_in_words(amount) if amount else _("for ever")


def _on_record(request: AppRequest) -> str:
    """What is wanted, as records and notices keep it, whatever language is spoken when it is asked or decided."""
    with override("en"):
        return words_of(request)


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
        reason = answer or "No reason was given."
        _tell(Notice.REQUEST_DECIDED, request, wish=_on_record(request), decision=state.label.lower(), reason=reason)
    return request


def _require_role(app: MicroApp, person: uuid.UUID, roles: frozenset[Role]) -> None:
    membership = in_workspace(person, app.workspace_id)
    if membership is None or Role(membership.role) not in roles:
        raise Problem(NOT_ALLOWED)


def _tell(kind: Notice, request: AppRequest, **facts: str) -> None:
    app = request.app
    tell(
        kind, workspace=app.workspace, app=app, key=str(request.pk), facts={"about": Kind(request.kind).label, **facts}
    )


def _record(action: AuditAction, request: AppRequest, person: uuid.UUID, **detail: object) -> None:
    record(
        action,
        actor=user_principal(person),
        app_id=request.app_id,
        subject=f"request:{request.pk}",
        kind=request.kind,
        wanted=request.wanted,
        name=f"{Kind(request.kind).label}, {_on_record(request)}",
        **detail,
    )
