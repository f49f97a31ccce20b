"""One row for each thing that happened. Rows are never changed or removed: the database refuses both."""

from typing import ClassVar

from django.db import models

from kernel import clock
from kernel.identifiers import new_id
from tenancy.models import TenantModel


class AuditEvent(TenantModel):
    """What happened, by whom, to what. Ids and texts, not foreign keys, so that it outlives its subjects."""

    at = models.DateTimeField(default=clock.now, editable=False)
    action = models.CharField(max_length=64)
    actor = models.CharField(max_length=160)
    app_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=160)
    request_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            # An app's page reads its newest events; the key is a UUIDv7, so its order is the order of time.
            models.Index(fields=["tenant", "app_id", "-id"], name="audit_newest_of_app"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class PlatformEvent(models.Model):
    """What happened to the platform as a whole, and so to every tenant: keys, emergency controls.

    Beside the tenants' record because a tenant may see its own events only, and these are no tenant's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    action = models.CharField(max_length=64)
    actor = models.CharField(max_length=160)
    subject = models.CharField(max_length=160)
    request_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
