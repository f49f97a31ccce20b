"""One view an operation: parse, call, answer."""

import uuid
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from admission.gate import Admitted
from gateway import files, folders, uploads
from gateway.api import schemas
from gateway.api.pagination import cursor_from, cursor_text, page_limit
from gateway.api.parsing import decode
from gateway.callers import Caller
from kernel.object_keys import Area
from storage import folders as stored_folders
from storage.models import StoredFile, Upload
from storage.object_store import object_store
from tenancy.scoping import tenant_scope


class OperationView(APIView):
    """What all operations share: the rate headers on every answer."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add the headers of the layer that admitted the request."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        admitted: Admitted | None = getattr(request._request, "admitted", None)
        if admitted is not None:
            answer["X-RateLimit-Limit"] = str(admitted.limit)
            answer["X-RateLimit-Remaining"] = str(admitted.remaining)
            answer["X-RateLimit-Reset"] = str(admitted.reset_seconds)
        return answer


class FoldersView(OperationView):
    """`/folders`."""

    def post(self, request: Request) -> Response:
        """CreateFolder."""
        wanted = decode(request.data, schemas.CreateFolder)
        folder, path, is_new = folders.create_folder(_caller(request), wanted.path)
        return Response(schemas.folder_json(folder, path), status=201 if is_new else 200)


class UploadsView(OperationView):
    """`/uploads`."""

    def post(self, request: Request) -> Response:
        """UploadStart."""
        wanted = decode(request.data, schemas.StartUpload)
        announced = uploads.UploadRequest(wanted.path, wanted.size, wanted.content_type, wanted.sha256, wanted.metadata)
        upload, form = uploads.start_upload(_caller(request), announced)
        return Response(schemas.started_json(upload, form), status=201)


class UploadView(OperationView):
    """`/uploads/{id}`."""

    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        """Where an upload stands."""
        caller = _caller(request)
        return Response(_upload(caller, uploads.find_upload(caller, upload_id)))


class CompleteView(OperationView):
    """`/uploads/{id}/complete`."""

    def post(self, request: Request, upload_id: uuid.UUID) -> Response:
        """UploadComplete."""
        caller = _caller(request)
        return Response(_upload(caller, uploads.complete_upload(caller, upload_id, object_store())), status=202)


class AbortView(OperationView):
    """`/uploads/{id}/abort`."""

    def post(self, request: Request, upload_id: uuid.UUID) -> Response:
        """The client gives up."""
        caller = _caller(request)
        return Response(_upload(caller, uploads.abort_upload(caller, upload_id, object_store())))


class FilesView(OperationView):
    """`/files`."""

    def get(self, request: Request) -> Response:
        """List."""
        query = request.query_params
        path, page = files.list_files(
            _caller(request),
            query.get("folder", ""),
            cursor_from(query.get("cursor")),
            page_limit(query.get("limit")),
        )
        inside = f"{path}/" if path else ""
        return Response(
            {
                "folders": [schemas.folder_json(folder, inside + folder.name) for folder in page.folders],
                "files": [schemas.file_json(stored, path) for stored in page.files],
                "next_cursor": cursor_text(page.next),
            }
        )


class SignedUrlView(OperationView):
    """`/files/{id}/signed-url`."""

    def post(self, request: Request, file_id: uuid.UUID) -> Response:
        """GetSignedUrl."""
        wanted = decode(request.data or b"{}", schemas.SignUrl)
        area = Area.THUMBS if wanted.variant == "thumbnail" else Area.FILES
        signed = files.sign_url(_caller(request), file_id, area)
        return Response({"url": signed.url, "expires_at": signed.expires_at})


def _caller(request: Request | HttpRequest) -> Caller:
    caller = request.user
    if not isinstance(caller, Caller):
        raise TypeError("An operation runs only for an admitted caller.")
    return caller


def _upload(caller: Caller, upload: Upload) -> dict[str, Any]:
    """The upload with its file, once there is one."""
    with tenant_scope(caller.claims.tenant):
        stored = StoredFile.objects.filter(pk=upload.pk).select_related("folder").first()
        file_json = schemas.file_json(stored, stored_folders.path_of(stored.folder)) if stored else None
    return schemas.upload_json(upload, file_json)
