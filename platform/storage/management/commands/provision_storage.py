"""`manage.py provision_storage`: the bucket and its CORS rule."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from storage.object_store import s3_client
from storage.provisioning import NoObjectLockError, provision


class Command(BaseCommand):
    """Prepares storage; running it again changes nothing."""

    help = "Make the bucket and let this site's pages upload to it."

    def handle(self, **_options: Any) -> None:
        """Prepare it."""
        try:
            provision(s3_client())
        except NoObjectLockError as error:
            raise CommandError(
                f"The bucket {settings.S3_BUCKET} is there without object lock: name a new one in S3_BUCKET,"
                " or take S3_OBJECT_LOCK away."
            ) from error
