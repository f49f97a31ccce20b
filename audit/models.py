"""One row for each thing that happened. Rows are never changed or removed: the database refuses both."""

from typing import ClassVar

from django.db import models

from audit.actions import AuditAction
from kernel import clock
from tenancy.models import TenantModel


class AuditEvent(TenantModel):
    """What happened, by whom, to what. Ids and texts, not foreign keys, so that it outlives its subjects."""

    at = models.DateTimeField(default=clock.now, editable=False)
    action = models.CharField(max_length=64, choices=[(action.value, action.words) for action in AuditAction])
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
