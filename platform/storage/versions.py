"""Replaced files: each waits as an older version for as long as the trash keeps things, the template's number at most.

An older version is a file in the trash that names the file in whose place it was. So whatever hides, keeps, frees and
deletes the trash does the same with versions: there is one rule for both.
"""

import datetime as dt
import uuid

from django.db.models import QuerySet

from storage.models import StoredFile, Upload


def put_away(upload: Upload, now: dt.datetime) -> None:
    """Make the file that this upload replaces, and all that it had replaced, older versions of the upload's file.

    One that is gone or in the trash by now stays there. Those beyond the template's number may go at once. The
    folder's names must be locked.
    """
    replaced = StoredFile.objects.select_for_update().filter(pk=upload.replaces, app_id=upload.app_id, trashed_at=None)
    if not replaced:
        return
    wishes = upload.wishes
    StoredFile.objects.filter(version_of=upload.replaces).update(version_of=upload.pk)
    replaced.update(version_of=upload.pk, trashed_at=now, purge_at=now + dt.timedelta(days=wishes.version_days))
    beyond = list(versions_of(upload.pk).values_list("pk", flat=True)[wishes.versions :])
    StoredFile.objects.filter(pk__in=beyond).update(purge_at=now)


def versions_of(file_id: uuid.UUID) -> "QuerySet[StoredFile]":
    """The older versions of a file, the newest first. Must run in the tenant's scope."""
    rows: QuerySet[StoredFile] = StoredFile.objects.filter(version_of=file_id).order_by("-trashed_at", "-id")
    return rows
