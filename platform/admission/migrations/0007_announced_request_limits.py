"""Lets a changed limit on a month's requests announce itself to the apps that it holds for."""

from typing import ClassVar

from django.db import migrations

from admission.policy_triggers import AnnounceRequestLimits


class Migration(migrations.Migration):
    """Lets a changed limit on a month's requests announce itself to the apps that it holds for."""

    dependencies: ClassVar = [
        ("admission", "0006_checks"),
        ("quotas", "0004_requests"),
        ("tenancy", "0003_workspace_kind"),
    ]

    operations: ClassVar = [AnnounceRequestLimits()]
