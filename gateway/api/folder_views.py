"""`/folders` and what is below it."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response

from gateway import folders
from gateway.api import answering, schemas
from gateway.api.batch import BatchView, answer_whole
from gateway.api.keys import keyed
from gateway.api.operation import OperationView, answered, caller_of
from gateway.api.parsing import decode
from gateway.callers import Caller
from gateway.changes import Change
from gateway.idempotency import once
from gateway.kept_answers import Keyed, Reply
from kernel.errors import Problem
from storage.models import Folder


class FoldersView(OperationView):
    """`/folders`."""

    def post(self, request: Request) -> Response:
        """CreateFolder."""
        wanted = decode(request.data, schemas.CreateFolder)
        return answered(create(caller_of(request), wanted, keyed(request)))


class FolderBatchView(BatchView):
    """`/folders/batch`."""

    def post(self, request: Request) -> Response:
        """CreateFolderBatch."""
        return answer_whole(request, schemas.CreateFolder, create_all)


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
        return _created(*folders.create_folder(caller, wanted.path))

    return once(caller, key, make)


def create_all(caller: Caller, wanted: list[tuple[schemas.CreateFolder, Keyed | None]]) -> list[Reply | Problem]:
    """CreateFolder of each."""
    made = folders.create_folders(caller, [item.path for item, _key in wanted])
    return [each if isinstance(each, Problem) else _created(*each) for each in made]


def _created(folder: Folder, path: str, is_new: bool) -> Reply:
    return Reply(201 if is_new else 200, answering.folder(folder, path))
