"""The states of an upload and the steps between them."""

from django.db import models

from audit.actions import AuditAction


class UploadState(models.TextChoices):
    """Where an upload stands, with the words that people read."""

    STARTED = "started", "Uploading"
    RECEIVED = "received", "Arrived"
    SCANNING = "scanning", "Checking for viruses"
    AVAILABLE = "available", "Safe and stored"
    REJECTED = "rejected", "Refused"
    HELD = "held", "Waiting for a person"
    EXPIRED = "expired", "Never arrived"
    ABORTED = "aborted", "Cancelled"


S = UploadState
NEXT: dict[UploadState, frozenset[UploadState]] = {
    S.STARTED: frozenset({S.RECEIVED, S.REJECTED, S.EXPIRED, S.ABORTED}),
    S.RECEIVED: frozenset({S.SCANNING}),
    S.SCANNING: frozenset({S.AVAILABLE, S.REJECTED, S.HELD}),
    S.HELD: frozenset({S.SCANNING, S.REJECTED}),
    S.AVAILABLE: frozenset(),
    S.REJECTED: frozenset(),
    S.EXPIRED: frozenset(),
    S.ABORTED: frozenset(),
}
IN_FLIGHT = frozenset({S.STARTED, S.RECEIVED, S.SCANNING})
AWAITING_SCAN = frozenset({S.RECEIVED, S.SCANNING})
ENDED_WITHOUT_FILE = frozenset({S.REJECTED, S.EXPIRED, S.ABORTED})

RECORDED_AS: dict[UploadState, AuditAction] = {
    S.RECEIVED: AuditAction.UPLOAD_RECEIVED,
    S.SCANNING: AuditAction.UPLOAD_SCANNING,
    S.AVAILABLE: AuditAction.UPLOAD_AVAILABLE,
    S.REJECTED: AuditAction.UPLOAD_REJECTED,
    S.HELD: AuditAction.UPLOAD_HELD,
    S.EXPIRED: AuditAction.UPLOAD_EXPIRED,
    S.ABORTED: AuditAction.UPLOAD_ABORTED,
}
