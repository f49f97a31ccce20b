"""The one door through which every error leaves as problem+json (RFC 9457)."""

from typing import Any

import orjson
import structlog
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions

from gateway.api.rate_headers import headers_unasked
from kernel.errors import (
    CHANGED_MEANWHILE,
    INTERNAL,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    STORAGE_UNAVAILABLE,
    VALIDATION,
    Problem,
)
from kernel.language import said
from telemetry.context import current_request_id

_log = structlog.get_logger(__name__)
_KNOWN = {
    (OperationalError, InterfaceError): STORAGE_UNAVAILABLE,
    (IntegrityError,): CHANGED_MEANWHILE,
    (Http404, exceptions.NotFound, PermissionDenied): NOT_FOUND,
}
_UNUSABLE = {
    (exceptions.ParseError, exceptions.UnsupportedMediaType): "send application/json.",
    (RequestDataTooBig, TooManyFieldsSent): "it holds too much.",
    (SuspiciousOperation, BadRequest): "its address names no host of ours.",
}
"""What can't be read before an operation sees it. The host is the only other thing that Django suspects here."""

_BEARER = {401: 'Bearer realm="gatehouse", error="invalid_token"'}


def answer_exception(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """The answer to any exception that an operation raised."""
    problem = as_problem(error)
    if problem.type is INTERNAL:
        _log.error("operation_failed", exc_info=error)
    return problem_answer(problem)


def as_problem(error: Exception) -> Problem:
    """The catalogued problem that an exception is."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.MethodNotAllowed):
        return Problem(METHOD_NOT_ALLOWED, method=_method(error))
    for errors, detail in _UNUSABLE.items():
        if isinstance(error, errors):
            return Problem(VALIDATION, detail=detail)
    kind = next((kind for errors, kind in _KNOWN.items() if isinstance(error, errors)), INTERNAL)
    return Problem(INTERNAL, reference=_reference()) if kind is INTERNAL else Problem(kind)


def problem_answer(problem: Problem) -> HttpResponse:
    """The problem as an answer, with Retry-After where waiting helps.

    Who was let in, or refused by the gate, gets its word on the rates in place of those that are here.
    """
    answer = HttpResponse(
        orjson.dumps(problem_json(problem)),
        status=problem.type.status,
        content_type="application/problem+json",
        headers=headers_unasked(problem),
    )
    answer.problem_code = problem.type.code  # type: ignore[attr-defined]  # read by the metrics
    answer["Cache-Control"] = "no-store"
    if getattr(problem, "replayed", False):
        answer["Idempotent-Replayed"] = "true"
    if problem.retry_after_s is not None and problem.type.retryable:
        answer["Retry-After"] = str(problem.retry_after_s)
    if challenge := _BEARER.get(problem.type.status):
        answer["WWW-Authenticate"] = challenge
    return answer


def problem_json(problem: Problem) -> dict[str, Any]:
    """The members of the problem, ours beside the standard's."""
    kind, remedy = problem.type, problem.type.remedy
    return {
        "type": kind.help_path,
        "title": said(kind.title),
        "status": kind.status,
        "detail": problem.user_message,
        "code": kind.code,
        "request_id": current_request_id(),
        "remedy": {"who": remedy.who, "action": remedy.action, "label": said(remedy.label), "href": kind.remedy_path},
        "retryable": kind.retryable,
        "retry_after_s": problem.retry_after_s,
        "errors": [{"pointer": error.pointer, "detail": error.detail} for error in problem.errors],
        "user_message": problem.user_message,
        **({"suggestion": problem.facts["suggestion"]} if "suggestion" in problem.facts else {}),
    }


@csrf_exempt
def not_found(request: HttpRequest) -> HttpResponse:
    """The answer below /api/ for an address that isn't there."""
    return problem_answer(Problem(NOT_FOUND))


def _method(error: exceptions.MethodNotAllowed) -> str:
    words = str(error.detail).split('"')
    return words[1] if len(words) > 1 else "such"


def _reference() -> str:
    return f"R-{current_request_id()[-6:].upper()}"
