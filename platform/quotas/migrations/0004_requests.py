"""A month's requests: how many may be made, and how many were.

Nothing is rewritten: the columns have constant defaults or none, and the table of quotas is small.
"""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds what limits and counts requests."""

    dependencies: ClassVar = [("quotas", "0003_organisations_and_persons")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="quota",
            name="requests_limit",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="requests a month"),
        ),
        migrations.AddField(
            model_name="quota",
            name="requests_month",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=7),
        ),
        migrations.AddField(
            model_name="quota",
            name="requests_used",
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddConstraint(
            model_name="quota",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("requests_limit", None), ("requests_limit__gte", 0), _connector="OR"),
                    ("requests_used__gte", 0),
                ),
                name="quota_requests_not_negative",
            ),
        ),
    ]
