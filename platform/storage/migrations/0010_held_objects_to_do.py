"""Lets the workers find what is to be held or let go without reading what is held for years."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets the workers find what is to be held or let go without reading what is held for years."""

    atomic = False

    dependencies: ClassVar = [("storage", "0009_held_objects")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "heldobject",
            models.Index(condition=models.Q(("bound_at", None)), fields=["tenant", "id"], name="held_object_to_do"),
        ),
    ]
