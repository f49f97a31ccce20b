"""Who may stop what, at which level; one door for the pages and the API.

What somebody may not stop isn't there for them. Owners and builders stop their apps' tokens, owners the people of
their workspaces, everybody themselves; what reaches beyond one workspace is the platform owner's.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from admission.models import Level
from broker.models import ScopedToken
from broker.revocation import (
    OF_THE_PLATFORM,
    Stop,
    revoke_app,
    revoke_family,
    revoke_for_platform,
    revoke_token,
    revoke_user,
)
from kernel import clock
from kernel.errors import NOT_FOUND, Problem
from kernel.identifiers import parse_id
from tenancy.addresses import tenants_with_apps
from tenancy.memberships import workspaces_of
from tenancy.models import Membership, MicroApp
from tenancy.principals import user_principal
from tenancy.roles import MAY_ADMINISTER, MAY_CREATE_APPS
from tenancy.scoping import tenant_scope


@dataclass(frozen=True, slots=True)
class Reached:
    """What a stop at a platform's level would reach now: living tokens, and the apps that hold them."""

    tokens: int
    apps: int


def stop_in_app(person: User, app: MicroApp, stop: Stop) -> None:
    """Stop a token, a family, a person or the app. Must run in the app's tenant's scope. Raises Problem NOT_FOUND."""
    step = _IN_APP.get(stop.level)
    if step is None:
        raise Problem(NOT_FOUND)
    step(person, app, stop)


def stop_for_platform(person: User, stop: Stop) -> None:
    """Stop a template, a tenant or everything. Must run in a transaction. Raises Problem NOT_FOUND."""
    if not (person.is_superuser and person.is_active) or stop.level not in OF_THE_PLATFORM:
        raise Problem(NOT_FOUND)
    _require_subject(stop)
    revoke_for_platform(stop, actor=user_principal(person.pk))


def reached_by(stop: Stop) -> Reached:
    """Counts what a platform's stop would end. Raises Problem NOT_FOUND for a subject that can't be one."""
    _require_subject(stop)
    tokens = apps = 0
    for tenant_id in tenants_with_apps():
        if stop.level == Level.TENANT and str(tenant_id) != stop.subject:
            continue
        with tenant_scope(tenant_id):
            living = _of_template(ScopedToken.objects.filter(expires_at__gt=clock.now()), stop)
            tokens += living.count()
            apps += living.values("app_id").distinct().count()
    return Reached(tokens, apps)


def _require_subject(stop: Stop) -> None:
    is_named = bool(stop.subject) if stop.level == Level.TEMPLATE else parse_id(stop.subject) is not None
    if stop.level == Level.EVERYTHING:
        is_named = stop.subject == ""
    if not is_named:
        raise Problem(NOT_FOUND)


def _of_template(living: "QuerySet[ScopedToken]", stop: Stop) -> "QuerySet[ScopedToken]":
    """A template's stop names its slug, for all versions, or one version as `slug/1.0.0`."""
    if stop.level != Level.TEMPLATE:
        return living
    if "/" in stop.subject:
        return living.filter(template=stop.subject)
    return living.filter(template__startswith=f"{stop.subject}/")


def _token(person: User, app: MicroApp, stop: Stop) -> None:
    token = _find(person, app, id=parse_id(stop.subject))
    revoke_token(token, actor=user_principal(person.pk), reason=stop.reason)


def _family(person: User, app: MicroApp, stop: Stop) -> None:
    token = _find(person, app, family=parse_id(stop.subject))
    revoke_family(token.family, app.id, actor=user_principal(person.pk), reason=stop.reason)


def _app(person: User, app: MicroApp, stop: Stop) -> None:
    if stop.subject not in {str(app.id), app.publishable_id} or not _looks_after(person, app):
        raise Problem(NOT_FOUND)
    revoke_app(app, actor=user_principal(person.pk), reason=stop.reason)


def _user(person: User, app: MicroApp, stop: Stop) -> None:
    target = parse_id(stop.subject.removeprefix("user:"))
    if target is None or not (target == person.pk or _owns_workspace_of(person, target)):
        raise Problem(NOT_FOUND)
    revoke_user(str(user_principal(target)), actor=user_principal(person.pk), reason=stop.reason)


def _find(person: User, app: MicroApp, **which: uuid.UUID | None) -> ScopedToken:
    """The app's token, for who looks after the app and for who holds the token."""
    tokens = ScopedToken.objects.filter(app=app, **which)
    if not _looks_after(person, app):
        tokens = tokens.filter(subject=str(user_principal(person.pk)))
    token: ScopedToken | None = tokens.order_by("-id").first()
    if token is None:
        raise Problem(NOT_FOUND)
    return token


def _looks_after(person: User, app: MicroApp) -> bool:
    return workspaces_of(person.pk, MAY_CREATE_APPS).filter(workspace_id=app.workspace_id).exists()


def _owns_workspace_of(person: User, target: uuid.UUID) -> bool:
    owned = workspaces_of(person.pk, MAY_ADMINISTER)
    there: bool = Membership.objects.filter(user_id=target, workspace__in=owned).exists()
    return there


_IN_APP: Mapping[Level, Callable[[User, MicroApp, Stop], None]] = {
    Level.TOKEN: _token,
    Level.FAMILY: _family,
    Level.APP: _app,
    Level.USER: _user,
}
