"""What is reviewed: one document, and what is known around it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from marketplace.review.findings import Finding, Item
from policy.costs import PriceBook
from policy.document import Document, as_json


@dataclass(frozen=True)
class Subject:
    """A document that parses, the names of published templates by slug, and price books by region where others hold."""

    document: Document
    published: Mapping[str, str] = field(default_factory=dict)
    books: Mapping[str, PriceBook] = field(default_factory=dict)

    @cached_property
    def content(self) -> dict[str, Any]:
        """The document as it is stored."""
        return as_json(self.document)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text of the document with its pointer."""
        waiting: list[tuple[str, Any]] = [("", self.content)]
        while waiting:
            pointer, value = waiting.pop()
            if isinstance(value, str):
                yield pointer, value
            elif isinstance(value, dict):
                waiting.extend((f"{pointer}/{name}", child) for name, child in value.items())
            elif isinstance(value, list):
                waiting.extend((f"{pointer}/{position}", child) for position, child in enumerate(value))

    @property
    def is_public(self) -> bool:
        """Whether anyone who has the link may upload."""
        return self.document.audience == "public"

    @property
    def is_protected(self) -> bool:
        """Whether its files are confidential or regulated."""
        return self.document.classification.default in {"confidential", "regulated"}

    @property
    def is_regulated(self) -> bool:
        """Whether its files are regulated."""
        return self.document.classification.default == "regulated"


class Check:
    """One check: what it is called, which item of the checklist it answers for, and what it finds."""

    name: str
    item: Item

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Everything that this check has to say of the document."""
        raise NotImplementedError
