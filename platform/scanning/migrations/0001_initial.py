from django.db import migrations, models
import django.db.models.deletion
import kernel.clock
import kernel.identifiers


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("storage", "0002_row_level_security"),
        ("tenancy", "0002_row_level_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScanVerdict",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("engine", models.CharField(max_length=40)),
                ("engine_version", models.CharField(max_length=200)),
                (
                    "outcome",
                    models.CharField(choices=[("clean", "Clean"), ("rejected", "Rejected")], max_length=8),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(default=kernel.clock.now)),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="storage.upload"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("upload", "engine"), name="verdict_once_an_engine"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["clean", "rejected"])), name="verdict_outcome_is_known"
                    ),
                ],
            },
        ),
    ]
