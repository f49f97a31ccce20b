"""Health for machines."""

from django.http import HttpRequest, JsonResponse

from operations import health


def livez(_request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"alive": True})


def readyz(_request: HttpRequest) -> JsonResponse:
    """Uploads can be started; 503 names the parts that are missing."""
    states = [check() for check in health.REQUIRED]
    is_ready = all(state.is_well for state in states)
    answer = JsonResponse(
        {"ready": is_ready, "parts": {state.part: state.words for state in states}},
        status=200 if is_ready else 503,
    )
    answer["Cache-Control"] = "no-store"
    if not is_ready:
        answer["Retry-After"] = "5"
    return answer
