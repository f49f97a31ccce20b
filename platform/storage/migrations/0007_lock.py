"""Lets a file be locked that a later check found dangerous."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets a file be locked that a later check found dangerous."""

    dependencies: ClassVar = [("storage", "0006_handling")]

    operations: ClassVar = [migrations.AddField("storedfile", "locked_at", models.DateTimeField(null=True))]
