"""The labels that a file gets by itself; encryption, sharing and how long it stays go by them."""

from collections.abc import Mapping

from policy.media_types import matches
from policy.shape import Document
from policy.wishes import UploadWish

CLASSES = ("public", "internal", "confidential", "regulated")
"""From the least to the most protected: modules and rules may only move a file up."""


PROTECTED = frozenset({"confidential", "regulated"})
"""What is never shown to everybody."""

CONTAINS = "contains"
"""The label that names what a search found in the file."""


def is_protected(labels: Mapping[str, str]) -> bool:
    """Whether only the workspace's own people may open it, under the workspace's own key where there is one."""
    return labels.get("classification") in PROTECTED


def inherited(labels: Mapping[str, str], source: Mapping[str, str]) -> dict[str, str]:
    """A copy's own labels, with what was found in its source: copying protects nothing less."""
    if not source.get(CONTAINS):
        return dict(labels)
    own, other = (each.get("classification", CLASSES[0]) for each in (labels, source))
    return {**labels, "classification": higher(own, other), CONTAINS: source[CONTAINS]}


def higher(one: str, other: str) -> str:
    """The one that protects more; one that isn't known here protects most."""
    return max(one, other, key=lambda name: CLASSES.index(name) if name in CLASSES else len(CLASSES))


def labels_for(document: Document, wish: UploadWish) -> dict[str, str]:
    """The object's labels: plain ASCII names and values, fit for S3 tags and metadata.

    Every value is the document's own or a region's code; nothing that a person typed is among them.
    """
    return {
        "template": f"{document.slug}/{document.version}",
        "classification": document.classification.default,
        "kind": kind_of(document, wish.content_type),
        "retention": document.retention.label,
        "region": wish.region,
    }


def kind_of(document: Document, content_type: str | None) -> str:
    """The kind that files of this type get by the document's rules."""
    rules = document.classification.rules
    kinds = (rule.kind for rule in rules if content_type and matches(content_type, rule.types))
    return next(kinds, document.classification.kind)
