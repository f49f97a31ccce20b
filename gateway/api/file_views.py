"""`/files` and what is below it."""

import uuid
from dataclasses import replace

from rest_framework.request import Request
from rest_framework.response import Response

from gateway import files
from gateway.api import answers, schemas
from gateway.api.batch import BatchParser, answer_each
from gateway.api.keys import keyed
from gateway.api.operation import OperationView, answered, caller_of
from gateway.api.pagination import cursor_from, cursor_text, page_limit
from gateway.api.parsing import decode
from gateway.callers import Caller
from gateway.idempotency import once
from gateway.kept_answers import Keyed, Reply


class FilesView(OperationView):
    """`/files`."""

    def get(self, request: Request) -> Response:
        """List."""
        query = request.query_params
        path, page = files.list_files(
            caller_of(request),
            query.get("folder", ""),
            cursor_from(query.get("cursor")),
            page_limit(query.get("limit")),
        )
        inside = f"{path}/" if path else ""
        found = answers.Page(
            folders=[answers.folder(folder, inside + folder.name) for folder in page.folders],
            files=[answers.file(stored, path) for stored in page.files],
            next_cursor=cursor_text(page.next),
        )
        return Response(found)


class SignedUrlView(OperationView):
    """`/files/{id}/signed-url`."""

    def post(self, request: Request, file_id: uuid.UUID) -> Response:
        """GetSignedUrl."""
        wanted = decode(request.data or b"{}", schemas.SignUrl)
        return answered(sign(caller_of(request), file_id, wanted, keyed(request)))


class SignedUrlBatchView(OperationView):
    """`/files/batch/signed-url`."""

    parser_classes = (BatchParser,)

    def post(self, request: Request) -> Response:
        """GetSignedUrlBatch."""
        return answer_each(
            request, schemas.SignUrlItem, lambda caller, item, key: sign(caller, uuid.UUID(item.id), item, key)
        )


def sign(caller: Caller, file_id: uuid.UUID, wanted: schemas.SignUrl, key: Keyed | None) -> Reply:
    """GetSignedUrl under a key: what is kept is that it was given, so a replay is a new link, on the record again."""

    def give() -> Reply:
        signed = files.sign_url(caller, file_id, wanted.area())
        return Reply(200, answers.SignedUrl(signed.url, signed.expires_at), kept={"file": str(file_id)})

    return once(caller, key, give, lambda kept: replace(give(), replayed=kept.replayed))
