"""The broker on the wire: the token endpoint, consents, the key set."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.identity import signed_in_id
from broker import consents, keys
from broker.exchange import Wanted, exchange_session
from broker.grants import GrantSource
from broker.issuing import Issued
from broker.oauth_errors import OAuthError
from kernel.errors import KEY_MISSING
from tenancy.addresses import tenant_of_publishable_id
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type's name
SESSION = "urn:gatehouse:params:oauth:token-type:session"
_PARAMETERS = frozenset(
    [
        "grant_type",
        "subject_token",
        "subject_token_type",
        "requested_token_type",
        "audience",
        "scope",
        "resource",
        "lifetime",
    ]
)


@method_decorator(csrf_exempt, name="dispatch")
class TokenView(View):
    """`POST /oauth/token`. A session's subject token is its CSRF token: it proves that one of our pages asks."""

    http_method_names = ["post"]  # noqa: RUF012 - the base class declares it on instances
    grants: GrantSource | None = None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Exchange, or the error as OAuth words it."""
        try:
            issued = self._exchange(request)
        except OAuthError as error:
            return _answer(error.as_json(), error.status)
        return _answer(_token_response(issued), 200)

    def _exchange(self, request: HttpRequest) -> Issued:
        parameters = _parameters(request)
        if parameters.get("grant_type") != EXCHANGE:
            raise OAuthError("unsupported_grant_type", f"This endpoint takes {EXCHANGE}.")
        if parameters.get("subject_token_type") != SESSION:
            raise OAuthError("invalid_request", f"subject_token_type must be {SESSION}.")
        if parameters.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
            raise OAuthError("invalid_request", f"requested_token_type must be {ACCESS_TOKEN}.")
        if not request.user.is_authenticated:
            raise OAuthError.of_problem("login_required", KEY_MISSING)
        _require_page_of_ours(request, parameters.get("subject_token", ""))
        if self.grants is None:
            raise RuntimeError("The token view has no source of grants.")
        return exchange_session(signed_in_id(request), _wanted(parameters), self.grants)


class ConsentView(View):
    """`POST /oauth/consents`: the person agrees to the words of one version."""

    http_method_names = ["post"]  # noqa: RUF012 - the base class declares it on instances
    grants: GrantSource | None = None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Record the consent; 404 for an app that isn't theirs, 409 for words that are no longer current."""
        if not request.user.is_authenticated:
            return _answer(OAuthError.of_problem("login_required", KEY_MISSING).as_json(), 401)
        try:
            content = json.loads(request.body)
            publishable_id, version = str(content["app"]), str(content["version"])
        except (ValueError, KeyError, TypeError):
            return _answer(OAuthError("invalid_request", "Send JSON with app and version.").as_json(), 400)
        return self._agree(request, publishable_id, version)

    def _agree(self, request: HttpRequest, publishable_id: str, version: str) -> HttpResponse:
        tenant_id = tenant_of_publishable_id(publishable_id)
        if tenant_id is None or self.grants is None:
            return _no_such_app()
        with tenant_scope(tenant_id):
            app = MicroApp.objects.select_related("workspace").get(publishable_id=publishable_id)
            membership = in_workspace(signed_in_id(request), app.workspace_id)
            grant = self.grants(app, membership) if membership else None
            if grant is None:
                return _no_such_app()
            if grant.consent.version != version:
                return _answer(OAuthError("stale_words", "The words have changed. Read them again.").as_json(), 409)
            consent = consents.agree(app, signed_in_id(request), grant.consent)
        return _answer({"id": str(consent.id), "given_at": consent.given_at.isoformat()}, 201)


def key_set(_request: HttpRequest) -> HttpResponse:
    """`GET /.well-known/jwks.json` (RFC 7517 §5)."""
    answer = JsonResponse(keys.public_keys())
    answer["Cache-Control"] = "public, max-age=300"
    return answer


def _parameters(request: HttpRequest) -> dict[str, str]:
    """The form's parameters. Raises OAuthError for a repeated one (RFC 6749 §3.2); unknown ones are ignored."""
    repeated = [name for name, values in request.POST.lists() if len(values) > 1]
    if repeated:
        raise OAuthError("invalid_request", f"The parameter {min(repeated)} stands there twice.")
    return {name: str(value) for name, value in request.POST.items() if name in _PARAMETERS}


def _wanted(parameters: dict[str, str]) -> Wanted:
    lifetime = parameters.get("lifetime", "")
    if lifetime and not (lifetime.isascii() and lifetime.isdigit() and 0 < int(lifetime) < 10**6):
        raise OAuthError("invalid_request", "lifetime must be a number of seconds.")
    return Wanted(
        audience=parameters.get("audience", ""),
        scope=parameters.get("scope", ""),
        prefix=parameters.get("resource", ""),
        lives_seconds=int(lifetime) if lifetime else None,
    )


def _require_page_of_ours(request: HttpRequest, subject_token: str) -> None:
    request.META["HTTP_X_CSRFTOKEN"] = subject_token
    check = CsrfViewMiddleware(_nothing)
    check.process_request(request)
    if check.process_view(request, _nothing, (), {}) is not None:
        raise OAuthError("invalid_grant", "The subject token is not this session's.")


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _token_response(issued: Issued) -> dict[str, Any]:
    return {
        "access_token": issued.value,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": issued.lives_seconds,
        "scope": issued.scope,
        "authorization_details": [issued.details],
    }


def _no_such_app() -> HttpResponse:
    return _answer(OAuthError("invalid_target", "There is no such app.").as_json(), 404)


def _answer(content: dict[str, Any], status: int) -> HttpResponse:
    answer = JsonResponse(content, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
