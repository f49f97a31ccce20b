"""`manage.py publish_templates`: the shipped templates into the marketplace."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.publishing import publish_catalogue


class Command(BaseCommand):
    """Publishes what ships with this version of Gatehouse; what is published already stays as it is."""

    help = "Publish the shipped templates."

    def handle(self, **_options: Any) -> None:
        """Publish and name them."""
        for version in publish_catalogue():
            self.stdout.write(f"{version} {version.digest[:19]}…")
