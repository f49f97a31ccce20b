"""`manage.py update_apps_now`: an emergency update of every app of a template."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from kernel.errors import Problem
from marketplace.emergencies import update_all
from marketplace.models import TemplateVersion


class Command(BaseCommand):
    """Move every app of a template to a published version, without asking; owners are told."""

    help = "Move every app of a template that has an older version to this one. Access is taken back, owners are told."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which version, who answers for it, and why."""
        parser.add_argument("template", help="The template's short name.")
        parser.add_argument("version", help="The version to move to.")
        parser.add_argument("--by", required=True, help="The e-mail address of whoever of the platform answers for it.")
        parser.add_argument("--reason", required=True, help="Owners read it, and it stands in the record.")

    def handle(self, *_args: Any, template: str, version: str, by: str, reason: str, **_options: Any) -> None:
        """Move them, and say how many."""
        try:
            wanted = TemplateVersion.objects.select_related("template").get(template__slug=template, version=version)
            moved = update_all(wanted, User.objects.get_by_natural_key(by), reason)
        except (TemplateVersion.DoesNotExist, User.DoesNotExist, Problem, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{moved} apps are at {version} now.")
