"""Lets nobody take a stop back: its rows are never changed or removed."""

from typing import ClassVar

from django.db import migrations

from audit.appendonly import AppendOnly


class Migration(migrations.Migration):
    """Lets nobody take a stop back: its rows are never changed or removed."""

    dependencies: ClassVar = [("admission", "0001_initial"), ("audit", "0002_append_only")]

    operations: ClassVar = [AppendOnly("admission_revocation"), AppendOnly("admission_lifelimit")]
