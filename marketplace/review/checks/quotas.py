"""Space and sizes beyond what one app of this kind needs."""

from collections.abc import Iterator

from kernel.sizes import GB
from marketplace.review.findings import Finding, Item, Severity, replace
from marketplace.review.subject import Check, Subject

NORM_APP_BYTES, NORM_APP_OBJECTS, NORM_FILE_BYTES = 1_000 * GB, 1_000_000, GB


class Quotas(Check):
    """Compares each bound with its norm. Owners may raise a quota later; a template begins low."""

    name = "quotas"
    item = Item.LIMITS

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each bound above the norm."""
        quota, uploads = subject.document.quota, subject.document.uploads
        for place, value, norm, words in (
            ("/quota/app_bytes", quota.app_bytes, NORM_APP_BYTES,
             "An app begins with {value:bytes}: far more than others. An owner can raise it where it is needed."),
            ("/quota/app_objects", quota.app_objects, NORM_APP_OBJECTS,
             "It may hold {value:count} files: far more than others. An owner can raise it where it is needed."),
            ("/uploads/max_bytes", uploads.max_bytes, NORM_FILE_BYTES,
             "Files up to {value:bytes}: far more than others. An owner can raise it where it is needed."),
        ):  # fmt: skip
            if value > norm:
                fix, facts = (replace(place, norm),), {"value": value}
                yield Finding(Severity.MEDIUM, "BOUND_TOO_WIDE", place, str(value), words, fix, facts)
