"""What a bucket that keeps versions hides below its objects: leftovers that go, and files that come back.

A version stays behind where a deletion was cut off or an object was written twice. A mark of deletion above a file's
bytes is somebody's who deleted past Gatehouse, with storage's own keys.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from itertools import islice

from kernel import clock
from kernel.object_keys import Area, ObjectKey
from lifecycle.findings import Finding, Kind
from storage.inventory import Inventory
from storage.models import HeldObject, StoredFile, Upload
from storage.object_versions import ObjectVersion
from storage.states import IN_FLIGHT, UploadState
from tenancy.scoping import tenant_scope

PAGE = 1_000


def hidden_versions(held: Inventory, tenant_id: uuid.UUID, before: dt.datetime, *, repair: bool) -> Iterator[Finding]:
    """One tenant's; with `repair` leftovers are deleted and files are brought back, unless storage's lock forbids."""
    versions = held.hidden(tenant_id)
    while page := list(islice(versions, PAGE)):
        etags, awaited, held_by_us = _known(tenant_id, page)
        for version in page:
            key = ObjectKey.parse(version.key)
            if key is None or version.modified >= before or key.name in awaited:
                continue
            kind = _judged(held, version, etags.get(key.name) if key.area == Area.FILES else None)
            if kind is not None:
                is_kept = repair and not held.remove(version)
                if is_kept and key.name in held_by_us:
                    continue
                yield Finding(Kind.KEPT if is_kept else kind, version.key, version.size)


def _known(
    tenant_id: uuid.UUID, page: list[ObjectVersion]
) -> tuple[dict[uuid.UUID, str], set[uuid.UUID], set[uuid.UUID]]:
    """Of the page's keys: the files' ETags, the uploads on their way, and what a hold or a retention of ours keeps."""
    keys = (ObjectKey.parse(version.key) for version in page)
    names = {key.name for key in keys if key is not None}
    with tenant_scope(tenant_id):
        etags = dict(StoredFile.objects.filter(pk__in=names).values_list("pk", "etag"))
        waiting = Upload.objects.filter(pk__in=names, state__in=[*IN_FLIGHT, UploadState.HELD])
        held = set(HeldObject.objects.filter(file_id__in=names).values_list("file_id", flat=True))
        kept = StoredFile.objects.filter(pk__in=names, retained_until__gt=clock.now()).values_list("pk", flat=True)
        return etags, set(waiting.values_list("pk", flat=True)), held | set(kept)


def _judged(held: Inventory, version: ObjectVersion, etag: str | None) -> Kind | None:
    """What is to become of it; a version that may be all that is left of a file is left alone.

    `etag` is that of the file whose bytes stand under this key, None where there is no such file.
    """
    if etag is None:
        return Kind.HIDDEN
    beside = held.versions(version.key)
    latest = beside[-1] if beside else version
    if latest.etag == etag:
        return Kind.HIDDEN if version.version_id != latest.version_id else None
    was_deleted = version.is_mark and version.version_id == latest.version_id
    return Kind.BROUGHT_BACK if was_deleted and any(other.etag == etag for other in beside) else None
