"""What the people who build an app may set, within its template's bounds. Each change is on the record."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import NAME_TAKEN, SCOPE_NOT_GRANTED, Problem
from marketplace.installations import policy_of
from marketplace.models import Installation
from policy.actions import Action
from policy.document import Document
from tenancy.models import MicroApp
from tenancy.principals import Principal, user_principal
from tenancy.scoping import tenant_scope


def rename(app: MicroApp, name: str, person: uuid.UUID) -> None:
    """Call it something else; its address stays. Raises Problem NAME_TAKEN."""
    if name == app.name:
        return
    before, app.name = app.name, name
    try:
        with transaction.atomic():
            app.save(update_fields=["name"])
    except IntegrityError as error:
        app.name = before
        raise Problem(NAME_TAKEN, name=name) from error
    app.application.name = name
    app.application.save(update_fields=["name"])
    _record(app, user_principal(person), name=name, before=before)


def pause(app: MicroApp, person: uuid.UUID) -> None:
    """Take no more files until it is opened again. Idempotent."""
    _set_pause(app, clock.now(), person, "paused")


def reopen(app: MicroApp, person: uuid.UUID) -> None:
    """Take files again. Idempotent."""
    _set_pause(app, None, person, "open")


def _set_pause(app: MicroApp, since: dt.datetime | None, person: uuid.UUID, word: str) -> None:
    found: MicroApp = MicroApp.objects.select_for_update().get(pk=app.pk)
    if (found.paused_at is None) == (since is None):
        return
    found.paused_at = since
    found.save(update_fields=["paused_at"])  # and not an update of rows: what listens spreads the change at once
    _record(app, user_principal(person), uploads=word)


def choose(app: MicroApp, document: Document, chosen: frozenset[str], person: uuid.UUID) -> None:
    """Set the template's options: on where they are named, off where not. Names that it doesn't have are left out."""
    installation = _locked(app)
    options = {option.name: option.name in chosen for option in document.options}
    if options == {option.name: installation.options.get(option.name, option.default) for option in document.options}:
        return
    installation.options = options
    installation.save(update_fields=["options"])
    _record(app, user_principal(person), options=options)


def could_turn_on(tenant_id: uuid.UUID, app_id: uuid.UUID, option: str) -> bool:
    """Whether the app's template offers the choice, and it isn't made yet."""
    with tenant_scope(tenant_id):
        app = MicroApp.objects.filter(pk=app_id).first()
        try:
            policy = policy_of(app) if app is not None else None
        except Problem:
            return False
    return (
        policy is not None and option not in policy.chosen and option in {one.name for one in policy.document.options}
    )


def allow(app: MicroApp, document: Document, action: Action, actor: Principal) -> None:
    """Let the app do one more of what its template offers. Raises Problem SCOPE_NOT_GRANTED for anything else."""
    if action not in document.permissions.optional:
        raise Problem(SCOPE_NOT_GRANTED, action=action.words)
    installation = _locked(app)
    _keep_permissions(installation, {*installation.extra_permissions, action.value}, actor)


def disallow(app: MicroApp, action: Action, person: uuid.UUID) -> None:
    """Take one of the optional permissions away; what the template requires stays."""
    installation = _locked(app)
    _keep_permissions(installation, set(installation.extra_permissions) - {action.value}, user_principal(person))


def _keep_permissions(installation: Installation, wanted: set[str], actor: Principal) -> None:
    if wanted == set(installation.extra_permissions):
        return
    installation.extra_permissions = sorted(wanted)
    installation.save(update_fields=["extra_permissions"])
    _record(installation.app, actor, extra_permissions=sorted(wanted))


def _locked(app: MicroApp) -> Installation:
    """The installation, so that two changes at once don't undo each other."""
    found: Installation = Installation.objects.select_for_update(of=("self",)).select_related("app").get(app=app)
    return found


def _record(app: MicroApp, actor: Principal, **detail: object) -> None:
    record(AuditAction.APP_CHANGED, actor=actor, app_id=app.id, subject=f"app:{app.id}", **detail)
