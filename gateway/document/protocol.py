"""The broker's endpoints, as OAuth has them: their answers are OAuth's own, so they are described beside the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from broker.metadata import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, EXCHANGE, REFRESH
from broker.parameters import FORM
from gateway.document.examples import plain
from gateway.document.shared import RATE_HEADERS, Json, content, headers, shape

GRANTS = [AUTHORIZATION_CODE, REFRESH, CLIENT_CREDENTIALS, EXCHANGE]
_STATUS_WORDS = {
    "400": "The request can't be granted: `error` says why, as OAuth words it.",
    "401": "The client or the person didn't prove who they are.",
    "403": "It isn't granted: nobody has agreed yet, or the app's own rules refuse it.",
    "404": "There is nothing of theirs under that name.",
    "409": "The words have changed meanwhile: read them again.",
    "429": "Too many at once; the same call is let in after Retry-After.",
    "503": "Something that is needed doesn't answer; come back after Retry-After.",
}


class OAuthRefusal(msgspec.Struct):
    """An error of OAuth (RFC 6749 §5.2), with our remedy where a person can do something."""

    error: str
    error_description: str
    code: str | msgspec.UnsetType = msgspec.UNSET
    user_message: str | msgspec.UnsetType = msgspec.UNSET
    remedy: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    granted: str | msgspec.UnsetType = msgspec.UNSET
    granted_prefix: str | msgspec.UnsetType = msgspec.UNSET


class TokenRequest(msgspec.Struct, omit_defaults=True):
    """Which parameters are needed depends on the grant type: RFC 6749 §4.1.3, §4.4.2 and §6, RFC 8693 §2.1.

    `audience` is the app's publishable id, `prefix` a folder's path, `lifetime` in seconds.
    """

    grant_type: str
    audience: str = ""
    scope: str = ""
    prefix: str = ""
    resource: str = ""
    lifetime: str = ""
    subject_token: str = ""
    subject_token_type: str = ""
    actor_token: str = ""
    actor_token_type: str = ""
    consent: str = ""
    client_id: str = ""
    client_secret: str = ""
    code: str = ""
    code_verifier: str = ""
    redirect_uri: str = ""
    refresh_token: str = ""


class IssuedToken(msgspec.Struct, omit_defaults=True):
    """A token (RFC 6749 §5.1). `narrowed`: what was cut from what was asked. Lifetimes in seconds."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    issued_token_type: str = ""
    authorization_details: list[dict[str, Any]] = []
    narrowed: dict[str, Any] = {}
    refresh_token: str = ""


class PresentedToken(msgspec.Struct, omit_defaults=True):
    """A token, and the client that shows it."""

    token: str
    client_id: str = ""
    client_secret: str = ""


class Introspected(msgspec.Struct, omit_defaults=True):
    """What a token is worth right now (RFC 7662 §2.2); nothing but `active: false` for any that isn't alive."""

    active: bool
    token_type: str = ""
    scope: str = ""
    client_id: str = ""
    sub: str = ""
    aud: str = ""
    iss: str = ""
    iat: int = 0
    exp: int = 0
    jti: str = ""


class Empty(msgspec.Struct):
    """Nothing."""


_TOKEN = IssuedToken(
    "eyJ…", "Bearer", 300, "files:write files:list", "urn:ietf:params:oauth:token-type:access_token",
    [{"type": "gatehouse_files", "actions": ["files:write", "files:list"], "prefix": "Trips"}],
)  # fmt: skip
EXAMPLES: Mapping[type, tuple[msgspec.Struct, ...]] = {
    TokenRequest: (TokenRequest(CLIENT_CREDENTIALS, scope="files:write files:list", prefix="Trips"),),
    IssuedToken: (_TOKEN,),
    PresentedToken: (PresentedToken("eyJ…"),),
    Introspected: (
        Introspected(True, "Bearer", "files:write", "app_0123456789abcdefghjk", "user:5", exp=1795465200),
        Introspected(False),
    ),
    OAuthRefusal: (OAuthRefusal("invalid_client", "The client didn't prove itself."),),
    Empty: (Empty(),),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint that takes a form."""

    id: str
    words: str
    takes: type
    gives: type
    refuses: tuple[str, ...] = ("400", "401", "429", "503")


_ENDPOINTS: Mapping[str, Endpoint] = {
    "/oauth/token": Endpoint(
        "token", "A scoped token: of a platform identity (RFC 8693), an app's secret, a code, a refresh token.",
        TokenRequest, IssuedToken, ("400", "401", "403", "429", "503"),
    ),
    "/oauth/introspect": Endpoint(
        "introspect", "What a token of one's own tenant is worth right now (RFC 7662).", PresentedToken, Introspected,
    ),
    "/oauth/revoke": Endpoint(
        "revoke", "Give a token back; it and what was made of it end within a second (RFC 7009).", PresentedToken,
        Empty,
    ),
}  # fmt: skip
_PUBLIC = {
    "/.well-known/oauth-authorization-server": ("authorizationServer", "What the broker can do (RFC 8414)."),
    "/.well-known/oauth-protected-resource/api/v1": ("protectedResource", "Who issues tokens for the API (RFC 9728)."),
    "/.well-known/jwks.json": ("keySet", "The keys that tokens are signed with (RFC 7517)."),
}


def paths() -> Json:
    """The path items (OpenAPI 3.1 §4.8.9) of all of them."""
    posts = {address: {"post": _post(endpoint)} for address, endpoint in _ENDPOINTS.items()}
    return posts | {address: {"get": _get(*told)} for address, told in _PUBLIC.items()}


def _post(endpoint: Endpoint) -> Json:
    return {
        "operationId": endpoint.id,
        "summary": endpoint.words,
        "tags": ["tokens"],
        "security": [{"appSecret": []}, {}],
        "requestBody": {"required": True, "content": {FORM: _content(endpoint.takes)}},
        "responses": {
            "200": {
                "description": endpoint.words,
                "headers": headers(*RATE_HEADERS),
                "content": {"application/json": _content(endpoint.gives)},
            },
            **{status: _refused(status) for status in endpoint.refuses},
        },
    }


def _get(name: str, words: str) -> Json:
    given = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": name,
        "summary": words,
        "tags": ["tokens"],
        "security": [{}],
        "responses": {"200": {"description": words, "headers": headers(), "content": given}},
    }


def _refused(status: str) -> Json:
    more = {"401": ("WWW-Authenticate",), "429": ("Retry-After",), "503": ("Retry-After",)}.get(status, ())
    return {
        "description": _STATUS_WORDS[status],
        "headers": headers(*RATE_HEADERS, *more),
        "content": {"application/json": _content(OAuthRefusal)},
    }


def _content(kind: type) -> Json:
    return content(shape(kind.__name__), kind.__name__, [plain(value) for value in EXAMPLES[kind]])
