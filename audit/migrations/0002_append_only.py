"""Lets each tenant see its own events only, and nobody change or remove one."""

from typing import ClassVar

from django.db import migrations

from audit.appendonly import AppendOnly
from tenancy.rowsecurity import SecureTenantTable


class Migration(migrations.Migration):
    """Lets each tenant see its own events only, and nobody change or remove one."""

    dependencies: ClassVar = [("audit", "0001_initial"), ("tenancy", "0002_row_level_security")]

    operations: ClassVar = [
        AppendOnly("audit_auditevent"),
        SecureTenantTable("audit_auditevent"),
    ]
