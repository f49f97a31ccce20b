"""Announces an app's policy whenever the app, its installation or its keeping changes."""

from typing import ClassVar

from django.db import migrations

from admission.policy_triggers import AnnounceChanges


class Migration(migrations.Migration):
    """Announces an app's policy whenever the app, its installation or its keeping changes."""

    dependencies: ClassVar = [
        ("marketplace", "0005_apps_later"),
        ("admission", "0005_announcing_function"),
        ("storage", "0003_keeping"),
        ("tenancy", "0002_row_level_security"),
    ]

    operations: ClassVar = [
        AnnounceChanges("tenancy_microapp", "id"),
        AnnounceChanges("marketplace_installation", "app_id"),
        AnnounceChanges("storage_keeping", "app_id"),
    ]
