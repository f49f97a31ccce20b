"""Lets an upload come in parts. The default stands in the database, for the code that runs meanwhile."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets an upload come in parts. The default stands in the database, for the code that runs meanwhile."""

    dependencies: ClassVar = [("storage", "0003_keeping")]

    operations: ClassVar = [
        migrations.AddField("upload", "multipart_id", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("upload", "part_size", models.BigIntegerField(null=True)),
    ]
