"""Every kind of event there is, as `room:subject:what`, with its words for people."""

import enum


class AuditAction(enum.StrEnum):
    """The vocabulary of the record; a stray literal elsewhere is a defect."""

    APP_INSTALLED = "marketplace:app:installed"
    MEMBER_CHANGED = "tenancy:member:changed"
    APP_UPDATED = "marketplace:app:updated"
    REQUEST_MADE = "marketplace:request:made"
    REQUEST_DECIDED = "marketplace:request:decided"
    CONSENT_GIVEN = "broker:consent:given"
    TOKEN_ISSUED = "broker:token:issued"
    TOKEN_REFUSED = "broker:token:refused"
    TOKEN_HIDDEN = "broker:token:hidden"
    TOKEN_REVOKED = "broker:token:revoked"
    ACCESS_REVOKED = "broker:access:revoked"
    CONSENT_WITHDRAWN = "broker:consent:withdrawn"
    CLIENT_AUTHORIZED = "broker:client:authorized"
    CLIENT_SECRET_MADE = "broker:client-secret:made"
    CLIENT_SECRET_RETIRED = "broker:client-secret:retired"
    CODE_REPLAYED = "broker:code:replayed"
    ISSUER_TRUSTED = "broker:issuer:trusted"
    ISSUER_DROPPED = "broker:issuer:dropped"
    SIGNING_KEY_ROTATED = "broker:signing-key:rotated"
    TOKEN_LIFE_CUT = "broker:token-life:cut"
    LIMITS_CHANGED = "admission:limits:changed"
    TEMPLATE_LIMITED = "admission:template:limited"
    TEMPLATE_LIMIT_LIFTED = "admission:template:limit-lifted"
    UPLOAD_URL_SIGNED = "gateway:upload-url:signed"
    DOWNLOAD_URL_SIGNED = "gateway:download-url:signed"
    FOLDER_CREATED = "gateway:folder:created"
    FOLDER_CHANGED = "gateway:folder:changed"
    FOLDER_DELETED = "gateway:folder:deleted"
    MULTIPART_STARTED = "gateway:multipart:started"
    PART_URL_SIGNED = "gateway:part-url:signed"
    FILE_CHANGED = "gateway:file:changed"
    FILE_COPIED = "gateway:file:copied"
    FILE_TRASHED = "gateway:file:trashed"
    FILE_RESTORED = "gateway:file:restored"
    FILE_SHOWN = "marketplace:file:shown"
    FILE_HIDDEN = "marketplace:file:hidden"
    UPLOAD_RECEIVED = "storage:upload:received"
    UPLOAD_SCANNING = "storage:upload:scanning"
    UPLOAD_AVAILABLE = "storage:upload:available"
    UPLOAD_REJECTED = "storage:upload:rejected"
    UPLOAD_HELD = "storage:upload:held"
    UPLOAD_EXPIRED = "storage:upload:expired"
    UPLOAD_ABORTED = "storage:upload:aborted"
    SCANNER_ADDED = "scanning:scanner:added"
    SCANNER_CHANGED = "scanning:scanner:changed"
    SCANNER_REMOVED = "scanning:scanner:removed"
    FILE_RELEASED = "scanning:file:released"
    FILE_REFUSED = "scanning:file:refused"
    FILE_LOCKED = "scanning:file:locked"
    FILE_UNLOCKED = "scanning:file:unlocked"
    FILE_DELETED = "lifecycle:file:deleted"
    FILE_ARCHIVED = "lifecycle:file:archived"
    FILE_ASKED_BACK = "lifecycle:file:asked-back"
    FILE_BROUGHT_BACK = "lifecycle:file:brought-back"
    FILE_KEPT = "lifecycle:file:kept"
    STORAGE_RECONCILED = "lifecycle:storage:reconciled"
    KEEPING_CHANGED = "lifecycle:keeping:changed"
    HOLD_PLACED = "lifecycle:hold:placed"
    HOLD_LIFTED = "lifecycle:hold:lifted"
    HOLD_BOUND = "lifecycle:hold:bound"
    REVIEW_ASKED = "marketplace:review:asked"
    REVIEW_ANALYSED = "marketplace:review:analysed"
    FINDING_EXPLAINED = "marketplace:finding:explained"
    REVIEW_DECIDED = "marketplace:review:decided"
    TEMPLATE_PUBLISHED = "marketplace:template:published"
    TEMPLATE_WITHDRAWN = "marketplace:template:withdrawn"
    PRICES_CHANGED = "marketplace:prices:changed"
    TRANSFORMS_CHANGED = "marketplace:transforms:changed"
    QUOTA_CHANGED = "quotas:quota:changed"
    WEBHOOK_ADDED = "notices:webhook:added"
    WEBHOOK_CHANGED = "notices:webhook:changed"
    WEBHOOK_REMOVED = "notices:webhook:removed"
    NOTICE_SENT_AGAIN = "notices:delivery:sent-again"
    APP_CHANGED = "tenancy:app:changed"
    CUSTOMER_KEY_USED = "marketplace:customer-key:used"
    SANDBOX_BEGUN = "marketplace:sandbox:begun"
    SANDBOX_ENDED = "marketplace:sandbox:ended"

    @property
    def words(self) -> str:
        """The event as a short sentence for people who are not engineers."""
        return _WORDS[self]


