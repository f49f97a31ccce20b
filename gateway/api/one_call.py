"""`POST /request-upload`: a token and a started upload in one call."""

from typing import Annotated, Any

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from broker.clients import Client, authenticated
from broker.oauth_errors import OAuthError
from broker.subjects import ACCESS_TOKEN, Presented
from gateway.api import answering, schemas
from gateway.api.operation import OperationView
from gateway.api.parsing import decode, invalid
from gateway.grants import grants
from gateway.one_call import Requested, request_upload
from kernel.errors import KEY_REVOKED, Problem
from kernel.language import said

Text = Annotated[str, msgspec.Meta(max_length=8192)]


class RequestUpload(schemas.StartUpload, forbid_unknown_fields=True, kw_only=True):
    """What uploadStart takes, with who asks; a server proves itself by HTTP Basic instead of a subject token."""

    audience: Text = ""
    subject_token: Text = ""
    subject_token_type: Text = ACCESS_TOKEN


class RequestUploadView(OperationView):
    """`/request-upload`. It takes no scoped token in the header: it makes one."""

    authentication_classes = []  # noqa: RUF012 - the base class declares it on instances
    permission_classes = []  # noqa: RUF012 - the base class declares it on instances

    def post(self, request: Request) -> Response:
        """RequestUpload."""
        wanted = decode(request.data, RequestUpload)
        requested = request_upload(_who(request, wanted), wanted.audience, wanted.announced(), grants)
        request._request.rate_states = requested.admitted.states  # type: ignore[attr-defined]
        return Response(_json(requested), status=201)


def _who(request: Request, wanted: RequestUpload) -> Presented | Client:
    authorization = request.headers.get("Authorization", "")
    if authorization:
        try:
            return authenticated(authorization, {})
        except OAuthError as error:
            raise Problem(KEY_REVOKED) from error
    if not wanted.subject_token:
        raise invalid("/subject_token", said("Send a subject token, or prove a server app by HTTP Basic."))
    return Presented(wanted.subject_token, wanted.subject_token_type)


def _json(requested: Requested) -> dict[str, Any]:
    issued = requested.issued
    token = {"access_token": issued.value, "token_type": "Bearer", "expires_in": issued.lives_seconds}
    return {
        **answering.as_json(answering.started(requested.upload, requested.offered)),
        "token": {**token, "scope": issued.scope},
    }
