"""`manage.py openapi`: the OpenAPI document, written where it is kept, or compared with what is kept there."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gateway.document.openapi import document
from gateway.document.writing import as_yaml


class Command(BaseCommand):
    """Keep docs/openapi.yaml what the code says."""

    help = "Write docs/openapi.yaml from the code; with --check, fail where they differ."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to write."""
        parser.add_argument("--check", action="store_true", help="Write nothing; fail where the file differs.")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        """Write or compare. Raises CommandError where they differ."""
        kept, made = settings.OPENAPI_FILE, as_yaml(document())
        if not check:
            kept.write_bytes(made)
            self.stdout.write(f"Wrote {kept.name}, {len(made):,} bytes.")
        elif not kept.is_file() or kept.read_bytes() != made:
            raise CommandError(f"{kept.name} is not what the code says. Write it anew: manage.py openapi")
