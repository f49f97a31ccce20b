"""Token exchange (RFC 8693): whoever somebody is, they get a token for one app, a few actions, a few minutes.

A grant is the intersection of what the subject's own token, the app's policy, the person's role and the emergency
controls allow. Nothing widens silently: a wish beyond it is refused with what would be granted, and a lifetime that
was cut is named in the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from admission.revocations import longest_life
from audit.actions import AuditAction
from audit.record import record
from broker.consents import has_agreed
from broker.grants import Grant, GrantSource
from broker.issuing import Issued, issue
from broker.lineage import MAX_DELEGATIONS, Lineage
from broker.oauth_errors import OAuthError, refusals_of
from broker.subjects import (
    Presented,
    Subject,
    app_itself,
    bound_to,
    no_such_app,
    require_known_type,
    subject_of,
    unacceptable,
)
from kernel import clock
from kernel.errors import CONSENT_REQUIRED
from policy.actions import Action, parse_scope, scope_of
from policy.narrowing import Reach, exceeds, narrow
from tenancy.addresses import tenant_of_publishable_id
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the client asked for. Lifetime in seconds, None is the most allowed; prefix None is the subject's own."""

    audience: str
    scope: str
    prefix: str | None = None
    lives_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is exchanged, who acts for them, and the client that proved itself (its publishable id), if one did."""

    subject: Presented
    actor: Presented | None = None
    client_id: str = ""


def exchange(parties: Parties, wanted: Wanted, grants: GrantSource) -> Issued:
    """The token for whom the subject token speaks.

    Raises OAuthError `invalid_target` for an app that isn't theirs exactly as for one that isn't there,
    `invalid_request` for a subject that isn't acceptable, `invalid_scope` with what would be granted,
    `consent_required` before the person agreed, `access_denied` where the app's own rules refuse.
    """
    for presented in filter(None, (parties.subject, parties.actor)):
        require_known_type(presented)
    audience = wanted.audience or bound_to(parties.subject)
    if parties.client_id and audience != parties.client_id:
        raise no_such_app()
    return _within_tenant_of(audience, lambda app: _exchange(parties, app, wanted, grants))


def grant_to_app(client_id: str, wanted: Wanted, grants: GrantSource) -> Issued:
    """The token of a server app that proved itself (RFC 6749 §4.4)."""
    return _within_tenant_of(client_id, lambda app: _give(app_itself(app), app, wanted, grants))


def _within_tenant_of(audience: str, give: Callable[[MicroApp], Issued]) -> Issued:
    """A refusal is recorded and raised after the transaction that records it."""
    tenant_id = tenant_of_publishable_id(audience)
    if tenant_id is None:
        raise no_such_app()
    with tenant_scope(tenant_id):
        app = MicroApp.objects.filter(publishable_id=audience).select_related("workspace").get()
        try:
            return give(app)
        except OAuthError as error:
            refusal = error
            record(AuditAction.TOKEN_REFUSED, actor=error.by, app_id=app.id, subject=f"app:{app.id}", error=error.error)
    raise refusal


def _exchange(parties: Parties, app: MicroApp, wanted: Wanted, grants: GrantSource) -> Issued:
    subject = subject_of(parties.subject, app)
    with refusals_of(subject.principal):
        if subject.lineage.is_exhausted:
            raise OAuthError("invalid_request", f"A token can be handed on {MAX_DELEGATIONS} times at most.")
        return _give(_acted_for(subject, parties, app), app, wanted, grants)


def _acted_for(subject: Subject, parties: Parties, app: MicroApp) -> Subject:
    """The subject with its actor. Whom a `may_act` claim names may act, and nobody else (RFC 8693 §4.4)."""
    actor = _actor(parties, app)
    if subject.lineage.may_act and actor != subject.lineage.may_act:
        raise OAuthError("invalid_request", "This subject token names another actor.")
    return replace(subject, lineage=subject.lineage.acted_by(actor)) if actor else subject


def _actor(parties: Parties, app: MicroApp) -> str:
    if parties.actor is not None:
        return subject_of(parties.actor, app).principal
    return app_itself(app).principal if parties.client_id else ""


def _give(subject: Subject, app: MicroApp, wanted: Wanted, grants: GrantSource) -> Issued:
    grant = grants(app, subject.role)
    if grant is None:
        raise no_such_app()
    reach = _reach(wanted, _allowed(subject, grant))
    if Action.FILES_WRITE in reach.actions and not _has_agreed(subject, app, grant):
        raise OAuthError.of_problem("consent_required", CONSENT_REQUIRED)
    if denied := grant.objection(reach):
        raise OAuthError.of_denial(denied)
    issued = issue(app, subject.principal, grant, reach, subject.lineage)
    return replace(issued, asked_seconds=wanted.lives_seconds)


def _allowed(subject: Subject, grant: Grant) -> Reach:
    """Everything that this subject could be granted at this app, now."""
    own = Reach(subject.actions, subject.prefix, _longest(subject.lineage, grant))
    try:
        return narrow(own, grant.reach)
    except ValueError as error:
        raise OAuthError("invalid_target", "The subject token is confined to another folder.") from error


def _longest(lineage: Lineage, grant: Grant) -> int:
    """The longest lifetime in whole seconds: the template's, cut by the emergency control and by the parent's end."""
    caps = [grant.reach.lives_seconds, longest_life()]
    if lineage.ends_at is not None:
        caps.append(int(lineage.ends_at - clock.unix_seconds()))
    longest = min(cap for cap in caps if cap is not None)
    if longest < 1:
        raise unacceptable()
    return longest


def _reach(wanted: Wanted, allowed: Reach) -> Reach:
    actions = parse_scope(wanted.scope)
    would = {"granted": scope_of(allowed.actions), "granted_prefix": allowed.prefix}
    if actions is None:
        raise OAuthError("invalid_scope", f"Unknown scope. This could be granted: {would['granted']}", **would)
    prefix = allowed.prefix if wanted.prefix is None else wanted.prefix
    reach = Reach(actions, prefix, wanted.lives_seconds or allowed.lives_seconds)
    beyond = exceeds(reach, allowed)
    if beyond == "prefix":
        raise OAuthError("invalid_target", f"This could be granted: the folder {allowed.prefix}", **would)
    if beyond:
        raise OAuthError("invalid_scope", f"This could be granted: {would['granted']}", **would)
    return narrow(reach, allowed)


def _has_agreed(subject: Subject, app: MicroApp, grant: Grant) -> bool:
    if subject.consent_is_settled:
        return True
    return subject.user_id is not None and has_agreed(app, subject.user_id, grant.consent)
