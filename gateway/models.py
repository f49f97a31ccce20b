"""What the gateway remembers of requests that came under a key."""

from typing import ClassVar

from django.db import models

from kernel import clock
from tenancy.models import MicroApp, TenantModel


class KeptAnswer(TenantModel):
    """The answer to one request under an Idempotency-Key, so that asking again does nothing again.

    Keys and requests are digests, and an answer holds neither a signed address nor a token: nothing here opens
    anything. While `answer` is empty somebody is working on it.
    """

    app = models.ForeignKey(MicroApp, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=400)
    operation = models.CharField(max_length=40)
    key = models.BinaryField(max_length=32)
    asked = models.BinaryField(max_length=32)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "app", "operation", "key", "subject"], name="kept_answer_once_a_key"
            )
        ]
        indexes: ClassVar = [
            # The sweeper reads the oldest.
            models.Index(fields=["tenant", "created_at"], name="kept_answer_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} of {self.subject}"
