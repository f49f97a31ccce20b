"""`/oauth/token`: exchange and client credentials are ours, codes and refresh tokens django-oauth-toolkit's."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views.mixins import OAuthLibMixin

from accounts.identity import signed_in_id
from broker.clients import Client, authenticated, presents_itself
from broker.exchange import Parties, Wanted, exchange, grant_to_app
from broker.grants import GrantSource
from broker.issuing import Issued
from broker.metadata import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, EXCHANGE, REFRESH
from broker.oauth_errors import OAuthError
from broker.parameters import lifetime_in, parameters_of, prefix_in, required
from broker.subjects import ACCESS_TOKEN, JWT, SESSION, Presented, unacceptable
from broker.views.answers import answer, speaks_oauth
from kernel.errors import KEY_MISSING

_GRANT_TYPES = f"{AUTHORIZATION_CODE}, {REFRESH}, {CLIENT_CREDENTIALS} and {EXCHANGE}"


@method_decorator(csrf_exempt, name="dispatch")
class TokenView(OAuthLibMixin, View):  # type: ignore[misc]  # the library has no types
    """`POST /oauth/token` (RFC 6749 §3.2). A session's subject token is its CSRF token: one of our pages asks."""

    http_method_names = ["post"]  # noqa: RUF012 - the base class declares it on instances
    grants: GrantSource | None = None

    @speaks_oauth
    def post(self, request: HttpRequest) -> HttpResponse:
        """A token, or the error as OAuth words it."""
        parameters = parameters_of(request)
        match required(parameters, "grant_type"):
            case str(grant) if grant == EXCHANGE:
                return answer(_token_response(self._exchange(request, parameters)))
            case str(grant) if grant == CLIENT_CREDENTIALS:
                return answer(_token_response(self._to_app(request, parameters)))
            case str(grant) if grant == AUTHORIZATION_CODE:
                required(parameters, "redirect_uri")
                return self._by_library(request)
            case str(grant) if grant == REFRESH:
                return self._by_library(request)
        raise OAuthError("unsupported_grant_type", f"This endpoint takes {_GRANT_TYPES}.")

    def _exchange(self, request: HttpRequest, parameters: Mapping[str, str]) -> Issued:
        if parameters.get("requested_token_type", ACCESS_TOKEN) not in {ACCESS_TOKEN, JWT}:
            raise OAuthError("invalid_request", f"requested_token_type must be {ACCESS_TOKEN}.")
        client = _client(request, parameters)
        parties = Parties(
            subject=_presented(request, parameters, "subject"),
            actor=_presented(request, parameters, "actor") if _names_actor(parameters) else None,
            client_id=client.client_id if client else "",
        )
        return exchange(parties, _wanted(parameters), self._grants())

    def _to_app(self, request: HttpRequest, parameters: Mapping[str, str]) -> Issued:
        client = authenticated(request.headers.get("Authorization", ""), parameters)
        return grant_to_app(client, _wanted(parameters), self._grants())

    def _by_library(self, request: HttpRequest) -> HttpResponse:
        """One transaction, kept even where the answer is a refusal: what a replay revokes stays revoked."""
        with transaction.atomic():
            _url, headers, body, status = self.create_token_response(request)
        response = HttpResponse(content=body, status=status, content_type="application/json")
        for name, value in headers.items():
            response[name] = value
        response["Cache-Control"] = "no-store"
        return response

    def _grants(self) -> GrantSource:
        if self.grants is None:
            raise RuntimeError("The token view has no source of grants.")
        return self.grants


def _client(request: HttpRequest, parameters: Mapping[str, str]) -> Client | None:
    authorization = request.headers.get("Authorization", "")
    return authenticated(authorization, parameters, now=True) if presents_itself(authorization, parameters) else None


def _names_actor(parameters: Mapping[str, str]) -> bool:
    """Whether there is an actor; a token and its type stand together or not at all (RFC 8693 §2.1)."""
    named = {"actor_token", "actor_token_type"} & set(parameters)
    if len(named) == 1:
        raise OAuthError("invalid_request", "actor_token and actor_token_type belong together.")
    return bool(named)


def _presented(request: HttpRequest, parameters: Mapping[str, str], which: str) -> Presented:
    value, kind = required(parameters, f"{which}_token"), required(parameters, f"{which}_token_type")
    if kind != SESSION:
        return Presented(value, kind, agreed_to=parameters.get("consent", ""))
    if not request.user.is_authenticated:
        raise OAuthError.of_problem("login_required", KEY_MISSING)
    _require_page_of_ours(request, value)
    return Presented(value, kind, signed_in_id(request))


def _wanted(parameters: Mapping[str, str]) -> Wanted:
    return Wanted(
        audience=parameters.get("audience", ""),
        scope=parameters.get("scope", ""),
        prefix=prefix_in(parameters),
        lives_seconds=lifetime_in(parameters),
    )


def _require_page_of_ours(request: HttpRequest, subject_token: str) -> None:
    request.META["HTTP_X_CSRFTOKEN"] = subject_token
    check = CsrfViewMiddleware(_nothing)
    check.process_request(request)
    if check.process_view(request, _nothing, (), {}) is not None:
        raise unacceptable()


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _token_response(issued: Issued) -> dict[str, Any]:
    content = {
        "access_token": issued.value,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": issued.lives_seconds,
        "scope": issued.scope,
        "authorization_details": [issued.details],
    }
    if issued.asked_seconds is not None and issued.asked_seconds > issued.lives_seconds:
        content["narrowed"] = {"lifetime": {"asked": issued.asked_seconds, "granted": issued.lives_seconds}}
    return content
