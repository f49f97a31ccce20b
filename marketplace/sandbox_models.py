"""Which guests have a sandbox, and until when. Beside the tenants' own tables, since the cleaning looks at all."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.identifiers import new_id

UUIDField = models.UUIDField


class GuestSandbox(models.Model):
    """One guest's sandbox: a tenant of its own, a person without a name, an end.

    Deliberately outside row-level security: the task that ends sandboxes asks for those of every tenant. It holds
    ids and times, nothing of what is in a sandbox.
    """

    id = UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = UUIDField(unique=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("begun_at")), name="sandbox_ends_after_begin")
        ]
        indexes: ClassVar = [
            # The task that cleans up reads the few that are still there.
            models.Index(fields=["expires_at"], condition=Q(ended_at=None), name="sandbox_still_there"),
        ]

    def __str__(self) -> str:
        return f"sandbox until {self.expires_at:%Y-%m-%d %H:%M}"
