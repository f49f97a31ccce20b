"""What all operations share: their caller, the answer to a reply, the headers."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gateway.api.rate_headers import rate_headers
from gateway.callers import Caller
from gateway.kept_answers import Reply

REPLAYED = "Idempotent-Replayed"


class OperationView(APIView):
    """One address. The rate headers are on every answer; what it takes is said by the OpenAPI document alone."""

    http_method_names = ["get", "head", "post", "patch", "delete"]  # noqa: RUF012 - the base class declares it so

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add how much room is left."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        for name, value in rate_headers(getattr(request._request, "rate_states", ())).items():
            answer[name] = value
        return answer


def caller_of(request: Request) -> Caller:
    """Who was let in. Raises TypeError where nobody was: a view without the default authentication."""
    caller = request.user
    if not isinstance(caller, Caller):
        raise TypeError("An operation runs only for an admitted caller.")
    return caller


def answered(reply: Reply) -> Response:
    """The reply over HTTP."""
    return Response(reply.body, status=reply.status, headers={REPLAYED: "true"} if reply.replayed else None)
