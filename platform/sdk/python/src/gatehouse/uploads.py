"""Uploads: announced, sent straight to storage, verified, waited for."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypedDict, Unpack

from gatehouse.batches import batch
from gatehouse.calls import Calls
from gatehouse.multipart import Begun, begun, send_parts
from gatehouse.problems import GatehouseProblem
from gatehouse.resuming import ResumeState, ResumeStore
from gatehouse.sources import Source, source_of, type_of
from gatehouse.steps import Plan, Together, Wait
from gatehouse.transfers import OnProgress, Progress, one_by_one, send_form
from gatehouse.values import ItemResult, PartPlan, StartedUpload, Upload, UploadForm

ON_ITS_WAY = frozenset({"started", "received", "scanning"})
OnFileProgress: TypeAlias = Callable[[Path, int, int], None]
PARTS_ABOVE_BYTES = 8_000_000
_FIRST_LOOK_S, _LAST_LOOK_S = 0.3, 5.0
_FORMS_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadWish:
    """A file and what is said about it before any byte is sent. `resume_key` tells it from other files."""

    source: Source
    path: str
    content_type: str
    metadata: Mapping[str, str] | None = None
    sha256: str | None = None
    on_progress: OnProgress | None = None
    parallel: int = 4
    resume_key: str

    def announced(self) -> dict[str, object]:
        """What the server is told."""
        told = {"path": self.path, "size": self.source.size, "content_type": self.content_type}
        more = {"metadata": self.metadata, "sha256": self.sha256}
        return told | {name: value for name, value in more.items() if value}


class More(TypedDict, total=False):
    """What may be said about a file, beside its path. `sha256`: 64 hex digits; storage and server then check it."""

    content_type: str
    metadata: Mapping[str, str]
    sha256: str
    on_progress: OnProgress
    parallel: int
    resume_key: str


def wish_for(file: str | os.PathLike[str] | bytes, path: str | None = None, **more: Unpack[More]) -> UploadWish:
    """What is to be uploaded: a file on disk or bytes, under a path inside the app. Raises ValueError without one."""
    source = source_of(file)
    path = path or source.name
    if not path:
        raise ValueError("Bytes have no name: say under which path they go.")
    told: More = {"content_type": type_of(path), "resume_key": source.key, **more}
    return UploadWish(source=source, path=path, **told)


def wishes_for(
    files: Iterable[str | os.PathLike[str]], folder: str, on_progress: OnFileProgress | None
) -> list[UploadWish]:
    """Files on disk that go into one folder under their own names."""
    wishes = []
    for file in files:
        path = f"{folder}/{Path(file).name}" if folder else Path(file).name
        told: More = {"on_progress": partial(on_progress, Path(file))} if on_progress else {}
        wishes.append(wish_for(file, path, **told))
    return wishes


class Uploading:
    """What one client knows about uploading: where begun ones are remembered, and whether the server takes parts."""

    def __init__(self, calls: Calls, store: ResumeStore, parts_above: int) -> None:
        self._calls = calls
        self._store = store
        self._parts_above = parts_above
        self._takes_parts = True

    def upload(self, wish: UploadWish) -> Plan[Upload]:
        """Announce, send, have it verified; in parts if it is large. A cancelled or refused form gives its space back.

        What arrived of a file in parts is kept for the next try, whatever ended this one.
        """
        if wish.source.size > self._parts_above and self._takes_parts:
            arrived = yield from self._in_parts(wish)
            if arrived is not None:
                return arrived
        started = yield from self._calls.do(StartedUpload, "POST", "/uploads", wish.announced())
        self._takes_parts = self._takes_parts and wish.source.size <= self._parts_above
        yield from self._send_form(started, wish)
        return (yield from self._complete(started.id))

    def upload_many(self, wishes: Sequence[UploadWish]) -> Plan[list[ItemResult[Upload]]]:
        """Small files announced and verified together, large ones one after another. Each has its own result."""
        small = [wish for wish in wishes if wish.source.size <= self._parts_above]
        results = dict(zip(map(id, small), (yield from self._together(small)), strict=True))
        for wish in wishes:
            if id(wish) not in results:
                results[id(wish)] = yield from _outcome(self.upload(wish))
        return [results[id(wish)] for wish in wishes]

    def settled(self, upload_id: str) -> Plan[Upload]:
        """The upload once it has ended; looks ever less often."""
        pause = _FIRST_LOOK_S
        while True:
            upload = yield from self._calls.get(Upload, f"/uploads/{upload_id}")
            if upload.state not in ON_ITS_WAY:
                return upload
            yield Wait(pause)
            pause = min(pause * 1.5, _LAST_LOOK_S)

    def abort(self, upload_id: str) -> Plan[Upload]:
        """Give an upload up; its space is free again."""
        return self._calls.do(Upload, "POST", f"/uploads/{upload_id}/abort")

    def _in_parts(self, wish: UploadWish) -> Plan[Upload | None]:
        """None where the server takes forms alone."""
        key = f"{wish.path}:{wish.resume_key}"
        earlier = yield from begun(self._calls, self._store, key)
        if isinstance(earlier, Upload):
            self._store.delete(key)
            return earlier
        upload = earlier or (yield from self._start_parts(wish))
        if upload is None:
            return None
        self._store.set(key, upload.state)
        progress = Progress(wish.source.size, wish.on_progress)
        yield from send_parts(self._calls, upload, wish.source, progress, wish.parallel)
        arrived = yield from self._complete(upload.state.id)
        self._store.delete(key)
        return arrived

    def _start_parts(self, wish: UploadWish) -> Plan[Begun | None]:
        """A server that knows no parts refuses the wish as unknown, or answers with a form, which is then not used."""
        announced = {**wish.announced(), "multipart": True}
        try:
            started = yield from self._calls.do(StartedUpload, "POST", "/uploads", announced)
        except GatehouseProblem as problem:
            if problem.code != "VALIDATION":
                raise
            return None
        plan = started.upload
        if isinstance(plan, PartPlan):
            state = ResumeState(started.id, wish.source.size, plan.part_size, plan.part_count)
            return Begun(state, parts=plan.parts)
        yield from self.abort(started.id)
        return None

    def _send_form(self, started: StartedUpload, wish: UploadWish) -> Plan[None]:
        if not isinstance(started.upload, UploadForm):
            raise GatehouseProblem({"code": "INTERNAL"})
        progress = Progress(wish.source.size, wish.on_progress)
        try:
            yield from send_form(started.upload, wish.source, self._calls.policy, progress)
        except BaseException:
            yield from _outcome(self.abort(started.id))
            raise

    def _complete(self, upload_id: str) -> Plan[Upload]:
        try:
            return (yield from self._calls.do(Upload, "POST", f"/uploads/{upload_id}/complete"))
        except GatehouseProblem as problem:
            problem.upload_id = upload_id
            raise

    def _together(self, wishes: Sequence[UploadWish]) -> Plan[list[ItemResult[Upload]]]:
        announced = [wish.announced() for wish in wishes]
        started = yield from batch(self._calls, StartedUpload, "/uploads/batch", announced)
        results: list[ItemResult[Upload]] = [ItemResult(problem=one.problem) for one in started]
        waiting = deque(index for index, one in enumerate(started) if one.value is not None)
        sent: list[int] = []

        def run() -> Plan[None]:
            for index in one_by_one(waiting):
                sending = yield from _outcome(self._send_form(started[index].unwrap(), wishes[index]))
                results[index] = ItemResult(problem=sending.problem)
                if sending.problem is None:
                    sent.append(index)

        yield Together([run() for _ in range(min(_FORMS_AT_ONCE, len(waiting)))], waiting.clear)
        items = [{"id": started[index].unwrap().id} for index in sent]
        ends = yield from batch(self._calls, Upload, "/uploads/batch/complete", items)
        for index, item, end in zip(sent, items, ends, strict=True):
            if end.problem is not None:
                end.problem.upload_id = item["id"]
            results[index] = end
        return results


def _outcome(plan: Plan[Upload] | Plan[None]) -> Plan[ItemResult[Upload]]:
    """How the plan ends, as a value."""
    try:
        return ItemResult((yield from plan))
    except GatehouseProblem as problem:
        return ItemResult(problem=problem)
