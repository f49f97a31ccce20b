"""Lets rows that policies are made of announce their changes."""

from typing import ClassVar

from django.db import migrations

from admission.policy_triggers import CreateAnnouncingFunction


class Migration(migrations.Migration):
    """Lets rows that policies are made of announce their changes."""

    dependencies: ClassVar = [("admission", "0004_limits")]

    operations: ClassVar = [CreateAnnouncingFunction()]
