"""`POST /hooks/storage`: where the S3 server tells what happened in it."""

import hmac

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from kombu.exceptions import OperationalError

from gateway.api.problems import not_found, problem_answer
from gateway.storage_events import arrivals_in
from gateway.tasks import complete_arrived
from kernel.errors import KEY_MISSING, METHOD_NOT_ALLOWED, STORAGE_UNAVAILABLE, VALIDATION, Problem
from kernel.language import said
from policy.strict_json import NotStrictJSONError, load

MAX_EVENT_BYTES = 1_000_000
"""A file of 5 GB lists its pieces in about 200 kB."""

PATIENCE_SECONDS = 5
"""How long the client has to complete the upload itself, as nearly every one does."""

_log = structlog.get_logger(__name__)


@csrf_exempt
def storage_events(request: HttpRequest) -> HttpResponse:
    """Note what arrived, for a worker to look at; a queue that is out of reach makes storage tell it again.

    Without a secret in the settings there is no such address.
    """
    if not settings.STORAGE_EVENTS_SECRET:
        return not_found(request)
    if request.method != "POST":
        return problem_answer(Problem(METHOD_NOT_ALLOWED, method=str(request.method)))
    if not _is_from_storage(request):
        return problem_answer(Problem(KEY_MISSING))
    body = request.read(MAX_EVENT_BYTES + 1)
    try:
        arrived = arrivals_in(load(body, MAX_EVENT_BYTES))
    except NotStrictJSONError as error:
        return problem_answer(Problem(VALIDATION, detail=said("this event {error}").format(error=error)))
    try:
        for key in arrived:
            complete_arrived.apply_async((str(key),), countdown=PATIENCE_SECONDS)
    except OperationalError:
        _log.warning("event_not_queued", arrived=len(arrived))
        return problem_answer(Problem(STORAGE_UNAVAILABLE))
    return HttpResponse(status=204)


def _is_from_storage(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").encode()
    return hmac.compare_digest(shown, f"Bearer {settings.STORAGE_EVENTS_SECRET}".encode())
