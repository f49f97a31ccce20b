"""Exchange and uploadStart in one call, for programs that upload one file and are done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admission.gate import Admission, Ask, admit
from admission.operations import Operation
from broker.clients import Client
from broker.exchange import Parties, Wanted, exchange, grant_to_app
from broker.grants import GrantSource
from broker.issuing import Issued
from broker.oauth_errors import OAuthError
from broker.subjects import Presented
from broker.tokens import verify
from gateway.callers import Caller
from gateway.multipart import SignedParts
from gateway.starting import UploadRequest, start_upload
from gateway.uploads import offer
from kernel.errors import (
    CONSENT_REQUIRED,
    CONSENT_WITHDRAWN,
    KEY_REVOKED,
    NOT_FOUND,
    SCOPE_NOT_GRANTED,
    Problem,
    ProblemType,
)
from policy.actions import Action
from storage.grants import UploadForm
from storage.models import Upload
from storage.part_store import part_store
from telemetry.metrics import HOLDS

_PROBLEMS: Mapping[str, ProblemType] = {
    CONSENT_REQUIRED.code: CONSENT_REQUIRED,
    CONSENT_WITHDRAWN.code: CONSENT_WITHDRAWN,
    "invalid_scope": SCOPE_NOT_GRANTED,
    "invalid_target": NOT_FOUND,
}


@dataclass(frozen=True, slots=True)
class Requested:
    """What one call gives: a token that may only add files, the upload started with it, and what it was offered."""

    issued: Issued
    admitted: Admission
    upload: Upload
    offered: UploadForm | SignedParts


def request_upload(who: Presented | Client, audience: str, request: UploadRequest, grants: GrantSource) -> Requested:
    """The token and the started upload.

    The token is on the record even where the upload is then refused: it was issued. Raises Problem as uploadStart
    does; SCOPE_NOT_GRANTED, NOT_FOUND or KEY_REVOKED where the exchange is refused.
    """
    try:
        issued = _exchanged(who, Wanted(audience, str(Action.FILES_WRITE)), grants)
    except OAuthError as error:
        refused = _PROBLEMS.get(error.extra.get("code", error.error), KEY_REVOKED)
        raise Problem(refused, action=Action.FILES_WRITE.words) from error
    claims = verify(issued.value)
    operation = Operation.MULTIPART_START if request.in_parts else Operation.UPLOAD_START
    passed: list[Admission] = []

    def pay(**held: Any) -> Admission:
        passed.append(admit(Ask.by(claims.facts(), operation, **held)))
        return passed[-1]

    caller = Caller(claims)
    begun = start_upload(caller, request, pay=pay)
    HOLDS.labels("held").inc()
    upload, offered = offer(caller, begun, part_store())
    return Requested(issued, passed[-1], upload, offered)


def _exchanged(who: Presented | Client, wanted: Wanted, grants: GrantSource) -> Issued:
    if isinstance(who, Client):
        return grant_to_app(who, wanted, grants)
    return exchange(Parties(who), wanted, grants)
