"""Permissions that are more than the template's purpose needs."""

from collections.abc import Iterator

from marketplace.review.findings import Finding, Item, Severity, replace
from marketplace.review.subject import Check, Subject
from policy.actions import Action


class Permissions(Check):
    """Looks at combinations of permissions."""

    name = "permissions"
    item = Item.EXPERIENCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Reading that isn't a choice where files are regulated, and templates that take no file."""
        permissions = subject.document.permissions
        if subject.is_regulated and Action.FILES_READ in permissions.required:
            kept = [action for action in permissions.required if action != Action.FILES_READ]
            optional = [*permissions.optional, Action.FILES_READ]
            fix = (replace("/permissions/required", kept), replace("/permissions/optional", optional)) if kept else ()
            words = "Everybody who uploads could open regulated files. Make it a choice of the app's maker."
            yield Finding(
                Severity.MEDIUM, "EVERYBODY_OPENS_REGULATED", "/permissions/required", "files:read", words, fix
            )
        if Action.FILES_WRITE not in permissions.possible:
            words = "No app of this template could ever take a file."
            yield Finding(Severity.MEDIUM, "TAKES_NO_FILE", "/permissions", "", words)
