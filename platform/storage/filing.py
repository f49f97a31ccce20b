"""Putting a clean upload into its folder under a free name."""

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import PurePosixPath

from django.db import connection

from kernel import clock
from storage.models import StoredFile, Upload


def file_available(upload: Upload, etag: str) -> StoredFile:
    """The file that came of a clean upload, made once. Two photos of one name both stay: `IMG_1 (2).jpg`."""
    existing: StoredFile | None = StoredFile.objects.filter(pk=upload.pk).first()
    return existing or _create(upload, etag)


def _create(upload: Upload, etag: str) -> StoredFile:
    _lock_names(upload)
    stored: StoredFile = StoredFile.objects.create(
        id=upload.id,
        tenant_id=upload.tenant_id,
        app_id=upload.app_id,
        folder_id=upload.folder_id,
        reservation=upload.reservation,
        name=_free_name(upload),
        size=upload.actual_size or upload.declared_size,
        content_type=upload.content_type,
        labels=upload.labels,
        etag=etag,
        created_by=upload.started_by,
        delete_at=clock.now() + dt.timedelta(days=upload.keep_days) if upload.keep_days else None,
    )
    return stored


def _lock_names(upload: Upload) -> None:
    """Let one promotion at a time choose names in a folder; the lock ends with the transaction."""
    place = f"names:{upload.app_id}:{upload.folder_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [place])


def _free_name(upload: Upload) -> str:
    siblings = StoredFile.objects.filter(app_id=upload.app_id, folder_id=upload.folder_id)
    return next(name for name in _candidates(upload.name) if not siblings.filter(name=name).exists())


def _candidates(name: str) -> Iterator[str]:
    yield name
    suffix = PurePosixPath(name).suffix[:20]
    stem = name.removesuffix(suffix)
    for number in itertools.count(2):
        ending = f" ({number}){suffix}"
        yield stem[: 255 - len(ending)] + ending
