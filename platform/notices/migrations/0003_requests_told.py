"""What was told of a month's requests, beside what was told of space. The table is small."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the mark of requests."""

    dependencies: ClassVar = [("notices", "0002_row_level_security"), ("quotas", "0004_requests")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="quotamark",
            name="requests_told",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="quotamark",
            constraint=models.CheckConstraint(
                condition=models.Q(("requests_told__in", [0, 80, 95, 100])),
                name="quota_mark_of_requests_is_a_threshold",
            ),
        ),
    ]
