"""Passing the gate at the cost of what is asked, item by item."""

from collections.abc import Mapping
from typing import Any, Self, cast

from django.http import HttpRequest

from admission.gate import Admission, Ask, RefusedError, admit
from admission.operations import Operation
from broker.tokens import Claims
from gateway.api.asked import Asked
from kernel.errors import Problem

_BY_NAME: Mapping[str, Operation] = {
    "createFolder": Operation.CREATE_FOLDER,
    "uploadStart": Operation.UPLOAD_START,
    "uploadState": Operation.UPLOAD_STATUS,
    "uploadParts": Operation.UPLOAD_PART,
    "uploadComplete": Operation.UPLOAD_COMPLETE,
    "uploadAbort": Operation.UPLOAD_ABORT,
    "requestUpload": Operation.UPLOAD_START,
    "list": Operation.LIST,
    "getSignedUrl": Operation.GET_SIGNED_URL,
    "copyFile": Operation.COPY,
    "restoreFile": Operation.RESTORE,
    "createFolderBatch": Operation.CREATE_FOLDER,
    "uploadStartBatch": Operation.UPLOAD_START,
    "uploadCompleteBatch": Operation.UPLOAD_COMPLETE,
    "getSignedUrlBatch": Operation.GET_SIGNED_URL,
}
_BY_METHOD: Mapping[str, Operation] = {
    "GET": Operation.LIST,
    "HEAD": Operation.LIST,
    "DELETE": Operation.DELETE,
    "PATCH": Operation.MOVE,
}


REFUSED = "gatehouse.refused"
"""The key in WSGI's environment under which the gate's refusal is left for the door."""


class Toll:
    """The gate before an operation that knows only after some thought what it will hold: passed once, at any rate.

    Whoever is refused before, for a bad request or by the policy, pays too, and is told first that their token is dead.
    """

    def __init__(self, request: Asked | HttpRequest, claims: Claims) -> None:
        self._request, self._claims = request, claims
        self._is_paid = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raises RefusedError and Problem as `admit` does, in place of the refusal that was on its way."""
        if isinstance(error, Problem) and not self._is_paid:
            self.pay()

    def pay(self, **more: Any) -> Admission:
        """Let the operation in. Raises as `charge` does, and NewPolicyError, which leaves the gate to be passed."""
        try:
            admission = charge(self._request, self._claims, **more)
        except Problem:
            self._is_paid = True
            raise
        self._is_paid = True
        return admission


def charge(request: Asked | HttpRequest, claims: Claims, items: int = 1, **more: Any) -> Admission:
    """Let so many items of the operation in, or none; how much room is left goes with the answer, refused or not.

    `more` are other fields of the ask. Raises RefusedError, Problem and NewPolicyError as `admit` does.
    """
    asked = cast("Asked", request)  # Django's takes any attribute
    try:
        admission = admit(Ask.by(claims.facts(), operation_of(asked), items=items, **more))
    except RefusedError as refused:
        asked.rate_states = refused.states
        asked.META[REFUSED] = refused
        raise
    asked.rate_states = admission.states
    return admission


def operation_of(request: Asked) -> Operation:
    """By the address's name; a reading of what is otherwise written costs what a reading costs."""
    match = request.resolver_match
    name = match.url_name if match else None
    if name == "uploadParts" and request.method == "GET":
        return Operation.UPLOAD_STATUS
    return _BY_NAME.get(name or "") or _BY_METHOD.get(request.method or "", Operation.COPY)
