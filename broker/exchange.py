"""Token exchange (RFC 8693): a signed-in person's session becomes a scoped token of one app."""

import uuid
from dataclasses import dataclass

from audit.actions import AuditAction
from audit.record import record
from broker.consents import has_agreed
from broker.grants import Grant, GrantSource
from broker.issuing import Issued, issue
from broker.oauth_errors import OAuthError
from kernel.errors import CONSENT_REQUIRED
from kernel.paths import UnusablePathError, clean_path
from policy.actions import Action, parse_scope, scope_of
from policy.narrowing import Reach, exceeds, narrow
from tenancy.addresses import tenant_of_publishable_id
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp
from tenancy.principals import Principal, user_principal
from tenancy.scoping import tenant_scope


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the client asked for, as it stood on the wire. Lifetime in seconds; None is the most allowed."""

    audience: str
    scope: str
    prefix: str = ""
    lives_seconds: int | None = None


def exchange_session(user_id: uuid.UUID, wanted: Wanted, grants: GrantSource) -> Issued:
    """The token for a signed-in person.

    Raises OAuthError `invalid_target` for an app that isn't theirs exactly as for one that isn't there,
    `invalid_scope` with what would be granted, `consent_required` before the person agreed.
    """
    tenant_id = tenant_of_publishable_id(wanted.audience)
    if tenant_id is None:
        raise _no_such_app()
    refusal: OAuthError | None = None
    with tenant_scope(tenant_id):
        try:
            return _exchange(user_id, wanted, grants)
        except OAuthError as error:
            refusal = error
    raise refusal


def _exchange(user_id: uuid.UUID, wanted: Wanted, grants: GrantSource) -> Issued:
    subject = user_principal(user_id)
    app, grant = _grant_for(user_id, wanted, grants)
    reach = _within(wanted, grant)
    if isinstance(reach, OAuthError):
        raise _refused(app, subject, reach)
    if Action.FILES_WRITE in reach.actions and not has_agreed(app, user_id, grant.consent):
        raise OAuthError.of_problem("consent_required", CONSENT_REQUIRED)
    return issue(app, subject, grant, reach)


def _grant_for(user_id: uuid.UUID, wanted: Wanted, grants: GrantSource) -> tuple[MicroApp, Grant]:
    app = MicroApp.objects.filter(publishable_id=wanted.audience).select_related("workspace").first()
    membership = in_workspace(user_id, app.workspace_id) if app else None
    grant = grants(app, membership) if membership else None
    if grant is None:
        raise _no_such_app()
    return app, grant


def _within(wanted: Wanted, grant: Grant) -> Reach | OAuthError:
    """The reach asked for, cut to the allowed lifetime; an error where it goes further: nothing widens silently."""
    actions = parse_scope(wanted.scope)
    would = scope_of(grant.reach.actions)
    if actions is None:
        return OAuthError("invalid_scope", f"Unknown scope. This app could be granted: {would}", granted=would)
    try:
        prefix = clean_path(wanted.prefix)
    except UnusablePathError as error:
        return OAuthError("invalid_target", str(error))
    reach = Reach(actions, prefix, wanted.lives_seconds or grant.reach.lives_seconds)
    beyond = exceeds(reach, grant.reach)
    if beyond == "prefix":
        return OAuthError("invalid_target", f"This app is confined to {grant.reach.prefix}")
    if beyond:
        return OAuthError("invalid_scope", f"This app could be granted: {would}", granted=would)
    return narrow(reach, grant.reach)


def _refused(app: MicroApp, subject: Principal, error: OAuthError) -> OAuthError:
    record(AuditAction.TOKEN_REFUSED, actor=subject, app_id=app.id, subject=f"app:{app.id}", error=error.error)
    return error


def _no_such_app() -> OAuthError:
    return OAuthError("invalid_target", "There is no app of yours under this audience.")
