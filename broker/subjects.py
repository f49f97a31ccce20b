"""Whose identity is exchanged: a session, a platform access token, a scoped token, or another issuer's assertion.

Each kind is one function from what was presented to a Subject. Whatever is wrong with a token is told in the same
words: which of the many ways it fails helps only who made it.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from django.utils import timezone
from oauth2_provider.models import AccessToken

from accounts.models import User
from admission.revocations import dead_by
from broker import assertions, tokens, visitors
from broker.lineage import Lineage, below
from broker.oauth_errors import OAuthError
from kernel.errors import Problem
from policy.actions import Action, parse_scope
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp
from tenancy.principals import PrincipalKind, app_principal, user_principal
from tenancy.roles import Role

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type's name
JWT = "urn:ietf:params:oauth:token-type:jwt"
SESSION = "urn:gatehouse:params:oauth:token-type:session"
_EVERY_ACTION = frozenset(Action)


@dataclass(frozen=True, slots=True)
class Presented:
    """A token as it came; `session_user` is the signed-in person whose page asks, where there is one.

    `visitor` is whom a proof of work made, once it was spent; `agreed_to` the digests of the words that they agreed to.
    """

    value: str
    type: str
    session_user: uuid.UUID | None = None
    visitor: str = ""
    agreed_to: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a new token will speak for, how far their own token reaches, and what it inherits.

    `role` None is the app itself. `user_id` is set for people whose consent we keep; consent is
    settled where somebody else asks for it, or a token that needed it stands above. A visitor says what they agreed to.
    `surfaces` are those that the token above may add files to, None where there is none.
    """

    principal: str
    role: Role | None
    user_id: uuid.UUID | None = None
    actions: frozenset[Action] = _EVERY_ACTION
    prefix: str = ""
    lineage: Lineage = field(default_factory=Lineage)
    consent_is_settled: bool = False
    agreed_to: str = ""
    surfaces: frozenset[str] | None = None


def bound_to(presented: Presented) -> str:
    """The publishable id of the app that a presented token is for already; empty where it is for none."""
    if presented.type == ACCESS_TOKEN:
        claims = scoped_claims(presented.value)
        if claims is not None:
            return claims.client_id
        platform = _platform_token(presented.value)
        return str(platform.application.client_id) if platform else ""
    return ""


def subject_of(presented: Presented, app: MicroApp) -> Subject:
    """Who the presented token speaks for at this app. Must run in the app's tenant's scope.

    Raises OAuthError `invalid_request` for what isn't acceptable (RFC 8693 §2.2.2), `invalid_target` for a person
    who has nothing to do with the app.
    """
    require_known_type(presented)
    return _SOURCES[presented.type](presented, app)


def spent(presented: Presented, audience: str) -> Presented:
    """A proof of work, taken for this app: before anything is decided, since deciding may happen twice.

    Raises OAuthError `access_denied`. Every other kind of token is given back as it came.
    """
    if presented.type != visitors.PROOF:
        return presented
    return replace(presented, visitor=visitors.new_visitor(presented.value, audience))


def require_known_type(presented: Presented) -> None:
    """Raises OAuthError `invalid_request` for a type of token that nobody here can read."""
    if presented.type not in _SOURCES:
        raise OAuthError("invalid_request", f"A token's type must be one of {', '.join(_SOURCES)}.")


def unacceptable() -> OAuthError:
    """The one answer to every bad subject token."""
    return OAuthError("invalid_request", "The subject token isn't acceptable.")


def no_such_app() -> OAuthError:
    """The one answer for an app that isn't there, and one that isn't theirs."""
    return OAuthError("invalid_target", "There is no app of yours under this audience.")


def scoped_claims(value: str) -> tokens.Claims | None:
    """The claims of a scoped token that lives; None for anything else. Raises Problem when Redis can't say."""
    claims = unexpired_claims(value)
    return None if claims is None or dead_by(claims.facts()) else claims


