"""Gives each request its id and each answer the same id, and counts both."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from telemetry import metrics
from telemetry.context import enter_request


class RequestIdMiddleware:
    """Binds `X-Request-Id` (ours, or a proxy's plain one) to logs, audit events, problems and the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer under the id."""
        request_id = begin_request(request.headers.get("X-Request-Id"))
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class MetricsMiddleware:
    """Times every operation of the API and the broker, and counts their refusals by code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and note how long it took and what it was."""
        begun = time.perf_counter()
        response = self.get_response(request)
        operation = _operation(request)
        code = getattr(response, "problem_code", "")
        count_request(operation, response.status_code, code, time.perf_counter() - begun)
        return response


def begin_request(offered: str | None) -> str:
    """Begin a request under the id that a proxy offered or a new one, and name it in every log line that follows."""
    request_id = enter_request(offered)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    return request_id


def count_request(operation: str, status: int, problem_code: str, seconds: float) -> None:
    """Note how long an operation took and what came of it; the code is empty for a success."""
    metrics.REQUESTS.labels(operation, f"{status // 100}xx").observe(seconds)
    if problem_code:
        metrics.PROBLEMS.labels(operation, problem_code).inc()


def _operation(request: HttpRequest) -> str:
    """The operation's name in the address list; pages are counted together, and so is what has no address."""
    match = request.resolver_match
    if match is None or not request.path.startswith(("/api/", "/oauth/")):
        return "page"
    return match.url_name or "unknown"
