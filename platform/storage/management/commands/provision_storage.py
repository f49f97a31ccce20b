"""`manage.py provision_storage`: the bucket and its CORS rule."""

from typing import Any

from django.core.management.base import BaseCommand

from storage.object_store import s3_client
from storage.provisioning import provision


class Command(BaseCommand):
    """Prepares storage; running it again changes nothing."""

    help = "Make the bucket and let this site's pages upload to it."

    def handle(self, **_options: Any) -> None:
        """Prepare it."""
        provision(s3_client())
