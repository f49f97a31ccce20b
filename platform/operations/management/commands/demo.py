"""`manage.py demo`: the shipped templates, and two tenants to try them with."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.publishing import publish_catalogue
from operations.demo import seed


class Command(BaseCommand):
    """Makes what isn't there yet; running it again changes nothing."""

    help = "Publish the shipped templates and make two demo tenants (development only)."

    def handle(self, **_options: Any) -> None:
        """Seed. Refused outside development: well-known accounts have no place in production."""
        if not settings.DEVELOPMENT:
            raise CommandError("The demo is for development: set GATEHOUSE_ENV=development to have it.")
        password = os.environ.get("DEMO_PASSWORD", "")
        if len(password) < 12:
            raise CommandError("Set DEMO_PASSWORD to at least 12 characters.")
        publish_catalogue()
        seed(password, os.environ.get("DEMO_CUSTOMER_KEY", ""))
