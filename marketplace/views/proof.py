"""`/proof/challenge`: what a browser has to work on, wherever a form or an upload page asks for a person."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from django_ratelimit.core import is_ratelimited

from admission.proof_of_work import Purpose, new_challenge
from kernel.errors import RATE_LIMITED
from kernel.identifiers import PUBLISHABLE_ID
from kernel.language import said

_A_MINUTE = "60/m"


@require_safe
def challenge(request: HttpRequest) -> HttpResponse:
    """`GET ?for=sandbox` or `?for=upload&app=`: a new one, in the form that ALTCHA's widgets read."""
    purpose, app = request.GET.get("for", ""), request.GET.get("app", "")
    if purpose not in set(Purpose) or (app and not PUBLISHABLE_ID.fullmatch(app)):
        return JsonResponse({"user_message": said("Say what it is for: sandbox or upload.")}, status=422)
    if is_ratelimited(request, group="proof", key="ip", rate=_A_MINUTE, increment=True):
        message = RATE_LIMITED.words_for({"seconds": "60"})
        answer = JsonResponse({"code": RATE_LIMITED.code, "user_message": message}, status=429)
        answer["Retry-After"] = "60"
        return answer
    answer = JsonResponse(new_challenge(Purpose(purpose), app))
    answer["Cache-Control"] = "no-store"
    return answer
