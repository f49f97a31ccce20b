"""Lets a template be slowed down for checks of tokens too."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

_KINDS = ["read", "write", "finish", "token", "check"]


class Migration(migrations.Migration):
    """Lets a template be slowed down for checks of tokens too."""

    dependencies: ClassVar = [("admission", "0005_announcing_function")]

    operations: ClassVar = [
        migrations.RemoveConstraint("templatelimit", "template_limit_kind_is_known"),
        migrations.AlterField(
            "templatelimit",
            "kind",
            models.CharField(blank=True, choices=[(kind, kind) for kind in _KINDS], max_length=8),
        ),
        migrations.AddConstraint(
            "templatelimit",
            models.CheckConstraint(condition=Q(kind__in=["", *_KINDS]), name="template_limit_kind_is_known"),
        ),
    ]
