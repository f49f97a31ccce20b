"""Lets files wait in the trash, and folders be read in three orders.

Names compare byte by byte from now on, whatever the database's own order of letters: pages, cursors and prefixes go by
it. No table is rewritten and no lock is held while an index is built: the new indexes are there before the old go, and
changing the column then re-uses them, since their order is the new one already.
"""

from typing import ClassVar

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.migrations.operations import RunSQL, SeparateDatabaseAndState
from django.db.models import Q

NAME = models.CharField(max_length=255, db_collation="C")
IN_FOLDER, IN_TRASH = Q(trashed_at=None), Q(trashed_at__isnull=False)


class Migration(migrations.Migration):
    """Lets files wait in the trash, and folders be read in three orders."""

    atomic = False
    dependencies: ClassVar = [("storage", "0004_parts")]

    operations: ClassVar = [
        migrations.AddField("storedfile", "trashed_at", models.DateTimeField(null=True)),
        migrations.AddField("storedfile", "purge_at", models.DateTimeField(null=True)),
        AddConstraintNotValid(
            "storedfile",
            models.CheckConstraint(
                condition=Q(trashed_at=None, purge_at=None) | Q(trashed_at__isnull=False, purge_at__isnull=False),
                name="file_in_trash_until",
            ),
        ),
        ValidateConstraint("storedfile", "file_in_trash_until"),
        SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("storedfile", "file_name_once_a_folder"),
                migrations.AddConstraint(
                    "storedfile",
                    models.UniqueConstraint(
                        fields=["tenant", "app", "folder", "name"],
                        nulls_distinct=False,
                        condition=IN_FOLDER,
                        name="file_name_once_in_folder",
                    ),
                ),
            ],
            database_operations=[
                RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY file_name_once_in_folder ON storage_storedfile"
                    ' (tenant_id, app_id, folder_id, name COLLATE "C") NULLS NOT DISTINCT WHERE trashed_at IS NULL',
                    "DROP INDEX CONCURRENTLY file_name_once_in_folder",
                ),
                RunSQL(
                    "ALTER TABLE storage_storedfile DROP CONSTRAINT file_name_once_a_folder",
                    "ALTER TABLE storage_storedfile ADD CONSTRAINT file_name_once_a_folder"
                    " UNIQUE NULLS NOT DISTINCT (app_id, folder_id, name)",
                ),
            ],
        ),
        migrations.AlterField("storedfile", "name", NAME),
        RunSQL(
            "CREATE UNIQUE INDEX CONCURRENTLY folder_name_bytewise ON storage_folder"
            ' (app_id, parent_id, name COLLATE "C") NULLS NOT DISTINCT',
            RunSQL.noop,
        ),
        RunSQL("ALTER TABLE storage_folder DROP CONSTRAINT folder_name_once_a_folder", RunSQL.noop),
        migrations.AlterField("folder", "name", NAME),
        RunSQL(
            "ALTER TABLE storage_folder ADD CONSTRAINT folder_name_once_a_folder"
            " UNIQUE USING INDEX folder_name_bytewise",
            RunSQL.noop,  # the constraint stays, its index is rebuilt with the column
        ),
        AddIndexConcurrently(
            "storedfile",
            models.Index(
                fields=["tenant", "app", "folder", "created_at", "id"], name="file_by_created", condition=IN_FOLDER
            ),
        ),
        AddIndexConcurrently(
            "storedfile",
            models.Index(fields=["tenant", "app", "folder", "size", "id"], name="file_by_size", condition=IN_FOLDER),
        ),
        AddIndexConcurrently(
            "storedfile",
            models.Index(fields=["tenant", "app", "trashed_at", "id"], name="file_in_trash", condition=IN_TRASH),
        ),
        AddIndexConcurrently(
            "storedfile",
            models.Index(fields=["tenant", "purge_at"], name="file_purge_due", condition=Q(purge_at__isnull=False)),
        ),
    ]
