"""Encryption and checks that fit the kind of files."""

from collections.abc import Iterator

from marketplace.review.findings import Finding, Item, Severity, add, replace
from marketplace.review.subject import Check, Subject


class Protection(Check):
    """Compares the classification with what protects the files."""

    name = "protection"
    item = Item.COMPLIANCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Regulated files need the customer's own key and a search for personal data; confidential ones the chance."""
        key = subject.document.encryption.customer_key
        place, engines = "/encryption/customer_key", subject.document.scanning.engines
        if subject.is_regulated and key != "required":
            words = "Regulated files must be encrypted with the customer's own key."
            yield Finding(Severity.HIGH, "REGULATED_WITHOUT_OWN_KEY", place, key, words, (replace(place, "required"),))
        if subject.is_regulated and "personal_data" not in engines:
            words = "Regulated files should be searched for personal data before anyone opens them."
            fix = (add("/scanning/engines/-", "personal_data"),)
            yield Finding(
                Severity.MEDIUM, "REGULATED_NOT_SEARCHED", "/scanning/engines", ", ".join(engines), words, fix
            )
        if subject.is_protected and not subject.is_regulated and key == "unavailable":
            words = "Confidential files should at least be possible to encrypt with the customer's own key."
            yield Finding(Severity.LOW, "OWN_KEY_IMPOSSIBLE", place, key, words, (replace(place, "optional"),))