def unexpired_claims(value: str) -> tokens.Claims | None:
    """The claims of a scoped token whose time isn't over, stopped or not; None for anything else."""
    try:
        return tokens.verify(value)
    except Problem:
        return None


def _from_session(presented: Presented, app: MicroApp) -> Subject:
    if presented.session_user is None:
        raise unacceptable()
    return _person(presented.session_user, app)


def _from_access_token(presented: Presented, app: MicroApp) -> Subject:
    claims = scoped_claims(presented.value)
    if claims is not None:
        return _delegated(claims, app)
    platform = _platform_token(presented.value)
    if platform is None or platform.application.client_id != app.publishable_id:
        raise unacceptable()
    refresh = getattr(platform, "refresh_token", None)
    lineage = Lineage(family=refresh.token_family if refresh else None, ends_at=platform.expires.timestamp())
    return _person(platform.user_id, app, parse_scope(platform.scope) or frozenset(), lineage=lineage)


def _delegated(claims: tokens.Claims, app: MicroApp) -> Subject:
    if claims.app != app.id:
        raise unacceptable()
    kind, _, name = claims.subject.partition(":")
    lineage = below(claims)
    if kind == PrincipalKind.USER:
        person = _person(uuid.UUID(name), app, claims.actions, claims.prefix, lineage)
        return replace(person, surfaces=claims.surfaces)
    if kind == PrincipalKind.APP:
        return Subject(claims.subject, None, None, claims.actions, claims.prefix, lineage, consent_is_settled=True)
    if kind != PrincipalKind.EXTERNAL:
        raise unacceptable()
    role = assertions.role_of(claims.subject, app)
    if role is None:
        raise unacceptable()
    return Subject(claims.subject, role, None, claims.actions, claims.prefix, lineage, consent_is_settled=True)


def _person(
    user_id: uuid.UUID,
    app: MicroApp,
    actions: frozenset[Action] = _EVERY_ACTION,
    prefix: str = "",
    lineage: Lineage | None = None,
) -> Subject:
    membership = in_workspace(user_id, app.workspace_id)
    if membership is None or not User.objects.filter(pk=user_id, is_active=True).exists():
        raise no_such_app()
    principal = str(user_principal(user_id))
    return Subject(principal, Role(membership.role), user_id, actions, prefix, lineage or Lineage())


def _from_assertion(presented: Presented, app: MicroApp) -> Subject:
    asserted = assertions.verify(presented.value, app)
    if asserted is None:
        raise unacceptable()
    lineage = Lineage(ends_at=asserted.ends_at, act=asserted.act, may_act=asserted.may_act)
    return Subject(asserted.principal, asserted.role, lineage=lineage, consent_is_settled=asserted.asks_consent)


def _from_proof(presented: Presented, app: MicroApp) -> Subject:
    if not presented.visitor:
        raise unacceptable()
    return Subject(presented.visitor, Role.MEMBER, actions=visitors.ACTIONS, agreed_to=presented.agreed_to)


def app_itself(app: MicroApp) -> Subject:
    """A server app that proved itself with its secret."""
    return Subject(str(app_principal(app.publishable_id)), None, consent_is_settled=True)


def _platform_token(value: str) -> AccessToken | None:
    """django-oauth-toolkit's access token: it proves who somebody is to the broker, and opens nothing by itself."""
    checksum = hashlib.sha256(value.encode()).hexdigest()
    rows = AccessToken.objects.filter(token_checksum=checksum, expires__gt=timezone.now(), user__is_active=True)
    found: AccessToken | None = rows.exclude(application=None).select_related("application", "refresh_token").first()
    return found


_SOURCES: Mapping[str, Callable[[Presented, MicroApp], Subject]] = {
    SESSION: _from_session,
    ACCESS_TOKEN: _from_access_token,
    JWT: _from_assertion,
    visitors.PROOF: _from_proof,
}
