"""Files that anyone may open or list: what goes out can't be called back."""

from collections.abc import Iterator

from marketplace.review.findings import Finding, Item, Severity, remove, replace
from marketplace.review.subject import Check, Subject
from policy.actions import Action

_LOOKING = (Action.FILES_LIST, Action.FILES_READ)


class PublicReading(Check):
    """Asks who sees whose files."""

    name = "public reading"
    item = Item.COMPLIANCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each way in which strangers see files."""
        yield from _protected_to_everyone(subject)
        yield from _unseen_to_everyone(subject)
        yield from _strangers_see_each_other(subject)


def _protected_to_everyone(subject: Subject) -> Iterator[Finding]:
    if subject.document.public_read and subject.is_protected:
        label = subject.document.classification.default
        words = "Anyone may open files that are {label:words}. One of the two is a mistake."
        fix = (remove("/public_read"),)
        yield Finding(
            Severity.HIGH, "PROTECTED_FILES_FOR_EVERYONE", "/public_read", label, words, fix, {"label": label}
        )


def _unseen_to_everyone(subject: Subject) -> Iterator[Finding]:
    if subject.document.public_read != "at_once":
        return
    severity = Severity.HIGH if subject.is_public else Severity.MEDIUM
    words = "Anyone may open files that no person has looked at: the page would carry whatever somebody uploads."
    fix = (replace("/public_read", "after_review"),)
    yield Finding(severity, "PUBLIC_READ_WITHOUT_REVIEW", "/public_read", "at_once", words, fix)


def _strangers_see_each_other(subject: Subject) -> Iterator[Finding]:
    permissions = subject.document.permissions
    if not subject.is_public or not permissions.possible & set(_LOOKING):
        return
    kept = [action for action in permissions.required if action not in _LOOKING] or [Action.FILES_WRITE]
    optional = [action for action in permissions.optional if action not in {*_LOOKING, *kept}]
    fix = (replace("/permissions/required", kept), replace("/permissions/optional", optional))
    evidence = ", ".join(sorted(permissions.possible & set(_LOOKING)))
    words = "Anyone who has the link could see what others uploaded."
    yield Finding(Severity.HIGH, "STRANGERS_SEE_FILES", "/permissions", evidence, words, fix)
