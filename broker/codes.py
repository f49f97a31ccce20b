"""django-oauth-toolkit's authorization codes and refresh tokens, held to what it leaves open.

Its access tokens prove who somebody is to the broker and open nothing: an exchange makes a scoped token of one. A code
or a refresh token that comes twice was stolen by somebody, so what it gave dies, with everything derived from it
(RFC 9700 §2.1.1, §4.14.2).
"""

import hashlib
import re
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from oauth2_provider.models import AccessToken, Application, Grant, RefreshToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.oauth2 import InvalidRequestError

from audit.actions import AuditAction
from audit.record import record
from broker.models import SpentCode
from broker.revocation import revoke_family
from kernel import clock
from kernel.identifiers import parse_id
from notices import telling
from policy.actions import Action
from policy.sentences import Sentence
from tenancy.addresses import tenant_of_publishable_id
from tenancy.models import MicroApp
from tenancy.principals import app_principal
from tenancy.scoping import tenant_scope

_S256 = re.compile(r"[A-Za-z0-9_-]{43}")
"""What a SHA-256 looks like as a challenge (RFC 7636 §4.2)."""

_CODE_TWICE = Sentence("an authorization code came twice")
_TOKEN_TWICE = Sentence("a refresh token came twice")


class Scopes(BaseScopes):  # type: ignore[misc]  # the library has no types
    """The gateway's actions; which of them an app may have is decided at each exchange."""

    def get_all_scopes(self) -> Mapping[str, str]:
        """Every action with its words."""
        return {str(action): action.words for action in Action}

    def get_available_scopes(self, application: Any = None, request: Any = None, *_: Any, **__: Any) -> Collection[str]:
        """What an app may ask for."""
        return [str(action) for action in Action]

    def get_default_scopes(self, application: Any = None, request: Any = None, *_: Any, **__: Any) -> Collection[str]:
        """Nothing: a client says what it needs."""
        return []


class Validator(OAuth2Validator):  # type: ignore[misc]  # the library has no types
    """The library's validator, with replays answered, and secrets and password grants left out."""

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """Always; and what isn't a SHA-256 can't be a challenge. Raises InvalidRequestError."""
        if request.code_challenge and not _S256.fullmatch(request.code_challenge):
            raise InvalidRequestError(description="code_challenge isn't the SHA-256 of a verifier.", request=request)
        return True

    def validate_code(
        self, client_id: str, code: str, client: Application, request: Any, *args: Any, **kw: Any
    ) -> bool:
        """Whether the code is good. It is locked, so that two uses at once are a use and a replay."""
        if Grant.objects.select_for_update().filter(code=code, application=client).exists():
            return bool(super().validate_code(client_id, code, client, request, *args, **kw))
        spent = SpentCode.objects.filter(code_hash=_hash(code), client_id=client.client_id).first()
        if spent is not None and spent.family is not None:
            end_family(spent.family, client.client_id, _CODE_TWICE, is_replay=True)
        return False

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kw: Any) -> None:
        """Use the code up, and remember what it gave."""
        super().invalidate_authorization_code(client_id, code, request, *args, **kw)
        SpentCode.objects.create(
            code_hash=_hash(code), family=getattr(request, "token_family", None), client_id=request.client.client_id
        )

    def validate_refresh_token(
        self, refresh_token: str, client: Application, request: Any, *args: Any, **kw: Any
    ) -> bool:
        """Whether the token is good; one that was rotated away already ends its family."""
        if super().validate_refresh_token(refresh_token, client, request, *args, **kw):
            return bool(request.user.is_active)
        used = RefreshToken.objects.filter(token_checksum=_hash(refresh_token), revoked__isnull=False).first()
        if used is not None and used.token_family and used.application_id == client.pk:
            end_family(used.token_family, client.client_id, _TOKEN_TWICE, is_replay=True)
        return False

    def _create_authorization_code(self, request: Any, *args: Any, **kwargs: Any) -> Grant:
        """Without OpenID's parameters: nothing here reads them, so nothing here keeps them."""
        request.nonce = request.claims = None
        return super()._create_authorization_code(request, *args, **kwargs)

    def _create_refresh_token(self, request: Any, *args: Any, **kwargs: Any) -> RefreshToken:
        made: RefreshToken = super()._create_refresh_token(request, *args, **kwargs)
        request.token_family = made.token_family
        return made

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Never: its clients are public, and those with a secret use the broker's own grants."""
        return False


def end_family(family: uuid.UUID, client_id: str, reason: Sentence, *, is_replay: bool = False) -> None:
    """Revoke a family of refresh tokens, its access tokens, and every scoped token that came of it."""
    RefreshToken.revoke_family(family)
    tenant_id = tenant_of_publishable_id(client_id)
    if tenant_id is None:
        return
    actor = app_principal(client_id)
    with tenant_scope(tenant_id):
        app = MicroApp.objects.get(publishable_id=client_id)
        revoke_family(family, app.id, actor=actor, reason=reason.words)
        if is_replay:
            about = f"family:{family}"
            record(AuditAction.CODE_REPLAYED, actor=actor, app_id=app.id, subject=about, reason=reason.words)
            why = Sentence("It may be in other hands: {reason}.", {"reason": reason.kept()})
            telling.access_compromised(app, about, at=clock.now(), reason=why)


def family_of_platform_token(value: str, client_id: str) -> uuid.UUID | None:
    """The family of one of the library's access or refresh tokens of this client, or None."""
    mine = {"token_checksum": _hash(value), "application__client_id": client_id}
    access = AccessToken.objects.filter(**mine).select_related("refresh_token").first()
    refresh = getattr(access, "refresh_token", None) if access else RefreshToken.objects.filter(**mine).first()
    return parse_id(str(refresh.token_family)) if refresh is not None else None


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
