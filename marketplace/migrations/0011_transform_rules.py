"""Keeps the platform's rules for metadata and labels; each change announces every app's policy."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from admission.policy_triggers import AnnounceToAll
from kernel.clock import now
from kernel.identifiers import new_id

_FACTS = "May hold {tenant}, {workspace}, {app}, {template}, {region}, {classification}, {kind}."


def _check(name: str, condition: Q) -> models.CheckConstraint:
    return models.CheckConstraint(condition=condition, name=f"transform_rule_{name}")


def _text(most: int, words: str = "", **more: object) -> models.CharField[str, str]:
    return models.CharField(max_length=most, help_text=words, **more)  # type: ignore[arg-type]  # passed on as it is


class Migration(migrations.Migration):
    """Keeps the platform's rules for metadata and labels; each change announces every app's policy."""

    dependencies: ClassVar = [("marketplace", "0010_customer_keys"), ("admission", "0006_checks")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="TransformRule",
            fields=[
                ("id", models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Rules of one reach go in this order."),
                ),
                (
                    "organisation",
                    models.UUIDField(blank=True, help_text="Its id; empty: every organisation.", null=True),
                ),
                ("template", _text(63, "Its short name; empty: every template.", blank=True)),
                (
                    "target",
                    _text(8, choices=[("label", "a label"), ("metadata", "metadata")], verbose_name="what"),
                ),
                ("does", _text(5, choices=[("put", "put it on"), ("strip", "leave it out")], verbose_name="do")),
                ("name", _text(40, "What is left out may end with *.")),
                ("value", _text(200, _FACTS, blank=True)),
                ("reason", _text(200)),
                ("created_at", models.DateTimeField(default=now, editable=False)),
            ],
            options={
                "verbose_name": "rule for metadata and labels",
                "verbose_name_plural": "rules for metadata and labels",
                "ordering": ["position", "created_at"],
                "constraints": [
                    _check("names_something", ~Q(name="")),
                    _check("has_a_reason", ~Q(reason="")),
                    _check("strips_whole", Q(does="put") | Q(value="")),
                    _check("target_is_known", Q(target__in=["label", "metadata"])),
                    _check("deed_is_known", Q(does__in=["put", "strip"])),
                ],
            },
        ),
        AnnounceToAll("marketplace_transformrule"),
    ]
