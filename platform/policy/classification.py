"""The labels that a file gets by itself; lifecycle, encryption and sharing go by them."""

from policy.media_types import matches
from policy.shape import Document
from policy.wishes import UploadWish

CLASSES = ("public", "internal", "confidential", "regulated")
"""From the least to the most protected: modules and rules may only move a file up."""


def labels_for(document: Document, wish: UploadWish) -> dict[str, str]:
    """The object's labels: plain ASCII names and values, fit for S3 tags and metadata.

    Every value is the document's own or a region's code; nothing that a person typed is among them.
    """
    return {
        "template": f"{document.slug}/{document.version}",
        "classification": document.classification.default,
        "kind": _kind(document, wish),
        "retention": document.retention.label,
        "region": wish.region,
    }


def _kind(document: Document, wish: UploadWish) -> str:
    rules = document.classification.rules
    kinds = (rule.kind for rule in rules if wish.content_type and matches(wish.content_type, rule.types))
    return next(kinds, document.classification.kind)
