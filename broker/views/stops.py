"""`/oauth/revocations`: stop at any level by API, for signed-in people (Django's CSRF check holds here)."""

import json
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views import View

from accounts.identity import signed_in_user
from accounts.models import User
from admission.models import Level
from broker.oauth_errors import OAuthError
from broker.parameters import is_text
from broker.revocation import OF_THE_PLATFORM, Stop
from broker.stopping import stop_for_platform, stop_in_app
from broker.views.answers import answer, speaks_oauth
from kernel.errors import KEY_MISSING, NOT_FOUND, Problem
from tenancy.addresses import tenant_of_publishable_id
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope


class RevocationsView(View):
    """`POST {level, subject, reason, app?}`; `app` is the publishable id where the level is within one app."""

    http_method_names = ["post"]  # noqa: RUF012 - the base class declares it on instances

    @speaks_oauth
    def post(self, request: HttpRequest) -> HttpResponse:
        """201 once it is effective; 404 for what isn't theirs to stop."""
        if not request.user.is_authenticated:
            raise OAuthError.of_problem("login_required", KEY_MISSING)
        content = _content(request)
        stop = _stop(content)
        try:
            _carry_out(signed_in_user(request), stop, str(content.get("app", "")))
        except Problem as problem:
            if problem.type is not NOT_FOUND:
                raise
            raise OAuthError("not_found", "There is nothing of yours under that name.") from problem
        return answer({"level": stop.level, "subject": stop.subject}, 201)


def _carry_out(person: User, stop: Stop, publishable_id: str) -> None:
    if stop.level in OF_THE_PLATFORM:
        with transaction.atomic():
            return stop_for_platform(person, stop)
    tenant_id = tenant_of_publishable_id(publishable_id)
    if tenant_id is None:
        raise Problem(NOT_FOUND)
    with tenant_scope(tenant_id):
        app = MicroApp.objects.select_related("workspace").get(publishable_id=publishable_id)
        return stop_in_app(person, app, stop)


def _content(request: HttpRequest) -> dict[str, Any]:
    try:
        content = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise OAuthError("invalid_request", "Send JSON.") from error
    if not isinstance(content, dict):
        raise OAuthError("invalid_request", "Send a JSON object.")
    return content


def _stop(content: dict[str, Any]) -> Stop:
    level, subject, reason = content.get("level"), content.get("subject", ""), content.get("reason")
    if level not in Level.values or not is_text(subject) or len(subject) > 160:
        raise OAuthError("invalid_request", f"level must be one of {', '.join(Level.values)}, subject a text.")
    if not is_text(reason) or not 0 < len(reason) <= 200:
        raise OAuthError("invalid_request", "Give a reason of at most 200 characters: it stands in the record.")
    return Stop(Level(level), subject, reason)
