"""Folder, Upload, StoredFile. A StoredFile exists only once its bytes were found clean: what has no row can't be read.

Names are data: no part of an object's key.
"""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from kernel import clock
from kernel.object_keys import Area, ObjectKey
from quotas.models import Reservation
from storage.handling import Handling
from storage.hold_models import HeldObject, LegalHold
from storage.keeping_models import Keeping
from storage.states import UploadState
from tenancy.models import MicroApp, TenantModel

__all__ = ["Folder", "HeldObject", "Keeping", "LegalHold", "StoredFile", "Upload"]

JSON = models.JSONField
MAX_KEY_NAME = 512
"""Characters; the longest id that S3 takes for a key is shorter."""


class Folder(TenantModel):
    """A folder of an app; the app's root is no row. Paths are made by walking up, so moving one row moves a tree."""

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=255, db_collation="C")
    created_by = models.CharField(max_length=160)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["app", "parent", "name"], nulls_distinct=False, name="folder_name_once_a_folder"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Upload(TenantModel):
    """One attempt to bring one file in, from the signed form to its end."""

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    folder = models.ForeignKey(Folder, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    declared_size = models.BigIntegerField()
    declared_sha256 = models.CharField(max_length=64, blank=True)
    labels = JSON(default=dict)
    metadata = JSON(default=dict)
    state = models.CharField(max_length=9, choices=UploadState.choices, default=UploadState.STARTED)
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, related_name="upload")
    started_by = models.CharField(max_length=160)
    token_id = models.CharField(max_length=64)
    keep_days = models.PositiveIntegerField(null=True)
    engines = models.JSONField(default=list)
    handling = models.JSONField(default=dict, db_default={})
    replaces = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    state_changed_at = models.DateTimeField(default=clock.now)
    actual_size = models.BigIntegerField(null=True)
    etag = models.CharField(max_length=128, blank=True)
    part_size = models.BigIntegerField(null=True)
    multipart_id = models.TextField(blank=True, default="", db_default="")
    encryption_key = models.CharField(max_length=MAX_KEY_NAME, blank=True, default="", db_default="")
    problem_code = models.CharField(max_length=40, blank=True)
    problem_facts = JSON(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(declared_size__gt=0), name="upload_size_positive"),
            models.CheckConstraint(condition=Q(state__in=UploadState.values), name="upload_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(problem_code=""), name="upload_rejected_for_a_reason"
            ),
        ]
        indexes: ClassVar = [
            # The sweepers look for uploads that stand still, a small part of all.
            models.Index(
                fields=["tenant", "state", "state_changed_at"],
                name="upload_in_flight",
                condition=Q(state__in=["started", "received", "scanning"]),
            ),
            # An app's page shows its newest uploads.
            models.Index(fields=["tenant", "app", "-id"], name="upload_newest_of_app"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"

    @property
    def wishes(self) -> Handling:
        """What its app's policy wishes done with it."""
        return Handling.of(self.handling)

    @property
    def quarantine_key(self) -> ObjectKey:
        """Where storage accepts the bytes; nothing there is ever handed out."""
        return ObjectKey(self.tenant_id, self.app_id, Area.QUARANTINE, self.id)

    @property
    def file_key(self) -> ObjectKey:
        """Where the bytes stand once they are found clean."""
        return ObjectKey(self.tenant_id, self.app_id, Area.FILES, self.id)

    def has_lapsed(self, now: dt.datetime) -> bool:
        """Whether the signed form can no longer be used."""
        return now >= self.expires_at


class StoredFile(TenantModel):
    """A clean file. Its id is that of the upload it came from."""

    app = models.ForeignKey(MicroApp, on_delete=models.PROTECT, related_name="+")
    folder = models.ForeignKey(Folder, on_delete=models.PROTECT, null=True, related_name="+")
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, related_name="file")
    name = models.CharField(max_length=255, db_collation="C")
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=127)
    labels = JSON(default=dict)
    etag = models.CharField(max_length=128)
    has_thumbnail = models.BooleanField(default=False)
    created_by = models.CharField(max_length=160)
    created_at = models.DateTimeField(default=clock.now)
    delete_at = models.DateTimeField(null=True)
    retained_until = models.DateTimeField(null=True)
    """Before which nobody deletes it; None where its rules name no minimum."""

    kept_until = models.DateTimeField(null=True)
    """Until when storage showed that it keeps the bytes by itself; None where it wasn't asked to."""

    trashed_at = models.DateTimeField(null=True)
    purge_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)
    has_preview = models.BooleanField(default=False, db_default=False)
    version_of = models.UUIDField(null=True)
    archive_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    archived_as = models.CharField(max_length=40, blank=True, default="", db_default="")
    restore_asked_at = models.DateTimeField(null=True)
    encryption_key = models.CharField(max_length=MAX_KEY_NAME, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            # Read by the listing too: one folder's files in the order of their names, a page at a time. It begins as
            # the other orders' indexes do, so that none of those looks cheaper to a planner that misjudges the folder.
            models.UniqueConstraint(
                fields=["tenant", "app", "folder", "name"],
                nulls_distinct=False,
                condition=Q(trashed_at=None),
                name="file_name_once_in_folder",
            ),
            models.CheckConstraint(
                condition=Q(trashed_at=None, purge_at=None) | Q(trashed_at__isnull=False, purge_at__isnull=False),
                name="file_in_trash_until",
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None, archived_as="") | (Q(archived_at__isnull=False) & ~Q(archived_as="")),
                name="file_archived_somehow",
            ),
            models.CheckConstraint(
                condition=Q(version_of=None) | Q(trashed_at__isnull=False), name="file_version_is_put_away"
            ),
        ]
        indexes: ClassVar = [
            # An app's page shows its newest files.
            models.Index(fields=["tenant", "app", "-id"], name="file_newest_of_app"),
            # The listing's other orders, a page at a time.
            models.Index(
                fields=["tenant", "app", "folder", "created_at", "id"],
                name="file_by_created",
                condition=Q(trashed_at=None),
            ),
            models.Index(
                fields=["tenant", "app", "folder", "size", "id"], name="file_by_size", condition=Q(trashed_at=None)
            ),
            models.Index(
                fields=["tenant", "app", "trashed_at", "id"],
                name="file_in_trash",
                condition=Q(trashed_at__isnull=False),
            ),
            # Lifecycle's round reads what is due, never the rest.
            models.Index(fields=["tenant", "delete_at"], name="file_due", condition=Q(delete_at__isnull=False)),
            models.Index(fields=["tenant", "purge_at"], name="file_purge_due", condition=Q(purge_at__isnull=False)),
            models.Index(
                fields=["tenant", "archive_at"],
                name="file_archive_due",
                condition=Q(archive_at__isnull=False, archived_at=None),
            ),
            # A round reads what must stay and isn't kept by storage yet, a small part of what must stay for years.
            models.Index(
                fields=["tenant", "id"],
                name="file_to_retain",
                condition=Q(retained_until__isnull=False)
                & (Q(kept_until=None) | Q(kept_until__lt=F("retained_until"))),
            ),
            # A file's page shows what it replaced.
            models.Index(
                fields=["tenant", "version_of", "-id"], name="file_versions", condition=Q(version_of__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def goes_at(self) -> dt.datetime | None:
        """When it goes by its age, or sooner from the trash; None for never. A hold or a retention may keep it."""
        return min((date for date in (self.delete_at, self.purge_at) if date), default=None)

    def key(self, area: Area = Area.FILES) -> ObjectKey:
        """Where the file's bytes, or its thumbnail's, stand."""
        return ObjectKey(self.tenant_id, self.app_id, area, self.id)
