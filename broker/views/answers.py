"""How the broker answers: JSON that no cache keeps, and errors as OAuth words them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from admission.room_headers import rate_headers
from broker.oauth_errors import OAuthError
from broker.rates import remembering, said
from kernel.errors import Problem

Endpoint = Callable[..., HttpResponse]


def answer(content: dict[str, Any], status: int = 200) -> HttpResponse:
    """The content as JSON (RFC 6749 §5.1)."""
    response = HttpResponse(orjson.dumps(content), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response


def speaks_oauth(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose refusals are answered as OAuth errors; every answer says how much room is left."""

    @wraps(endpoint)
    def answering(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with remembering():
            response = _answered(lambda: endpoint(self, request, *args, **kwargs))
            for name, value in rate_headers(said()).items():
                response[name] = value
        return response

    return answering


def _answered(endpoint: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return endpoint()
    except OAuthError as error:
        return refusal(error)
    except Problem as problem:
        return refusal(OAuthError.of_refusal(problem))


def refusal(error: OAuthError) -> HttpResponse:
    """The error's answer; who must prove themselves is told how (RFC 6749 §5.2)."""
    response = answer(error.as_json(), error.status)
    if error.error == "invalid_client":
        response["WWW-Authenticate"] = 'Basic realm="gatehouse", charset="UTF-8"'
    if error.retry_after_s is not None:
        response["Retry-After"] = str(error.retry_after_s)
    return response
