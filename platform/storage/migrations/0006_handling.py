"""Lets files be archived, replaced and treated by wishes that their upload carries.

Every new column is empty or has its default in the database, so nothing is rewritten and older processes go on.
"""

from typing import ClassVar

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import F, Q

_CHECKS = (
    (
        "keeping",
        models.CheckConstraint(
            condition=Q(archive_after_days=None, latest_archive_days=None)
            | Q(
                archive_after_days__isnull=False,
                latest_archive_days__isnull=False,
                archive_after_days__gte=1,
                archive_after_days__lte=F("latest_archive_days"),
            ),
            name="keeping_archives_as_template",
        ),
    ),
    (
        "storedfile",
        models.CheckConstraint(
            condition=Q(archived_at=None, archived_as="") | (Q(archived_at__isnull=False) & ~Q(archived_as="")),
            name="file_archived_somehow",
        ),
    ),
    (
        "storedfile",
        models.CheckConstraint(
            condition=Q(version_of=None) | Q(trashed_at__isnull=False), name="file_version_is_put_away"
        ),
    ),
)


class Migration(migrations.Migration):
    """Lets files be archived, replaced and treated by wishes that their upload carries."""

    atomic = False
    dependencies: ClassVar = [("storage", "0005_trash")]

    operations: ClassVar = [
        migrations.AddField(
            "keeping",
            "archive_after_days",
            models.PositiveIntegerField("archive after days", blank=True, null=True),
        ),
        migrations.AddField("keeping", "latest_archive_days", models.PositiveIntegerField(editable=False, null=True)),
        migrations.AddField("storedfile", "archive_at", models.DateTimeField(null=True)),
        migrations.AddField("storedfile", "archived_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "storedfile", "archived_as", models.CharField(blank=True, db_default="", default="", max_length=40)
        ),
        migrations.AddField("storedfile", "restore_asked_at", models.DateTimeField(null=True)),
        migrations.AddField("storedfile", "has_preview", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("storedfile", "version_of", models.UUIDField(null=True)),
        migrations.AddField("upload", "handling", models.JSONField(db_default={}, default=dict)),
        migrations.AddField("upload", "replaces", models.UUIDField(null=True)),
        AddIndexConcurrently(
            "storedfile",
            models.Index(
                fields=["tenant", "archive_at"],
                name="file_archive_due",
                condition=Q(archive_at__isnull=False, archived_at=None),
            ),
        ),
        AddIndexConcurrently(
            "storedfile",
            models.Index(
                fields=["tenant", "version_of", "-id"], name="file_versions", condition=Q(version_of__isnull=False)
            ),
        ),
        *(AddConstraintNotValid(model, check) for model, check in _CHECKS),
        *(ValidateConstraint(model, check.name) for model, check in _CHECKS),
    ]
