"""Keeps from when on stops count for a token, apart from when it was issued."""

from typing import ClassVar

from django.db import migrations, models

import kernel.clock


class Migration(migrations.Migration):
    """Keeps from when on stops count for a token, apart from when it was issued."""

    dependencies: ClassVar = [
        ("broker", "0005_websites"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="scopedtoken",
            name="epoch",
            field=models.DateTimeField(default=kernel.clock.now),
        ),
    ]
