"""Every kind of event there is, as `room:subject:what`, with its words for people."""

import enum


class AuditAction(enum.StrEnum):
    """The vocabulary of the record; a stray literal elsewhere is a defect."""

    APP_INSTALLED = "marketplace:app:installed"
    CONSENT_GIVEN = "broker:consent:given"
    TOKEN_ISSUED = "broker:token:issued"
    TOKEN_REFUSED = "broker:token:refused"
    UPLOAD_URL_SIGNED = "gateway:upload-url:signed"
    DOWNLOAD_URL_SIGNED = "gateway:download-url:signed"
    FOLDER_CREATED = "gateway:folder:created"
    UPLOAD_RECEIVED = "storage:upload:received"
    UPLOAD_SCANNING = "storage:upload:scanning"
    UPLOAD_AVAILABLE = "storage:upload:available"
    UPLOAD_REJECTED = "storage:upload:rejected"
    UPLOAD_HELD = "storage:upload:held"
    UPLOAD_EXPIRED = "storage:upload:expired"
    UPLOAD_ABORTED = "storage:upload:aborted"
    FILE_DELETED = "lifecycle:file:deleted"
    QUOTA_CHANGED = "quotas:quota:changed"
    APP_CHANGED = "tenancy:app:changed"

    @property
    def words(self) -> str:
        """The event as a short sentence for people who are not engineers."""
        return _WORDS[self]


_WORDS = {
    AuditAction.APP_INSTALLED: "App created",
    AuditAction.CONSENT_GIVEN: "Someone agreed to share files",
    AuditAction.TOKEN_ISSUED: "Access given for a few minutes",
    AuditAction.TOKEN_REFUSED: "Access refused",
    AuditAction.UPLOAD_URL_SIGNED: "Upload started",
    AuditAction.DOWNLOAD_URL_SIGNED: "Link to open a file made",
    AuditAction.FOLDER_CREATED: "Folder made",
    AuditAction.UPLOAD_RECEIVED: "File arrived",
    AuditAction.UPLOAD_SCANNING: "Check for viruses begun",
    AuditAction.UPLOAD_AVAILABLE: "File safe and stored",
    AuditAction.UPLOAD_REJECTED: "File refused",
    AuditAction.UPLOAD_HELD: "File waits for a person",
    AuditAction.UPLOAD_EXPIRED: "Upload never arrived",
    AuditAction.UPLOAD_ABORTED: "Upload cancelled",
    AuditAction.FILE_DELETED: "File deleted: its time was over",
    AuditAction.QUOTA_CHANGED: "Space changed",
    AuditAction.APP_CHANGED: "App settings changed",
}
