"""`/files` and what is below it."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response

from gateway import files, trash
from gateway.api import answering, answers, schemas
from gateway.api.asked import Asked
from gateway.api.authentication import SignedTokenAuthentication
from gateway.api.batch import BatchView, answer_all
from gateway.api.charging import Toll
from gateway.api.freshness import unless_known
from gateway.api.keys import keyed, keyed_with
from gateway.api.operation import OperationView, answered, caller_of
from gateway.api.pagination import Listing, page_limit, wish_from
from gateway.api.parsing import decode
from gateway.callers import Caller
from gateway.changes import Change, change_file
from gateway.copies import copy_file
from gateway.idempotency import claimed, once
from gateway.kept_answers import Keyed, Reply
from gateway.paths import folder_path
from kernel.errors import Problem
from storage.folders import path_of
from storage.models import StoredFile
from storage.object_store import object_store
from tenancy.scoping import tenant_scope


class FilesView(OperationView):
    """`/files`."""

    def get(self, request: Request) -> Response:
        """List."""
        return unless_known(request, page_of(caller_of(request), request.query_params))


class FileView(OperationView):
    """`/files/{id}`."""

    def get(self, request: Request, file_id: uuid.UUID) -> Response:
        """GetFile."""
        caller = caller_of(request)
        return unless_known(request, _file(caller, files.file_facts(caller, file_id)))

    def patch(self, request: Request, file_id: uuid.UUID) -> Response:
        """ChangeFile."""
        wanted, caller = decode(request.data, schemas.ChangeFile), caller_of(request)

        def change() -> Reply:
            return Reply(200, _file(caller, change_file(caller, file_id, Change(wanted.name, wanted.folder))))

        return answered(once(caller, keyed(request), change))

    def delete(self, request: Request, file_id: uuid.UUID) -> Response:
        """DeleteFile."""
        caller = caller_of(request)

        def delete() -> Reply:
            return Reply(200, _file(caller, trash.trash_file(caller, file_id)))

        return answered(once(caller, keyed(request), delete))


class CopyView(OperationView):
    """`/files/{id}/copy`."""

    authentication_classes = (SignedTokenAuthentication,)

    def post(self, request: Request, file_id: uuid.UUID) -> Response:
        """CopyFile."""
        with Toll(request._request, caller_of(request).claims) as toll:
            wanted, key = decode(request.data or b"{}", schemas.ChangeFile), keyed(request)
            caller = toll.let_in(key)

        def copy(copy_id: uuid.UUID) -> Reply:
            place = Change(wanted.name, wanted.folder)
            return Reply(201, _file(caller, copy_file(caller, file_id, place, object_store(), copy_id)))

        return answered(claimed(caller, key, copy))


class RestoreView(OperationView):
    """`/files/{id}/restore`."""

    def post(self, request: Request, file_id: uuid.UUID) -> Response:
        """RestoreFile."""
        caller = caller_of(request)

        def restore() -> Reply:
            return Reply(200, _file(caller, trash.restore_file(caller, file_id)))

        return answered(once(caller, keyed(request), restore))


class TrashView(OperationView):
    """`/trash`."""

    def get(self, request: Request) -> Response:
        """ListTrash."""
        caller, query = caller_of(request), request.query_params
        listing = Listing(caller.claims.app, f"trash:{caller.claims.prefix}")
        rows, following = trash.list_trash(caller, listing.cursor(query.get("cursor")), page_limit(query.get("limit")))
        with tenant_scope(caller.claims.tenant):
            found = [answering.file(stored, path_of(stored.folder)) for stored in rows]
        return unless_known(request, answers.TrashPage(found, listing.text(following)))


class SignedUrlView(OperationView):
    """`/files/{id}/signed-url`."""

    def post(self, request: Request, file_id: uuid.UUID) -> Response:
        """GetSignedUrl."""
        return answered(signed_url(request._request, caller_of(request), file_id, request.data))


class SignedUrlBatchView(BatchView):
    """`/files/batch/signed-url`."""

    def post(self, request: Request) -> Response:
        """GetSignedUrlBatch."""
        return answer_all(request, schemas.SignUrlItem, sign_all)


def page_of(caller: Caller, query: Mapping[str, str]) -> answers.Page:
    """List, of a caller whom the gate let in. Raises Problem."""
    path, wish = folder_path(query.get("folder", ""), "/folder"), wish_from(query)
    listing = Listing(caller.claims.app, path, wish)
    page = files.list_files(caller, path, listing.cursor(query.get("cursor")), page_limit(query.get("limit")), wish)
    inside = f"{path}/" if path else ""
    return answers.Page(
        folders=[answering.folder(folder, inside + folder.name) for folder in page.folders],
        files=[answering.listed(stored, inside) for stored in page.files],
        next_cursor=listing.text(page.next),
    )


def signed_url(request: Asked | HttpRequest, caller: Caller, file_id: uuid.UUID, body: Any) -> Reply:
    """GetSignedUrl, of a caller whom the gate let in. Raises Problem."""
    wanted = decode(body or b"{}", schemas.SignUrl)
    return sign(caller, file_id, wanted, keyed_with(request, body))


def sign(caller: Caller, file_id: uuid.UUID, wanted: schemas.SignUrl, key: Keyed | None) -> Reply:
    """GetSignedUrl under a key: what is kept is that it was given, so a replay is a new link, on the record again."""

    def give() -> Reply:
        signed = files.sign_url(caller, file_id, wanted.area())
        return Reply(200, answers.SignedUrl(signed.url, signed.expires_at), kept={"file": str(file_id)})

    return once(caller, key, give, lambda kept: replace(give(), replayed=kept.replayed))


def sign_all(caller: Caller, wanted: list[tuple[schemas.SignUrlItem, Keyed | None]]) -> list[Reply | Problem]:
    """GetSignedUrl of each. The call's key is enough for all: nothing is kept of a link but that it was given."""
    links = files.sign_urls(caller, [(uuid.UUID(item.id), item.area()) for item, _key in wanted])
    return [
        link if isinstance(link, Problem) else Reply(200, answers.SignedUrl(link.url, link.expires_at))
        for link in links
    ]


def _file(caller: Caller, stored: StoredFile) -> answers.File:
    with tenant_scope(caller.claims.tenant):
        return answering.file(stored, path_of(stored.folder))
