"""`/oauth/revoke` (RFC 7009): whoever was given a token gives it back."""

from collections.abc import Mapping

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from broker.clients import authenticated, presents_itself
from broker.codes import end_family, family_of_platform_token
from broker.parameters import parameters_of, required
from broker.revocation import revoke_token
from broker.subjects import unexpired_claims
from broker.views.answers import answer, speaks_oauth
from policy.sentences import Sentence
from tenancy.scoping import tenant_scope

_GIVEN_BACK = Sentence("given back by its client")


@method_decorator(csrf_exempt, name="dispatch")
class RevocationView(View):
    """`POST /oauth/revoke`. What isn't the client's, or isn't a token, is answered like success (§2.2)."""

    http_method_names = ["post"]  # noqa: RUF012 - the base class declares it on instances

    @speaks_oauth
    def post(self, request: HttpRequest) -> HttpResponse:
        """200 with nothing in it, whatever the token was."""
        parameters = parameters_of(request)
        client_id = _client_id(request, parameters)
        _revoke(required(parameters, "token"), client_id)
        return answer({})


def _client_id(request: HttpRequest, parameters: Mapping[str, str]) -> str:
    """A client with a secret proves itself; a public one has only its name, and the token itself, to show."""
    authorization = request.headers.get("Authorization", "")
    if presents_itself(authorization, parameters):
        return authenticated(authorization, parameters).client_id
    return required(parameters, "client_id")


def _revoke(value: str, client_id: str) -> None:
    """Whether Redis answers is not asked: giving back must work without it."""
    claims = unexpired_claims(value)
    if claims is not None and claims.client_id == client_id:
        with tenant_scope(claims.tenant):
            revoke_token(claims, actor=claims.subject, reason=_GIVEN_BACK.words)
        return
    family = family_of_platform_token(value, client_id)
    if family is not None:
        with transaction.atomic():
            end_family(family, client_id, _GIVEN_BACK)
