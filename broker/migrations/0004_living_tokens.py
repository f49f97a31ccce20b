"""Lets an app's living tokens be found without reading all that ever were; built without locking the table."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets an app's living tokens be found without reading all that ever were; built without locking the table."""

    atomic = False
    dependencies: ClassVar = [("broker", "0003_delegation")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "scopedtoken", models.Index(fields=["tenant", "app", "expires_at"], name="token_living_of_app")
        ),
    ]
