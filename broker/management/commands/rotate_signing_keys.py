"""`manage.py rotate_signing_keys`: a new signing key, ahead of time or at once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from broker.rotation import rotate
from tenancy.principals import system_principal


class Command(BaseCommand):
    """Change the key that tokens are signed with."""

    help = "Make a new signing key. It is published at once and signs after six minutes; no token is disturbed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Why, and whether a key may be known to others."""
        parser.add_argument("--reason", default="scheduled rotation", help="Stands in the record.")
        parser.add_argument(
            "--emergency", action="store_true", help="Sign with it at once, drop every other key, and end every token."
        )

    def handle(self, *_args: Any, reason: str, emergency: bool, **_options: Any) -> None:
        """Rotate, and say when the new key signs."""
        made = rotate(reason=reason, actor=str(system_principal("manage.py")), emergency=emergency)
        self.stdout.write(f"Key {made.kid} signs from {made.signs_from:%Y-%m-%d %H:%M:%S} UTC.")
        if emergency:
            self.stdout.write("Every other key is out and every token has ended; people and apps get new ones.")
