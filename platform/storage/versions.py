"""Replaced files: each waits as an older version for as long as the trash keeps things, the template's number at most.

An older version is a file in the trash that names the file in whose place it was. So whatever hides, keeps, frees and
deletes the trash does the same with versions: there is one rule for both.
"""

import datetime as dt
import uuid

from django.db.models import QuerySet

from storage.models import StoredFile, Upload


def put_away(upload: Upload, now: dt.datetime) -> None:
    """Make the file of the upload's name, and all that it had replaced, older versions of the upload's own file.

    Where no file has the name there is nothing to do. Versions beyond the template's number may go at once. The
    folder's names must be locked.
    """
    here = StoredFile.objects.select_for_update().filter(app_id=upload.app_id, folder_id=upload.folder_id)
    replaced = here.filter(name=upload.name, trashed_at=None).first()
    if replaced is None:
        return
    wishes = upload.wishes
    StoredFile.objects.filter(version_of=replaced.pk).update(version_of=upload.pk)
    replaced.version_of, replaced.trashed_at = upload.pk, now
    replaced.purge_at = now + dt.timedelta(days=wishes.version_days)
    replaced.save(update_fields=["version_of", "trashed_at", "purge_at"])
    beyond = list(versions_of(upload.pk).values_list("pk", flat=True)[wishes.versions :])
    StoredFile.objects.filter(pk__in=beyond).update(purge_at=now)
    Upload.objects.filter(pk=upload.pk).update(replaces=replaced.pk)


def versions_of(file_id: uuid.UUID) -> "QuerySet[StoredFile]":
    """The older versions of a file, the newest first. Must run in the tenant's scope."""
    rows: QuerySet[StoredFile] = StoredFile.objects.filter(version_of=file_id).order_by("-trashed_at", "-id")
    return rows
