"""Keys that customers hold, by the names that storage knows them by."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock
from storage.models import MAX_KEY_NAME
from tenancy.models import TenantModel, Workspace


class CustomerKey(TenantModel):
    """A key of a workspace's own. The newest encrypts what comes; older ones still open what they encrypted.

    Each is one workspace's alone: who takes it away takes nobody else's files along.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=MAX_KEY_NAME, unique=True)
    added_by = models.CharField(max_length=160)
    used_since = models.DateTimeField(default=clock.now)
    used_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace"], condition=Q(used_until=None), name="customer_key_one_in_use")
        ]

    def __str__(self) -> str:
        return self.name