_WORDS = {
    AuditAction.APP_INSTALLED: "App created",
    AuditAction.MEMBER_CHANGED: "Somebody's role changed",
    AuditAction.APP_UPDATED: "App moved to another version of its template",
    AuditAction.REQUEST_MADE: "Something asked of the owner",
    AuditAction.REQUEST_DECIDED: "A request decided",
    AuditAction.CONSENT_GIVEN: "Someone agreed to share files",
    AuditAction.TOKEN_ISSUED: "Access given for a few minutes",
    AuditAction.TOKEN_REFUSED: "Access refused",
    AuditAction.TOKEN_HIDDEN: "A server asked about another organisation's access and was told nothing",
    AuditAction.TOKEN_REVOKED: "One access taken back",
    AuditAction.ACCESS_REVOKED: "Access taken back",
    AuditAction.CONSENT_WITHDRAWN: "Someone withdrew their agreement to share files",
    AuditAction.CLIENT_AUTHORIZED: "Someone let another program use the app for them",
    AuditAction.CLIENT_SECRET_MADE: "Key for a server made",
    AuditAction.CLIENT_SECRET_RETIRED: "Key for a server retired",
    AuditAction.CODE_REPLAYED: "A used sign-in code came again: its access was taken back",
    AuditAction.ISSUER_TRUSTED: "Another sign-in service trusted",
    AuditAction.ISSUER_DROPPED: "Another sign-in service no longer trusted",
    AuditAction.SIGNING_KEY_ROTATED: "Signing key changed",
    AuditAction.TOKEN_LIFE_CUT: "Longest life of access changed",
    AuditAction.LIMITS_CHANGED: "Costs and rates of requests changed",
    AuditAction.TEMPLATE_LIMITED: "Apps of a template slowed down",
    AuditAction.TEMPLATE_LIMIT_LIFTED: "Apps of a template no longer slowed down",
    AuditAction.UPLOAD_URL_SIGNED: "Upload started",
    AuditAction.DOWNLOAD_URL_SIGNED: "Link to open a file made",
    AuditAction.FOLDER_CREATED: "Folder made",
    AuditAction.FOLDER_CHANGED: "Folder renamed or moved",
    AuditAction.FOLDER_DELETED: "Empty folder deleted",
    AuditAction.MULTIPART_STARTED: "Upload in parts started",
    AuditAction.PART_URL_SIGNED: "Address for a part of a file given",
    AuditAction.FILE_CHANGED: "File renamed or moved",
    AuditAction.FILE_COPIED: "File copied",
    AuditAction.FILE_TRASHED: "File put into the trash",
    AuditAction.FILE_RESTORED: "File taken out of the trash",
    AuditAction.FILE_SHOWN: "File shown to everyone",
    AuditAction.FILE_HIDDEN: "File hidden from everyone",
    AuditAction.UPLOAD_RECEIVED: "File arrived",
    AuditAction.UPLOAD_SCANNING: "Check for viruses begun",
    AuditAction.UPLOAD_AVAILABLE: "File safe and stored",
    AuditAction.UPLOAD_REJECTED: "File refused",
    AuditAction.UPLOAD_HELD: "File waits for a person",
    AuditAction.UPLOAD_EXPIRED: "Upload never arrived",
    AuditAction.UPLOAD_ABORTED: "Upload cancelled",
    AuditAction.KEEPING_CHANGED: "How long files are kept changed",
    AuditAction.HOLD_PLACED: "Legal hold placed: nothing is deleted",
    AuditAction.HOLD_LIFTED: "Legal hold lifted",
    AuditAction.HOLD_BOUND: "Legal hold bound in storage too",
    AuditAction.FILE_ARCHIVED: "Old file moved to the archive",
    AuditAction.FILE_ASKED_BACK: "File asked back from the archive",
    AuditAction.FILE_BROUGHT_BACK: "File brought back from the archive",
    AuditAction.FILE_KEPT: "File kept by storage until its day",
    AuditAction.STORAGE_RECONCILED: "Storage and records made to agree",
    AuditAction.SCANNER_ADDED: "Scanner of the organisation's own added",
    AuditAction.SCANNER_CHANGED: "Scanner of the organisation's own turned off or on",
    AuditAction.SCANNER_REMOVED: "Scanner of the organisation's own removed",
    AuditAction.FILE_RELEASED: "Held file released by a person",
    AuditAction.FILE_REFUSED: "Held file refused by a person",
    AuditAction.FILE_LOCKED: "File locked: a later check found something",
    AuditAction.FILE_UNLOCKED: "Locked file released by a person",
    AuditAction.FILE_DELETED: "File deleted: its time was over",
    AuditAction.REVIEW_ASKED: "Review of a template asked for",
    AuditAction.REVIEW_ANALYSED: "Template looked at by the machine",
    AuditAction.FINDING_EXPLAINED: "Finding of a review explained",
    AuditAction.REVIEW_DECIDED: "Review of a template decided",
    AuditAction.TEMPLATE_PUBLISHED: "Template published",
    AuditAction.TEMPLATE_WITHDRAWN: "Template withdrawn",
    AuditAction.PRICES_CHANGED: "Prices of a region changed",
    AuditAction.TRANSFORMS_CHANGED: "A rule for metadata and labels changed",
    AuditAction.QUOTA_CHANGED: "Space changed",
    AuditAction.WEBHOOK_ADDED: "Webhook added",
    AuditAction.WEBHOOK_CHANGED: "Webhook changed",
    AuditAction.WEBHOOK_REMOVED: "Webhook removed",
    AuditAction.NOTICE_SENT_AGAIN: "Notice sent again",
    AuditAction.APP_CHANGED: "App settings changed",
    AuditAction.CUSTOMER_KEY_USED: "Files encrypted with the workspace's own key from now on",
    AuditAction.SANDBOX_BEGUN: "Sandbox begun",
    AuditAction.SANDBOX_ENDED: "Sandbox over: everything in it deleted",
}
