"""What happens to a file between its arrival and the moment when it can be opened, waits for a person, or is refused.

Storage and engines are never waited for inside a database transaction. Every step may be repeated: killed anywhere and
run again, by anyone and at the same time too, the same end is reached.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable

import structlog

from kernel import clock
from kernel.errors import UPLOAD_ALTERED, Problem
from policy.classification import is_protected
from scanning import holds, labelling, media, verdicts
from scanning.engines.port import Engine, Held, Rejected
from scanning.engines.registry import named
from scanning.outside.asking import outside_engines
from scanning.owner_notices import tell_of
from scanning.progress import Lease, in_hand
from scanning.quarantine import QuarantinedFile, fingerprint_of
from storage import transitions
from storage.grants import object_metadata, object_tags
from storage.models import Upload
from storage.object_store import Carried, ObjectChangedError, ObjectStore
from storage.states import UploadState
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope

GIVEN_UP_AFTER = dt.timedelta(hours=1)
"""How long an object may be missing from quarantine before the upload ends; storage may only be slow to show it."""

_SCANNER = system_principal("scanning")
_log = structlog.get_logger(__name__)


def scan_upload(
    store: ObjectStore, engines: Iterable[Engine], tenant_id: uuid.UUID, upload_id: uuid.UUID
) -> Upload | None:
    """Look at a received file with every engine that its policy names; file it where all find it clean, else not.

    Returns the upload as it stands then, None where this tenant has none of this id. Raises EngineUnavailableError
    and Problem STORAGE_UNAVAILABLE: the file then waits in `scanning` for the next attempt.
    """
    upload = _begin(tenant_id, upload_id)
    if upload is None:
        return None
    if upload.state == UploadState.SCANNING:
        upload = _judge(store, engines, upload)
    _clear(store, upload)
    return upload


def _begin(tenant_id: uuid.UUID, upload_id: uuid.UUID) -> Upload | None:
    """The upload, in `scanning` where it was received, else in whatever state it is."""
    with tenant_scope(tenant_id):
        try:
            return transitions.begin_scan(upload_id, actor=_SCANNER)
        except transitions.IllegalTransitionError:
            return _current(upload_id)
        except Upload.DoesNotExist:
            _log.warning("scan_refused", reason="this tenant has no such upload", upload=str(upload_id))
            return None


def _judge(store: ObjectStore, engines: Iterable[Engine], upload: Upload) -> Upload:
    with in_hand(upload.id) as lease, QuarantinedFile(store, upload) as file:
        return _judged(store, engines, upload, file, lease)


def _judged(
    store: ObjectStore, engines: Iterable[Engine], upload: Upload, file: QuarantinedFile, lease: Lease
) -> Upload:
    try:
        problem, doubts = _lost(store, upload), list[Problem]()
        if problem is None:
            problem, doubts = _examine(upload, file, engines, lease)
        if problem is None and doubts:
            return _set_aside(upload, file.fingerprint(), doubts)
        if problem is None:
            problem = media.refusal(upload, file)
        if problem is None:
            _label(upload)
            return _file_away(upload, *_bring_to_files(store, upload, file))
    except ObjectChangedError:
        problem = Problem(UPLOAD_ALTERED, name=upload.name)
    except media.UntreatableError as error:
        problem = error.problem
    return _refuse(upload, problem)


def _lost(store: ObjectStore, upload: Upload) -> Problem | None:
    """Whether there has been nothing to look at for so long that there never will be."""
    if clock.now() - upload.state_changed_at < GIVEN_UP_AFTER or store.head(upload.quarantine_key) is not None:
        return None
    return Problem(UPLOAD_ALTERED, name=upload.name)


def _examine(
    upload: Upload, file: QuarantinedFile, engines: Iterable[Engine], lease: Lease
) -> tuple[Problem | None, list[Problem]]:
    """Ask one engine after the other, and note what each says, until one refuses: its problem, and all doubts.

    A doubt that a person has decided about is none any more, as long as the bytes are those that they decided about.
    """
    doubts, release = list[Problem](), holds.latest_release(upload.tenant_id, upload.id)
    for engine in _asked(upload, engines, release.codes if release else ()):
        lease.step(engine.name)
        version, verdict = engine.version(), engine.examine(file)
        verdicts.keep(upload, engine.name, verdict.by or version, verdict)
        if isinstance(verdict, Rejected):
            return _as_problem(upload, verdict), doubts
        if isinstance(verdict, Held) and not (release and verdict.problem.code in release.codes):
            doubts.append(_as_problem(upload, verdict))
    expected = {release.sha256 if release else "", upload.declared_sha256 if upload.part_size else ""} - {""}
    if expected - {file.fingerprint()}:  # storage knows no checksum of what came in parts
        return Problem(UPLOAD_ALTERED, name=upload.name), doubts
    return None, doubts


def _asked(upload: Upload, engines: Iterable[Engine], released: Collection[str]) -> list[Engine]:
    """The policy's engines in its order, and last those that the workspace's owner wants asked about every file."""
    outside = outside_engines(upload, released)
    return named([*upload.engines, *(engine.check for engine in outside)], [*engines, *outside])


def _as_problem(upload: Upload, verdict: Held | Rejected) -> Problem:
    return Problem.of(verdict.problem, {"name": upload.name, **verdict.facts})


def _bring_to_files(store: ObjectStore, upload: Upload, file: QuarantinedFile) -> tuple[str, int]:
    """What was examined, or what its picture is to become, to where files stand: its ETag and its size in bytes."""
    made = media.treated(upload, file)
    if made is None:
        return _copy_to_files(store, upload, file), file.size
    etag = store.put(
        upload.file_key,
        made,
        upload.content_type,
        object_tags(upload),
        object_metadata(upload),
        encryption_key=upload.encryption_key,
    )
    return etag, len(made)


def _copy_to_files(store: ObjectStore, upload: Upload, file: QuarantinedFile) -> str:
    """Copy what was examined to where files stand; returns the copy's ETag. Raises ObjectChangedError.

    Two workers may copy at once; each verifies what then stands there. A twin sent in between those two moments
    would need an MD5 collision and both workers' timing, and is deleted by the one that finds it.
    """
    etag = store.copy(
        upload.quarantine_key,
        upload.etag,
        upload.file_key,
        object_tags(upload),
        encryption_key=upload.encryption_key,
        size=file.size,
        carrying=Carried(upload.content_type, object_metadata(upload)),
    )
    if fingerprint_of(store.read(upload.file_key, etag)) != file.fingerprint():
        store.delete(upload.file_key)
        raise ObjectChangedError
    return etag


def _label(upload: Upload) -> None:
    """Let the file carry what an owner released, and be protected so, before its object and its row are written."""
    release = holds.latest_release(upload.tenant_id, upload.id)
    labels = labelling.by_content(upload.labels, release.codes if release else ())
    if labels != upload.labels:
        upload.labels = labels
        if is_protected(labels):
            upload.encryption_key = upload.encryption_key or upload.wishes.protected_key
        with tenant_scope(upload.tenant_id):
            changed = {"labels": labels, "encryption_key": upload.encryption_key}
            Upload.objects.filter(pk=upload.pk).update(**changed)


def _file_away(upload: Upload, etag: str, size: int) -> Upload:
    with tenant_scope(upload.tenant_id):
        if _locked(upload).state == UploadState.SCANNING:
            transitions.make_available(upload.id, etag=etag, size=size, actor=_SCANNER)
        return _current(upload.id)


def _refuse(upload: Upload, problem: Problem) -> Upload:
    with tenant_scope(upload.tenant_id):
        if _locked(upload).state == UploadState.SCANNING:
            tell_of(transitions.reject(upload.id, problem, actor=_SCANNER))
        return _current(upload.id)


def _set_aside(upload: Upload, sha256: str, doubts: list[Problem]) -> Upload:
    """Let the upload wait for a person: they decide about all doubts, and read the first one first."""
    with tenant_scope(upload.tenant_id):
        if _locked(upload).state == UploadState.SCANNING:
            holds.hold(upload, sha256, doubts, actor=_SCANNER)
        return _current(upload.id)


def _clear(store: ObjectStore, upload: Upload) -> None:
    """Leave of an ended upload only what may stay; what was refused is nowhere."""
    if upload.state in {UploadState.AVAILABLE, UploadState.REJECTED}:
        store.delete(upload.quarantine_key)
    if upload.state == UploadState.REJECTED:
        store.delete(upload.file_key)


def _locked(upload: Upload) -> Upload:
    """The row as it is now, held until the transaction ends: another worker may have been faster."""
    locked: Upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    return locked


def _current(upload_id: uuid.UUID) -> Upload:
    current: Upload = Upload.objects.get(pk=upload_id)
    return current
