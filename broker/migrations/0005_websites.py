"""Keeps the websites whose pages may use an app."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Keeps the websites whose pages may use an app."""

    dependencies: ClassVar = [
        ("broker", "0004_living_tokens"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="AppOrigin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin", models.CharField(max_length=300)),
                ("app_id", models.UUIDField(db_index=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("origin"), models.F("app_id"), name="origin_once_an_app")
                ],
            },
        ),
    ]
