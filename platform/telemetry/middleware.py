"""Gives each request its id, and each answer the same id."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from telemetry.context import enter_request


class RequestIdMiddleware:
    """Binds `X-Request-Id` (ours, or a proxy's plain one) to logs, audit events, problems and the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer under the id."""
        request_id = enter_request(request.headers.get("X-Request-Id"))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response
