"""Putting a clean upload, or a copy of a file, into its folder under a free name."""

import uuid

from kernel import clock
from policy.lifetimes import Rules, archive_at, delete_at, retained_until
from quotas.models import Reservation
from storage import names, versions
from storage.models import Folder, StoredFile, Upload


def file_available(upload: Upload, etag: str, size: int) -> StoredFile:
    """The file that came of a clean upload, made once. Two photos of one name both stay: `IMG_1 (2).jpg`.

    Its size, in bytes, is what is stored: less than what came where a picture was made smaller.
    """
    existing: StoredFile | None = StoredFile.objects.filter(pk=upload.pk).first()
    return existing or _create(upload, etag, size)


def file_copy(
    source: StoredFile,
    copy_id: uuid.UUID,
    *,
    etag: str,
    folder: Folder | None,
    name: str,
    labels: dict[str, str],
    rules: Rules | None,
    reservation: Reservation,
    created_by: str,
) -> StoredFile:
    """The row of a copy, whose names must be locked. It is as old as its source: copying doesn't prolong keeping.

    With `rules`, since its labels are others than its source's, it stays by these.
    """
    copied: StoredFile = StoredFile.objects.create(
        id=copy_id,
        tenant_id=source.tenant_id,
        app_id=source.app_id,
        folder=folder,
        reservation=reservation,
        name=name,
        size=source.size,
        content_type=source.content_type,
        labels=labels,
        etag=etag,
        created_by=created_by,
        created_at=source.created_at,
        delete_at=delete_at(source.created_at, rules) if rules else source.delete_at,
        archive_at=archive_at(source.created_at, rules) if rules else source.archive_at,
        retained_until=retained_until(source.created_at, rules) if rules else source.retained_until,
        encryption_key=source.encryption_key,
    )
    return copied


def _create(upload: Upload, etag: str, size: int) -> StoredFile:
    now, rules = clock.now(), upload.wishes.rules_for(upload.labels, upload.keep_days)
    names.lock(upload.app_id, upload.folder_id)
    if upload.wishes.replace:
        versions.put_away(upload, now)
    stored: StoredFile = StoredFile.objects.create(
        id=upload.id,
        tenant_id=upload.tenant_id,
        app_id=upload.app_id,
        folder_id=upload.folder_id,
        reservation=upload.reservation,
        name=names.free(upload.app_id, upload.folder_id, upload.name),
        size=size,
        content_type=upload.content_type,
        labels=upload.labels,
        etag=etag,
        created_by=upload.started_by,
        created_at=now,
        delete_at=delete_at(now, rules),
        archive_at=archive_at(now, rules),
        retained_until=retained_until(now, rules),
        encryption_key=upload.encryption_key,
    )
    return stored
