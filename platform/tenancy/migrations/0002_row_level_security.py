"""Lets each tenant see its own rows only, whatever the code above does."""

from typing import ClassVar

from django.db import migrations

from tenancy.rowsecurity import CreateScopeFunctions, SecureTenantTable, ShowOwnMemberships


class Migration(migrations.Migration):
    """Lets each tenant see its own rows only, whatever the code above does."""

    dependencies: ClassVar = [("tenancy", "0001_initial")]

    operations: ClassVar = [
        CreateScopeFunctions(),
        SecureTenantTable("tenancy_tenant", "id"),
        SecureTenantTable("tenancy_workspace"),
        SecureTenantTable("tenancy_membership"),
        SecureTenantTable("tenancy_microapp"),
        ShowOwnMemberships(),
    ]
