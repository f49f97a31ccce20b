"""The pages of last resort. A part that doesn't answer is a 503 that says when to come back, not a 500."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import bad_request
from redis.exceptions import RedisError

from gateway.api.problems import as_problem, problem_answer
from kernel.errors import INTERNAL, NOT_FOUND, STORAGE_UNAVAILABLE, Problem, ProblemType
from kernel.language import said
from telemetry.context import current_request_id

_OUT_OF_REACH = (OperationalError, InterfaceError, RedisError)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What isn't there, and what isn't yours: one answer."""
    if request.path.startswith("/api/"):
        return problem_answer(Problem(NOT_FOUND))
    return _page(request, NOT_FOUND, "404.html")


def unusable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What can't be read as a request at all."""
    if request.path.startswith("/api/"):
        return problem_answer(as_problem(exception))
    return bad_request(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """What went wrong on our side."""
    error = sys.exc_info()[1]
    if request.path.startswith("/api/"):
        return problem_answer(as_problem(error if isinstance(error, Exception) else RuntimeError()))
    if isinstance(error, Problem):
        return _page(request, error.type, "500.html" if error.type.status >= 500 else "404.html")
    if isinstance(error, _OUT_OF_REACH):
        return _page(request, STORAGE_UNAVAILABLE, "503.html")
    return _page(request, INTERNAL, "500.html")


def refused(problem: Problem) -> HttpResponse:
    """The page for somebody whom the door couldn't let in, who came before there was a request."""
    facts = {"words": problem.user_message, "title": said(problem.type.title)}
    answer = render(None, "503.html", facts, status=problem.type.status)
    answer["Retry-After"] = str(problem.retry_after_s or 1)
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request: HttpRequest, problem: ProblemType, template: str) -> HttpResponse:
    """Rendered without context processors: whatever they need may be what failed."""
    reference = f"R-{current_request_id()[-6:].upper()}"
    facts = {
        "words": problem.words_for({"reference": reference}),
        "title": said(problem.title),
        "reference": reference,
    }
    answer = render(None, template, facts, status=problem.status)
    if problem.retry_after_s is not None:
        answer["Retry-After"] = str(problem.retry_after_s)
    return answer
