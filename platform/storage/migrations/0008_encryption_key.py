"""Notes by which key uploads and files are encrypted; columns with a constant default are added without a rewrite."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Notes by which key uploads and files are encrypted."""

    dependencies: ClassVar = [("storage", "0007_lock")]

    operations: ClassVar = [
        migrations.AddField(
            model_name=model,
            name="encryption_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=512),
        )
        for model in ("upload", "storedfile")
    ]
