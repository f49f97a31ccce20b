"""`/oauth/introspect` (RFC 7662)."""

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from broker.clients import authenticated
from broker.introspection import ANSWER_TYPE, introspect, signed
from broker.parameters import parameters_of, required
from broker.views.answers import answer, speaks_oauth


@method_decorator(csrf_exempt, name="dispatch")
class IntrospectionView(View):
    """`POST /oauth/introspect`, by a client that proves itself; a GET would write tokens into logs."""

    http_method_names = ["post"]  # noqa: RUF012 - the base class declares it on instances

    @speaks_oauth
    def post(self, request: HttpRequest) -> HttpResponse:
        """The claims, or `active: false`; signed where the client asks for it (RFC 9701 §4)."""
        parameters = parameters_of(request)
        client = authenticated(request.headers.get("Authorization", ""), parameters)
        told = introspect(required(parameters, "token"), client)
        if f"application/{ANSWER_TYPE}" not in request.headers.get("Accept", ""):
            return answer(told)
        response = HttpResponse(signed(told, client), content_type=f"application/{ANSWER_TYPE}")
        response["Cache-Control"] = "no-store"
        return response
