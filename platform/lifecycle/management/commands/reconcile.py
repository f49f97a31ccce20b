"""`manage.py reconcile`: do database and storage agree?"""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lifecycle.findings import Kind, Report
from lifecycle.reconcile import reconcile
from storage.inventory import inventory
from storage.object_lock import object_lock
from storage.object_store import object_store
from tenancy.addresses import tenants_with_apps
from tenancy.models import Tenant
from tenancy.scoping import tenant_scope

_NAMED = 20
_FOR_A_PERSON = (Kind.MISSING, Kind.CHANGED, Kind.STRANGE, Kind.KEPT, Kind.NOT_KEPT, Kind.NOT_HELD)


class Command(BaseCommand):
    """Compare, report, and repair unless asked not to."""

    help = "Compare what the database says with what storage holds, tenant by tenant, and repair what can be."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to look only, and at whom."""
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done and do nothing.")
        parser.add_argument("--tenant", type=uuid.UUID, help="One tenant's id; all of them without it.")

    def handle(self, *_args: Any, dry_run: bool, tenant: uuid.UUID | None, **_options: Any) -> None:
        """Print each tenant's report, name what a person must look after, and sum up."""
        if dry_run:
            self.stdout.write("Looking only: nothing is changed.")
        tenants, disagreeing, waiting = [tenant] if tenant else tenants_with_apps(), 0, 0
        for tenant_id in tenants:
            report = reconcile(object_store(), inventory(), tenant_id, repair=not dry_run, lock=object_lock())
            self._tell(tenant_id, report, repaired=not dry_run)
            disagreeing += bool(report.findings)
            waiting += sum(len(report.of(kind)) for kind in _FOR_A_PERSON)
        self.stdout.write(
            f"Organisations looked at: {len(tenants):,}. With something to tell: {disagreeing:,}. "
            f"Things left for a person: {waiting:,}."
        )

    def _tell(self, tenant_id: uuid.UUID, report: Report, *, repaired: bool) -> None:
        with tenant_scope(tenant_id):
            name = Tenant.objects.get(pk=tenant_id).name
        self.stdout.write(f"{name} ({tenant_id})")
        for line in report.lines(repaired=repaired):
            self.stdout.write(f"  {line}")
        for kind in _FOR_A_PERSON:
            for finding in report.of(kind)[:_NAMED]:
                self.stdout.write(f"    {kind}: {finding.what}")
            if (more := len(report.of(kind)) - _NAMED) > 0:
                self.stdout.write(f"    {kind}: and {more:,} more")
