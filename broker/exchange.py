"""Token exchange (RFC 8693): whoever somebody is, they get a token for one app, a few actions, a few minutes.

A grant is the intersection of what the subject's own token, the app's policy, the person's role and the emergency
controls allow. Nothing widens silently: a wish beyond it is refused with what would be granted, and a lifetime that
was cut is named in the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from audit.actions import AuditAction
from audit.record import record
from broker import visitors
from broker.clients import Client
from broker.consents import agreed_to, why_missing
from broker.grants import AppGrants, ConsentNeeded, Grant, GrantSource
from broker.issuing import Issued, exchanged
from broker.lineage import MAX_DELEGATIONS, Lineage
from broker.oauth_errors import OAuthError, refusals_of
from broker.subjects import (
    Presented,
    Subject,
    app_itself,
    bound_to,
    no_such_app,
    require_known_type,
    spent,
    subject_of,
    unacceptable,
)
from kernel import clock
from policy.actions import Action, parse_scope, scope_of
from policy.narrowing import Reach, exceeds, narrow
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
    entering = replace(parties, subject=spent(parties.subject, audience))
    return _given(audience, lambda held: _exchange(entering, held, wanted), grants)


def grant_to_app(client: Client, wanted: Wanted, grants: GrantSource) -> Issued:
    """The token of a server app that proved itself (RFC 6749 §4.4), if its secret works at this moment."""
    return _given(client.client_id, lambda held: _give(app_itself(held.app), held, wanted, client.secret_hash), grants)


def _given(audience: str, give: Callable[[AppGrants], Issued], grants: GrantSource) -> Issued:
    issued = grants.decided(audience, lambda held: _recorded(held.app, lambda: give(held)))
    if issued is None:
        raise no_such_app()
    return issued


def _recorded(app: MicroApp, give: Callable[[], Issued]) -> Issued:
    """A refusal is recorded, once whatever it undid is undone."""
    try:
        return give()
    except OAuthError as error:
        with tenant_scope(app.tenant_id):
            record(AuditAction.TOKEN_REFUSED, actor=error.by, app_id=app.id, subject=f"app:{app.id}", error=error.error)
        raise


def _exchange(parties: Parties, held: AppGrants, wanted: Wanted) -> Issued:
    with tenant_scope(held.app.tenant_id):
        subject = subject_of(parties.subject, held.app)
        with refusals_of(subject.principal):
            if subject.lineage.is_exhausted:
                raise OAuthError("invalid_request", f"A token can be handed on {MAX_DELEGATIONS} times at most.")
            return _give(_acted_for(subject, parties, held.app), held, wanted)


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


def _give(subject: Subject, held: AppGrants, wanted: Wanted, secret_hash: str = "") -> Issued:
    grant = held.grant(subject.role)
    if grant is None or (visitors.is_visitor(subject.principal) and not grant.is_open_to_visitors):
        raise no_such_app()
    reach = _reach(wanted, _allowed(subject, grant))
    if Action.FILES_WRITE in reach.actions:
        grant = _as_agreed(subject, held.app, grant, reach.prefix)
    if denied := grant.objection(reach):
        raise OAuthError.of_denial(denied)
    issued = exchanged(held.app, subject.principal, grant, reach, subject.lineage, secret_hash)
    return replace(issued, asked_seconds=wanted.lives_seconds)


def _allowed(subject: Subject, grant: Grant) -> Reach:
    """Everything that this subject could be granted at this app, now."""
    own = Reach(subject.actions, subject.prefix, _longest(subject.lineage, grant))
    try:
        return narrow(own, grant.reach)
    except ValueError as error:
        raise OAuthError("invalid_target", "The subject token is confined to another folder.") from error


def _longest(lineage: Lineage, grant: Grant) -> int:
    """The longest lifetime in whole seconds: the template's, cut by the parent's end."""
    if lineage.ends_at is None:
        return grant.reach.lives_seconds
    longest = min(grant.reach.lives_seconds, int(lineage.ends_at - clock.unix_seconds()))
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


def _as_agreed(subject: Subject, app: MicroApp, grant: Grant, prefix: str) -> Grant:
    """The grant for the surfaces that the subject agreed to share. Raises OAuthError `consent_required`."""
    given = _agreed_to(subject, app, grant)
    if subject.surfaces is not None:
        given = tuple(one for one in given if one is grant.consent or one.surface in subject.surfaces)
    for needed in grant.consents:
        if needed.is_needed_at(prefix) and needed not in given:
            why = why_missing(app.id, subject.principal, needed.surface)
            raise OAuthError.of_problem("consent_required", why)
    return replace(grant, consents=given)


def _agreed_to(subject: Subject, app: MicroApp, grant: Grant) -> tuple[ConsentNeeded, ...]:
    if subject.consent_is_settled:
        return grant.consents
    if visitors.is_visitor(subject.principal):
        return visitors.agreed_to(subject.principal, subject.agreed_to, app, grant.consents)
    return agreed_to(app, subject.user_id, grant.consents) if subject.user_id else ()
