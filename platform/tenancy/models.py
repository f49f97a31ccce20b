"""Tenant › Workspace › MicroApp, and the people's roles in them.

Every model here but AppAddress is a tenant's own: its manager refuses a query outside that tenant's scope.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext as _
from django_scopes import ScopedManager
from oauth2_provider.models import Application

from kernel import clock
from kernel.identifiers import new_id, new_publishable_id
from tenancy.roles import Role

UUIDField = models.UUIDField
SLUG_IS_PLAIN = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", "Use small letters, digits and single hyphens.")


class Tenant(models.Model):
    """One organisation; nothing of it is seen by another."""

    id = UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    slug = models.CharField(max_length=63, unique=True, validators=[SLUG_IS_PLAIN])
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: Any = ScopedManager(tenant="id")

    def __str__(self) -> str:
        return self.name


class TenantModel(models.Model):
    """A row that belongs to one tenant. Its table must be secured by `rowsecurity.SecureTenantTable`."""

    id = UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, editable=False, related_name="+")

    objects: Any = ScopedManager(tenant="tenant")

    class Meta:
        abstract = True


class WorkspaceKind(models.TextChoices):
    """Whether things are for real."""

    LIVE = "live", "Live"
    SANDBOX = "sandbox", "Sandbox"


class Workspace(TenantModel):
    """Where a team's apps live: one region, one quota, one group of people. In a sandbox nothing is for real."""

    name = models.CharField(max_length=100)
    slug = models.CharField(max_length=63, validators=[SLUG_IS_PLAIN])
    region = models.CharField(max_length=32)
    kind = models.CharField(
        max_length=8, choices=WorkspaceKind.choices, default=WorkspaceKind.LIVE, db_default="live", editable=False
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("tenant", "slug", name="workspace_slug_once_a_tenant"),
            models.CheckConstraint(condition=models.Q(kind__in=WorkspaceKind.values), name="workspace_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sandbox(self) -> bool:
        """Whether its files and bills are for trying."""
        return self.kind == WorkspaceKind.SANDBOX


class Membership(TenantModel):
    """One person's role in one workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("workspace", "user", name="membership_once_a_workspace"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return _("%(person)s as %(role)s") % {"person": self.user, "role": self.get_role_display()}


class MicroApp(TenantModel):
    """An app that a citizen developer made. It has an OAuth client; it is not one."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    slug = models.CharField(max_length=80, unique=True, validators=[SLUG_IS_PLAIN])
    publishable_id = models.CharField(max_length=32, unique=True, default=new_publishable_id, editable=False)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="micro_app")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    paused_at = models.DateTimeField("uploads paused since", null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("workspace", "name", name="app_name_once_a_workspace")]

    def __str__(self) -> str:
        return self.name


class AppAddress(models.Model):
    """Which tenant a public name leads to, and nothing more.

    Deliberately outside row-level security: an address must be resolved before a tenant is known. Both names are
    public by nature (one stands in links, one in web pages) and random enough that they can't be enumerated.
    """

    app_id = UUIDField(primary_key=True)
    tenant_id = UUIDField(db_index=True)
    slug = models.CharField(max_length=80, unique=True)
    publishable_id = models.CharField(max_length=32, unique=True)

    def __str__(self) -> str:
        return self.slug
