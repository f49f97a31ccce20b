"""The client for threads."""

import os
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self, TypeVar, Unpack

import httpx2

from gatehouse.calls import Calls
from gatehouse.operations import Announced, Operations, PageWish, Variant
from gatehouse.resuming import ResumeMemory, ResumeStore
from gatehouse.retries import RETRY_DELAYS_S, OnWait, RetryPolicy
from gatehouse.running import TIMEOUT, Runner
from gatehouse.steps import Plan
from gatehouse.tokens import TokenCallback, Tokens
from gatehouse.uploads import PARTS_ABOVE_BYTES, More, OnFileProgress, Uploading, wish_for, wishes_for
from gatehouse.values import (
    Folder,
    ItemResult,
    Page,
    SignedParts,
    SignedUrl,
    StartedUpload,
    StoredFile,
    StoredPart,
    TrashPage,
    Upload,
)

T = TypeVar("T")


class Gatehouse:
    """The operations of the API, for one app. Threads may share one client.

    `tokens` gives a token, or a token answer with its lifetime; it is called with the token that was just refused, or
    with nothing to say (""). `on_wait` is told before each wait: seconds, and the problem. `parts_above`: files of more
    bytes go in parts, where the server takes parts. `http`: a client of your own, with your proxies and certificates.
    """

    def __init__(
        self,
        api: str,
        tokens: TokenCallback,
        *,
        delays: Sequence[float] = RETRY_DELAYS_S,
        on_wait: OnWait | None = None,
        resume_store: ResumeStore | None = None,
        parts_above: int = PARTS_ABOVE_BYTES,
        http: httpx2.Client | None = None,
    ) -> None:
        calls = Calls(api, RetryPolicy(delays, on_wait))
        self._operations = Operations(calls)
        self._uploading = Uploading(calls, resume_store or ResumeMemory(), parts_above)
        self._owns_http = http is None
        self._http = http or httpx2.Client(timeout=TIMEOUT)
        self._runner = Runner(Tokens(tokens), self._http)

    def close(self) -> None:
        """Close the connections; a client that was handed in stays open."""
        if self._owns_http:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def create_folder(self, path: str) -> Folder:
        """Make a folder, or find the one that is there."""
        return self._run(self._operations.create_folder(path))

    def create_folders(self, paths: Iterable[str]) -> list[ItemResult[Folder]]:
        """Make many at once; each has its own result."""
        return self._run(self._operations.create_folders(paths))

    def change_folder(self, folder_id: str, *, name: str | None = None, parent: str | None = None) -> Folder:
        """Rename or move."""
        return self._run(self._operations.change_folder(folder_id, name, parent))

    def delete_folder(self, folder_id: str) -> None:
        """Delete an empty one. Raises GatehouseProblem FOLDER_NOT_EMPTY."""
        self._run(self._operations.delete_folder(folder_id))

    def upload(self, file: str | os.PathLike[str] | bytes, path: str | None = None, **more: Unpack[More]) -> Upload:
        """Announce a file, send it to storage, have it verified; in parts above `parts_above`.

        Returns when it arrived; whether it is safe is told by `settled`. A problem after the bytes arrived carries
        `upload_id`. A file in parts that failed is gone on with by the next call for the same file.
        """
        return self._run(self._uploading.upload(wish_for(file, path, **more)))

    def upload_many(
        self, files: Iterable[str | os.PathLike[str]], folder: str = "", *, on_progress: OnFileProgress | None = None
    ) -> list[ItemResult[Upload]]:
        """Upload files together, small ones in batches; each has its own result."""
        return self._run(self._uploading.upload_many(wishes_for(files, folder, on_progress)))

    def settled(self, upload_id: str) -> Upload:
        """Wait for the end of the scan."""
        return self._run(self._uploading.settled(upload_id))

    def upload_start(self, **announced: Unpack[Announced]) -> StartedUpload:
        """Announce a file; the answer holds what storage will take."""
        return self._run(self._operations.upload_start(announced))

    def upload_start_many(self, announced: Sequence[Announced]) -> list[ItemResult[StartedUpload]]:
        """Announce many at once; each has its own result."""
        return self._run(self._operations.upload_start_many(announced))

    def upload_complete(self, upload_id: str) -> Upload:
        """Say that the bytes were sent; the server looks for itself."""
        return self._run(self._operations.upload_complete(upload_id))

    def upload_complete_many(self, upload_ids: Iterable[str]) -> list[ItemResult[Upload]]:
        """Say it of many at once; each has its own result."""
        return self._run(self._operations.upload_complete_many(upload_ids))

    def upload_state(self, upload_id: str) -> Upload:
        """Where an upload stands."""
        return self._run(self._operations.upload_state(upload_id))

    def abort(self, upload_id: str) -> Upload:
        """Give an upload up; its space is free again."""
        return self._run(self._uploading.abort(upload_id))

    def sign_parts(self, upload_id: str, numbers: Sequence[int]) -> SignedParts:
        """Fresh addresses for up to 100 parts."""
        return self._run(self._operations.sign_parts(upload_id, numbers))

    def uploaded_parts(self, upload_id: str) -> tuple[StoredPart, ...]:
        """The parts that storage has."""
        return self._run(self._operations.uploaded_parts(upload_id))

    def page(self, **wish: Unpack[PageWish]) -> Page:
        """One page of a folder."""
        return self._run(self._operations.page(wish))

    def changed_page(self, etag: str, **wish: Unpack[PageWish]) -> Page | None:
        """One page of a folder, or None where nothing changed since the ETag."""
        return self._run(self._operations.changed_page(etag, wish))

    def files(self, **wish: Unpack[PageWish]) -> Iterator[StoredFile]:
        """Every file of a folder, page after page."""
        for turn in self._operations.walk(wish):
            yield from self._run(turn).files

    def file(self, file_id: str) -> StoredFile:
        """One file's facts."""
        return self._run(self._operations.file(file_id))

    def change_file(self, file_id: str, *, name: str | None = None, folder: str | None = None) -> StoredFile:
        """Rename or move."""
        return self._run(self._operations.change_file(file_id, name, folder))

    def copy_file(self, file_id: str, *, name: str | None = None, folder: str | None = None) -> StoredFile:
        """Make a second one."""
        return self._run(self._operations.copy_file(file_id, name, folder))

    def delete_file(self, file_id: str) -> StoredFile:
        """Put it into the trash."""
        return self._run(self._operations.delete_file(file_id))

    def restore_file(self, file_id: str) -> StoredFile:
        """Take it out of the trash."""
        return self._run(self._operations.restore_file(file_id))

    def trash(self, cursor: str | None = None, limit: int = 50) -> TrashPage:
        """One page of the trash."""
        return self._run(self._operations.trash(cursor, limit))

    def signed_url(self, file_id: str, variant: Variant = "original") -> SignedUrl:
        """A link that opens one file for about a minute."""
        return self._run(self._operations.signed_url(file_id, variant))

    def signed_urls(self, file_ids: Iterable[str], variant: Variant = "original") -> list[ItemResult[SignedUrl]]:
        """Links for many at once; each has its own result."""
        return self._run(self._operations.signed_urls((file_id, variant) for file_id in file_ids))

    def _run(self, plan: Plan[T]) -> T:
        return self._runner.run(plan)
