"""Uploads by anyone who has the link: robots, malware and cost come first."""

from collections.abc import Iterator

from kernel.sizes import MB
from marketplace.review.findings import Finding, Item, Severity, add, replace
from marketplace.review.subject import Check, Subject

_NORM_BYTES = 100 * MB


class PublicWriting(Check):
    """Asks of public templates what team templates needn't have."""

    name = "public writing"
    item = Item.LIMITS

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Nothing for templates of a team."""
        if subject.is_public:
            yield from _without_captcha(subject)
            yield from _without_checks(subject)
            yield from _too_large(subject)


def _without_captcha(subject: Subject) -> Iterator[Finding]:
    if subject.document.captcha is None:
        words = "Anyone may upload, and nothing shows that a person is there: robots would fill the space."
        fix = (add("/captcha", "proof_of_work"),)
        yield Finding(Severity.HIGH, "PUBLIC_WRITE_WITHOUT_CAPTCHA", "/audience", "public", words, fix)


def _without_checks(subject: Subject) -> Iterator[Finding]:
    engines = subject.document.scanning.engines
    if "content_type" not in engines:
        words = "Anyone may upload, and nobody compares what a file is with what it says it is."
        fix = (add("/scanning/engines/0", "content_type"),)
        yield Finding(
            Severity.HIGH, "PUBLIC_WRITE_WITHOUT_TYPE_CHECK", "/scanning/engines", ", ".join(engines), words, fix
        )


def _too_large(subject: Subject) -> Iterator[Finding]:
    size = subject.document.uploads.max_bytes
    if size > _NORM_BYTES:
        words = "Anyone may upload files of {size:bytes}. {norm:bytes} are the norm for strangers."
        facts = {"size": size, "norm": _NORM_BYTES}
        fix = (replace("/uploads/max_bytes", _NORM_BYTES), replace("/costs/bytes_per_file", 10 * MB))
        yield Finding(Severity.MEDIUM, "PUBLIC_WRITE_LARGE", "/uploads/max_bytes", str(size), words, fix, facts)
