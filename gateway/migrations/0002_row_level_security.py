"""Lets each tenant see its own rows only, whatever the code above does."""

from typing import ClassVar

from django.db import migrations

from tenancy.rowsecurity import SecureTenantTable


class Migration(migrations.Migration):
    """Lets each tenant see its own rows only, whatever the code above does."""

    dependencies: ClassVar = [("gateway", "0001_initial"), ("tenancy", "0002_row_level_security")]

    operations: ClassVar = [
        SecureTenantTable("gateway_keptanswer"),
    ]
