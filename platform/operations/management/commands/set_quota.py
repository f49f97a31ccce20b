"""`manage.py set_quota`: the space and requests of a whole organisation, or of one person in it."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from kernel.sizes import GB, in_words
from quotas import ceilings
from quotas.models import Quota
from tenancy.principals import system_principal, user_principal
from tenancy.scoping import tenant_scope

_ACTOR = system_principal("operations")


class Command(BaseCommand):
    """Workspaces and apps have theirs in the admin; these stand above them."""

    help = "Limit the space of an organisation, or of one person in all its apps; without a limit, say what holds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and how much."""
        parser.add_argument("tenant", type=uuid.UUID, help="The organisation's id.")
        parser.add_argument("--person", default="", help="A person's e-mail address; without it the organisation.")
        parser.add_argument("--gigabytes", type=int, help="So much space, in units of 1,000,000,000 bytes.")
        parser.add_argument("--files", type=int, default=10_000_000, help="So many files.")
        parser.add_argument("--requests", type=int, help="So many requests a month; without it they aren't limited.")
        parser.add_argument("--lift", action="store_true", help="Take the limit away.")

    def handle(self, *_args: Any, tenant: uuid.UUID, person: str, lift: bool, **options: Any) -> None:
        """Set, lift or look; then print what holds."""
        principal = _principal(person)
        with tenant_scope(tenant):
            try:
                if lift:
                    ceilings.lift_ceiling(actor=_ACTOR, person=principal)
                elif options["gigabytes"] is not None:
                    size = options["gigabytes"] * GB
                    ceilings.set_ceiling(size, options["files"], options["requests"], actor=_ACTOR, person=principal)
            except ceilings.CeilingError as error:
                raise CommandError(str(error)) from error
            for quota in Quota.objects.filter(workspace=None).order_by("person").select_related("tenant"):
                self.stdout.write(_line(quota))


def _principal(address: str) -> str:
    if not address:
        return ""
    user = User.objects.filter(email=address.lower()).first()
    if user is None:
        raise CommandError(f"Nobody has the address {address}.")
    return str(user_principal(user.pk))


def _line(quota: Quota) -> str:
    used = f"{in_words(quota.bytes_used)} used, {in_words(quota.bytes_held)} held by uploads"
    requests = "" if quota.requests_limit is None else f", {quota.requests_limit:,} requests a month"
    return f"{quota}, {quota.objects_limit:,} files{requests}; {used}"
