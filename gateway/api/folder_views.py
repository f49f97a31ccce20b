"""`/folders` and what is below it."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response

from gateway import folders
from gateway.api import answering, schemas
from gateway.api.batch import BatchParser, answer_each
from gateway.api.keys import keyed
from gateway.api.operation import OperationView, answered, caller_of
from gateway.api.parsing import decode
from gateway.callers import Caller
from gateway.changes import Change
from gateway.idempotency import once
from gateway.kept_answers import Keyed, Reply


class FoldersView(OperationView):
    """`/folders`."""

    def post(self, request: Request) -> Response:
        """CreateFolder."""
        wanted = decode(request.data, schemas.CreateFolder)
        return answered(create(caller_of(request), wanted, keyed(request)))


class FolderBatchView(OperationView):
    """`/folders/batch`."""

    parser_classes = (BatchParser,)

    def post(self, request: Request) -> Response:
        """CreateFolderBatch."""
        return answer_each(request, schemas.CreateFolder, create)


class FolderView(OperationView):
    """`/folders/{id}`."""

    def patch(self, request: Request, folder_id: uuid.UUID) -> Response:
        """ChangeFolder."""
        wanted, caller = decode(request.data, schemas.ChangeFolder), caller_of(request)

        def change() -> Reply:
            changed, path = folders.change_folder(caller, folder_id, Change(wanted.name, wanted.parent))
            return Reply(200, answering.folder(changed, path))

        return answered(once(caller, keyed(request), change))

    def delete(self, request: Request, folder_id: uuid.UUID) -> Response:
        """DeleteFolder."""
        caller = caller_of(request)

        def remove() -> Reply:
            return Reply(200, answering.folder(*folders.delete_folder(caller, folder_id)))

        return answered(once(caller, keyed(request), remove))


def create(caller: Caller, wanted: schemas.CreateFolder, key: Keyed | None) -> Reply:
    """CreateFolder under a key."""

    def make() -> Reply:
        folder, path, is_new = folders.create_folder(caller, wanted.path)
        return Reply(201 if is_new else 200, answering.folder(folder, path))

    return once(caller, key, make)
