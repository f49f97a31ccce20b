"""Links and access that live longer than the norm: what leaks is usable for as long as it lives."""

from collections.abc import Iterator

from marketplace.review.findings import Finding, Item, Severity, replace
from marketplace.review.subject import Check, Subject

TOKEN_SECONDS, UPLOAD_SECONDS, DOWNLOAD_SECONDS = 300, 240, 60


class Lifetimes(Check):
    """Compares each lifetime with its norm, in seconds."""

    name = "lifetimes"
    item = Item.CREDENTIALS

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each lifetime above the norm; worse where strangers or protected files are concerned."""
        document = subject.document
        exposed = Severity.MEDIUM if subject.is_public or subject.is_protected else Severity.LOW
        for place, seconds, norm, words in (
            ("/tokens/ttl_seconds", document.tokens.ttl_seconds, TOKEN_SECONDS,
             "Access lives {seconds:count} seconds; {norm:count} are the norm."),
            ("/uploads/url_ttl_seconds", document.uploads.url_ttl_seconds, UPLOAD_SECONDS,
             "A link to upload lives {seconds:count} seconds; {norm:count} are the norm."),
            ("/downloads/url_ttl_seconds", document.downloads.url_ttl_seconds, DOWNLOAD_SECONDS,
             "A link to open lives {seconds:count} seconds; {norm:count} are the norm."),
        ):  # fmt: skip
            if seconds > norm:
                fix, facts = (replace(place, norm),), {"seconds": seconds, "norm": norm}
                yield Finding(exposed, "LIVES_TOO_LONG", place, str(seconds), words, fix, facts)
