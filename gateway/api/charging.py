"""Passing the gate at the cost of what is asked, item by item."""

from collections.abc import Mapping
from typing import Any, Self, cast

from django.http import HttpRequest

from admission import rules
from admission.gate import Admission, Ask, RefusedError, admit
from admission.operations import Operation
from broker.tokens import Claims
from gateway.api.asked import Asked
from gateway.api.rate_headers import hearsay
from gateway.callers import Caller
from gateway.idempotency import was_done
from gateway.kept_answers import Keyed
from kernel.errors import Problem
from marketplace import snapshots
from marketplace.snapshots import Snapshot

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
    """The gate before an operation that knows only after some thought what it costs or holds: passed once, at any rate.

    Whoever is refused before, for a bad request or by the policy, pays too, and is told first that their token is dead.
    """

    def __init__(self, request: Asked | HttpRequest, claims: Claims) -> None:
        self._request, self._claims = request, claims
        self._is_paid = False
        self.operation: Operation | None = None
        """What is paid for where it isn't what the address says."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raises RefusedError and Problem as `admit` does, in place of the refusal that was on its way."""
        if isinstance(error, Problem) and not self._is_paid:
            self.pay()

    def pay(self, **more: Any) -> Admission:
        """Let the operation in. Raises as `charge` does, and NewPolicyError, which leaves the gate to be passed."""
        return self._pay(self.operation, **more)

    def is_replay(self, caller: Caller, key: Keyed | None, items: int = 1) -> bool:
        """Whether this was done under the key before: then a unit was paid, and nothing else will be.

        Where the operation costs no more than that it isn't looked at. Raises Problem as `charge` does.
        """
        operation = self.operation or operation_of(cast("Asked", self._request))
        if key is None or rules.in_force().limits.cost(operation, items) == 1 or not was_done(caller, key):
            return False
        self._pay(Operation.REPLAY)
        return True

    def let_in(self, key: Keyed | None = None, items: int = 1) -> Caller:
        """The caller, with the app's policy as the gate let them in by. Raises Problem as `charge` does."""
        caller = Caller(self._claims)
        if self.is_replay(caller, key, items):
            return caller

        def enter(snapshot: Snapshot) -> Caller:
            self.pay(items=items, policy=snapshot.held)
            return Caller(self._claims, snapshot)

        return snapshots.decided(self._claims.tenant, self._claims.app, enter)

    def _pay(self, operation: Operation | None, **more: Any) -> Admission:
        try:
            admission = charge(self._request, self._claims, operation=operation, **more)
        except Problem:
            self._is_paid = True
            raise
        self._is_paid = True
        return admission


def charge(
    request: Asked | HttpRequest,
    claims: Claims,
    items: int = 1,
    *,
    operation: Operation | None = None,
    **more: Any,
) -> Admission:
    """Let so many items of the operation in, or none; how much room is left goes with the answer, refused or not.

    The operation is the address's own where none is named; `more` are other fields of the ask. Raises RefusedError,
    Problem and NewPolicyError as `admit` does.
    """
    asked = cast("Asked", request)  # Django's takes any attribute
    try:
        admission = admit(Ask.by(claims.facts(), operation or operation_of(asked), items=items, **more))
    except RefusedError as refused:
        asked.rate_states = refused.states
        asked.META[REFUSED] = refused.without_trace()
        raise
    hearsay.hear(admission.states)
    asked.rate_states = admission.states or (hearsay.state(),)
    return admission


def operation_of(request: Asked) -> Operation:
    """By the address's name; a reading of what is otherwise written costs what a reading costs."""
    match = request.resolver_match
    name = match.url_name if match else None
    if name == "uploadParts" and request.method == "GET":
        return Operation.UPLOAD_STATUS
    return _BY_NAME.get(name or "") or _BY_METHOD.get(request.method or "", Operation.COPY)
