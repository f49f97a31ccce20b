"""Putting a clean upload, or a copy of a file, into its folder under a free name."""

import datetime as dt
import uuid

from kernel import clock
from quotas.models import Reservation
from storage import names
from storage.models import Folder, StoredFile, Upload


def file_available(upload: Upload, etag: str) -> StoredFile:
    """The file that came of a clean upload, made once. Two photos of one name both stay: `IMG_1 (2).jpg`."""
    existing: StoredFile | None = StoredFile.objects.filter(pk=upload.pk).first()
    return existing or _create(upload, etag)


def file_copy(
    source: StoredFile,
    copy_id: uuid.UUID,
    *,
    etag: str,
    folder: Folder | None,
    name: str,
    labels: dict[str, str],
    reservation: Reservation,
    created_by: str,
) -> StoredFile:
    """The row of a copy, whose names must be locked. It is as old as its source: copying doesn't prolong keeping."""
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
        delete_at=source.delete_at,
    )
    return copied


def _create(upload: Upload, etag: str) -> StoredFile:
    names.lock(upload.app_id, upload.folder_id)
    stored: StoredFile = StoredFile.objects.create(
        id=upload.id,
        tenant_id=upload.tenant_id,
        app_id=upload.app_id,
        folder_id=upload.folder_id,
        reservation=upload.reservation,
        name=names.free(upload.app_id, upload.folder_id, upload.name),
        size=upload.actual_size or upload.declared_size,
        content_type=upload.content_type,
        labels=upload.labels,
        etag=etag,
        created_by=upload.started_by,
        delete_at=clock.now() + dt.timedelta(days=upload.keep_days) if upload.keep_days else None,
    )
    return stored
