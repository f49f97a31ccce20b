"""What was decided about files that anyone might open."""

from django.db import models

from kernel import clock
from storage.models import StoredFile
from tenancy.models import TenantModel


class Showing(TenantModel):
    """A person's word on one file of an app whose files anyone may open: that it is shown, or that it isn't."""

    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="showing")
    is_shown = models.BooleanField()
    decided_by = models.CharField(max_length=160)
    decided_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.file}: {'shown' if self.is_shown else 'not shown'}"
