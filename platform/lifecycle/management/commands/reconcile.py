"""`manage.py reconcile`: do database and storage agree?"""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lifecycle.findings import Kind
from lifecycle.reconcile import reconcile
from storage.inventory import inventory
from storage.object_store import object_store
from tenancy.addresses import tenants_with_apps

_NAMED = 20


class Command(BaseCommand):
    """Compare, report, and repair unless asked not to."""

    help = "Compare what the database says with what storage holds, tenant by tenant, and repair what can be."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to look only, and at whom."""
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done and do nothing.")
        parser.add_argument("--tenant", type=uuid.UUID, help="One tenant's id; all of them without it.")

    def handle(self, *_args: Any, dry_run: bool, tenant: uuid.UUID | None, **_options: Any) -> None:
        """Print each tenant's report; name the files that a person must look after."""
        if dry_run:
            self.stdout.write("Looking only: nothing is changed.")
        for tenant_id in [tenant] if tenant else tenants_with_apps():
            report = reconcile(object_store(), inventory(), tenant_id, repair=not dry_run)
            self.stdout.write(f"Tenant {tenant_id}: {'; '.join(report.lines())}")
            for kind in (Kind.MISSING, Kind.CHANGED, Kind.STRANGE):
                for finding in report.of(kind)[:_NAMED]:
                    self.stdout.write(f"  {kind}: {finding.what}")
