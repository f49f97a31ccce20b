"""`/uploads` and what is below it."""

import uuid
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response

from admission import rules
from admission.gate import RefusedError
from admission.operations import Operation
from gateway import completion, multipart, uploads
from gateway.api import answering, answers, schemas
from gateway.api.asked import Asked
from gateway.api.authentication import SignedTokenAuthentication
from gateway.api.batch import BatchView, answer_all, outcome_of
from gateway.api.charging import Toll
from gateway.api.keys import keyed, keyed_with
from gateway.api.operation import OperationView, answered, caller_of
from gateway.api.parsing import decode
from gateway.callers import Caller
from gateway.idempotency import claimed, once
from gateway.kept_answers import Keyed, Reply
from gateway.starting import Pay, UploadRequest, start_upload, start_uploads
from kernel.errors import IDEMPOTENCY_IN_FLIGHT, Problem
from storage.models import Upload
from storage.object_store import object_store
from storage.part_store import part_store
from telemetry.metrics import HOLDS
from tenancy.scoping import tenant_scope


class UploadsView(OperationView):
    """`/uploads`."""

    authentication_classes = (SignedTokenAuthentication,)

    def post(self, request: Request) -> Response:
        """UploadStart."""
        return answered(upload_start(request._request, caller_of(request), request.data))


class UploadView(OperationView):
    """`/uploads/{id}`."""

    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        """UploadState."""
        caller = caller_of(request)
        return Response(_upload(caller, uploads.upload_state(caller, upload_id)))


class CompleteView(OperationView):
    """`/uploads/{id}/complete`."""

    def post(self, request: Request, upload_id: uuid.UUID) -> Response:
        """UploadComplete."""
        wanted = decode(request.data or b"{}", schemas.CompleteUpload)
        caller = caller_of(request)
        return answered(claimed(caller, keyed(request), lambda _: complete(caller, upload_id, wanted)))


class AbortView(OperationView):
    """`/uploads/{id}/abort`."""

    def post(self, request: Request, upload_id: uuid.UUID) -> Response:
        """UploadAbort."""
        caller = caller_of(request)

        def abort(_: uuid.UUID) -> Reply:
            return Reply(200, _upload(caller, uploads.abort_upload(caller, upload_id, object_store())))

        return answered(claimed(caller, keyed(request), abort))


class PartsView(OperationView):
    """`/uploads/{id}/parts`."""

    authentication_classes = (SignedTokenAuthentication,)

    def post(self, request: Request, upload_id: uuid.UUID) -> Response:
        """SignParts."""
        with Toll(request._request, caller_of(request).claims) as toll:
            wanted, key = decode(request.data, schemas.SignParts), keyed(request)
            caller = toll.let_in(key)

        def sign() -> Reply:
            signed = multipart.sign_parts(caller, upload_id, wanted.numbers)
            return Reply(200, answering.signed_parts(signed), kept={"numbers": wanted.numbers})

        return answered(once(caller, key, sign, lambda kept: replace(sign(), replayed=kept.replayed)))

    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        """ListParts."""
        with Toll(request._request, caller_of(request).claims) as toll:
            caller = toll.let_in()
        return Response(answering.stored_parts(multipart.held_parts(caller, upload_id, part_store())))


class StartBatchView(BatchView):
    """`/uploads/batch`."""

    def post(self, request: Request) -> Response:
        """UploadStartBatch."""
        return answer_all(request, schemas.StartUpload, start_all, _weight)


class CompleteBatchView(BatchView):
    """`/uploads/batch/complete`."""

    def post(self, request: Request) -> Response:
        """UploadCompleteBatch."""
        return answer_all(request, schemas.CompleteItem, complete_all)


def _weight(items: list[Any]) -> int:
    """As how many starts the batch counts: one in parts as so many as it costs."""
    in_parts = sum(isinstance(item, dict) and item.get("multipart") is True for item in items)
    limits = rules.in_force().limits
    heavy, light = limits.cost(Operation.MULTIPART_START, in_parts), limits.cost(Operation.UPLOAD_START, 1)
    return len(items) - in_parts + -(-heavy // light)


def upload_start(request: Asked | HttpRequest, caller: Caller, body: Any) -> Reply:
    """UploadStart of a caller whose token was verified; the gate is passed here. Raises Problem."""
    with Toll(request, caller.claims) as toll:
        announced, key = decode(body, schemas.StartUpload).announced(), keyed_with(request, body)
        toll.operation = Operation.MULTIPART_START if announced.in_parts else None
        if toll.is_replay(caller, key):
            return _offered(caller, key, Problem(IDEMPOTENCY_IN_FLIGHT))
        return start(caller, announced, key, toll.pay)


def start(caller: Caller, announced: UploadRequest, key: Keyed | None, pay: Pay | None = None) -> Reply:
    """UploadStart under a key: recorded once, offered as often as it is asked for to whom the gate lets in."""
    try:
        begun: Upload | Exception = start_upload(caller, announced, key, pay)
    except RefusedError:
        raise
    except Problem as problem:
        if problem.type.status >= 500:  # the gate, or what it decides by, was silent: it let nobody in
            raise
        begun = problem
    return _offered(caller, key, begun)


def start_all(caller: Caller, wanted: list[tuple[schemas.StartUpload, Keyed | None]]) -> list[Reply | Problem]:
    """UploadStart of each, whose callers passed the gate."""
    begun = start_uploads(caller, [(item.announced(), key) for item, key in wanted])
    offers = [partial(_offered, caller, key, each) for (_item, key), each in zip(wanted, begun, strict=True)]
    return [outcome_of(offer) for offer in offers]


def _offered(caller: Caller, key: Keyed | None, begun: Upload | Exception) -> Reply:
    """What storage will take for it. Raises the error that it ended with."""
    if isinstance(begun, Problem):
        reply = _refused_or_begun_before(caller, key, begun)
    elif isinstance(begun, Exception):
        raise begun
    else:
        HOLDS.labels("held").inc()
        reply = Reply(201, begun)
    upload: Upload = reply.body
    return replace(reply, body=answering.started(*uploads.offer(caller, upload, part_store())))


def _refused_or_begun_before(caller: Caller, key: Keyed | None, problem: Problem) -> Reply:
    """The upload that was begun under this key before; else the problem, which is kept where it stays the same."""

    def refuse() -> Reply:
        raise problem

    def again(kept: Reply) -> Reply:
        return replace(kept, body=uploads.reopen_upload(caller, uuid.UUID(kept.body["id"])))

    return once(caller, key, refuse, again)


def complete(caller: Caller, upload_id: uuid.UUID, wanted: schemas.CompleteUpload) -> Reply:
    """UploadComplete, which needs no key to be done once."""
    received = completion.complete_upload(caller, upload_id, object_store(), part_store(), wanted.named())
    return Reply(202, _upload(caller, received))


def complete_all(caller: Caller, wanted: list[tuple[schemas.CompleteItem, Keyed | None]]) -> list[Reply | Problem]:
    """UploadComplete of each."""
    named = [(uuid.UUID(item.id), item.named()) for item, _key in wanted]
    received = completion.complete_uploads(caller, named, object_store(), part_store())
    with tenant_scope(caller.claims.tenant):
        shown = answering.uploads(each for each in received if not isinstance(each, Problem))
    return [each if isinstance(each, Problem) else Reply(202, shown[each.pk]) for each in received]


def _upload(caller: Caller, upload: Upload) -> answers.Upload:
    with tenant_scope(caller.claims.tenant):
        return answering.upload(upload)
