"""Every operation of the API, each told once as a plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

from gatehouse.batches import batch
from gatehouse.calls import Calls
from gatehouse.multipart import sign_parts
from gatehouse.problems import GatehouseProblem
from gatehouse.steps import Plan
from gatehouse.values import (
    Folder,
    ItemResult,
    Page,
    SignedParts,
    SignedUrl,
    StartedUpload,
    StoredFile,
    StoredPart,
    StoredParts,
    TrashPage,
    Upload,
)

Variant: TypeAlias = Literal["original", "thumbnail"]


class PageWish(TypedDict, total=False):
    """Which page of which folder. `prefix`: what names begin with."""

    folder: str
    prefix: str | None
    sort: Literal["name", "-name", "created", "-created", "size", "-size"] | None
    cursor: str | None
    limit: int


class _Announced(TypedDict):
    path: str
    size: int
    content_type: str


class Announced(_Announced, total=False):
    """A file that is to be uploaded. Size in bytes. `multipart` wishes for parts, for 5 MiB and more."""

    sha256: str
    metadata: Mapping[str, str]
    multipart: bool


class Operations:
    """The plans behind both clients; their words for people are at the clients' methods."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create_folder(self, path: str) -> Plan[Folder]:
        """POST /folders."""
        return self._calls.do(Folder, "POST", "/folders", {"path": path})

    def create_folders(self, paths: Iterable[str]) -> Plan[list[ItemResult[Folder]]]:
        """POST /folders/batch."""
        return batch(self._calls, Folder, "/folders/batch", [{"path": path} for path in paths])

    def change_folder(self, folder_id: str, name: str | None, parent: str | None) -> Plan[Folder]:
        """PATCH /folders/{id}."""
        return self._calls.do(Folder, "PATCH", f"/folders/{folder_id}", {"name": name, "parent": parent})

    def delete_folder(self, folder_id: str) -> Plan[Any]:
        """DELETE /folders/{id}."""
        return self._calls.raw("DELETE", f"/folders/{folder_id}")

    def upload_start(self, announced: Announced) -> Plan[StartedUpload]:
        """POST /uploads."""
        return self._calls.do(StartedUpload, "POST", "/uploads", announced)

    def upload_start_many(self, announced: Sequence[Announced]) -> Plan[list[ItemResult[StartedUpload]]]:
        """POST /uploads/batch."""
        return batch(self._calls, StartedUpload, "/uploads/batch", announced)

    def upload_complete(self, upload_id: str) -> Plan[Upload]:
        """POST /uploads/{id}/complete."""
        return self._calls.do(Upload, "POST", f"/uploads/{upload_id}/complete")

    def upload_complete_many(self, upload_ids: Iterable[str]) -> Plan[list[ItemResult[Upload]]]:
        """POST /uploads/batch/complete."""
        return batch(self._calls, Upload, "/uploads/batch/complete", [{"id": upload_id} for upload_id in upload_ids])

    def upload_state(self, upload_id: str) -> Plan[Upload]:
        """GET /uploads/{id}."""
        return self._calls.get(Upload, f"/uploads/{upload_id}")

    def sign_parts(self, upload_id: str, numbers: Sequence[int]) -> Plan[SignedParts]:
        """POST /uploads/{id}/parts."""
        return sign_parts(self._calls, upload_id, numbers)

    def uploaded_parts(self, upload_id: str) -> Plan[tuple[StoredPart, ...]]:
        """GET /uploads/{id}/parts."""
        stored = yield from self._calls.get(StoredParts, f"/uploads/{upload_id}/parts")
        return stored.parts

    def page(self, wish: PageWish) -> Plan[Page]:
        """GET /files."""
        page = yield from self.changed_page("", wish)
        if page is None:
            raise GatehouseProblem({"code": "INTERNAL"})
        return page

    def changed_page(self, etag: str, wish: PageWish) -> Plan[Page | None]:
        """GET /files, with If-None-Match."""
        return self._calls.get_changed(Page, "/files", etag, **wish)

    def walk(self, wish: PageWish) -> Iterator[Plan[Page]]:
        """GET /files, as often as there are pages; each plan is to be run before the next is taken."""
        cursors: list[str | None] = [wish.get("cursor")]

        def turn() -> Plan[Page]:
            page = yield from self.page({**wish, "cursor": cursors.pop()})
            if page.next_cursor is not None:
                cursors.append(page.next_cursor)
            return page

        while cursors:
            yield turn()

    def file(self, file_id: str) -> Plan[StoredFile]:
        """GET /files/{id}."""
        return self._calls.get(StoredFile, f"/files/{file_id}")

    def change_file(self, file_id: str, name: str | None, folder: str | None) -> Plan[StoredFile]:
        """PATCH /files/{id}."""
        return self._calls.do(StoredFile, "PATCH", f"/files/{file_id}", {"name": name, "folder": folder})

    def copy_file(self, file_id: str, name: str | None, folder: str | None) -> Plan[StoredFile]:
        """POST /files/{id}/copy."""
        return self._calls.do(StoredFile, "POST", f"/files/{file_id}/copy", {"name": name, "folder": folder})

    def delete_file(self, file_id: str) -> Plan[StoredFile]:
        """DELETE /files/{id}."""
        return self._calls.do(StoredFile, "DELETE", f"/files/{file_id}")

    def restore_file(self, file_id: str) -> Plan[StoredFile]:
        """POST /files/{id}/restore."""
        return self._calls.do(StoredFile, "POST", f"/files/{file_id}/restore")

    def trash(self, cursor: str | None, limit: int) -> Plan[TrashPage]:
        """GET /trash."""
        return self._calls.get(TrashPage, "/trash", cursor=cursor, limit=limit)

    def signed_url(self, file_id: str, variant: str) -> Plan[SignedUrl]:
        """POST /files/{id}/signed-url."""
        return self._calls.do(SignedUrl, "POST", f"/files/{file_id}/signed-url", {"variant": variant})

    def signed_urls(self, items: Iterable[tuple[str, str]]) -> Plan[list[ItemResult[SignedUrl]]]:
        """POST /files/batch/signed-url."""
        wanted = [{"id": file_id, "variant": variant} for file_id, variant in items]
        return batch(self._calls, SignedUrl, "/files/batch/signed-url", wanted)
