"""The labels that an object must carry: chosen by type, safe for tags and metadata."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.classification import labels_for
from policy.document import Document
from policy.wishes import UploadWish

TAG = re.compile(r"[A-Za-z0-9+\-=._:/@]{1,128}")
OFFICE = "application/vnd.openxmlformats-officedocument."
REQUIRED = {"template", "classification", "kind", "retention", "region"}


def kind_of(document: Document, content_type: str | None) -> str:
    """The kind of a file of this type."""
    return labels_for(document, UploadWish("a", 1, content_type, "eu-west-1"))["kind"]


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("image/jpeg", "photo"),
        ("image/heic", "photo"),
        ("application/pdf", "document"),
        ("text/plain", "document"),
        (OFFICE + "wordprocessingml.document", "document"),
        (OFFICE + "presentationml.presentation", "document"),
        ("application/vnd.oasis.opendocument.text", "document"),
        (OFFICE + "spreadsheetml.sheet", "table"),
        ("text/csv", "table"),
        ("application/zip", "archive"),
        ("imagery/jpeg", "document"),
        (None, "document"),
    ],
)
def test_a_shared_file_is_classified_by_what_it_is(file_share: Document, content_type: str | None, kind: str) -> None:
    assert kind_of(file_share, content_type) == kind


def test_every_photo_of_the_photo_share_is_a_photo(photo_share: Document) -> None:
    assert {kind_of(photo_share, content_type) for content_type in photo_share.uploads.types} == {"photo"}


def test_the_first_rule_that_knows_the_type_decides(file_share: Document) -> None:
    rules = tuple(reversed(file_share.classification.rules)) + file_share.classification.rules
    general = msgspec.structs.replace(rules[-1], types=("text/*",), kind="text")
    classification = msgspec.structs.replace(file_share.classification, rules=(general, *rules))
    changed = msgspec.structs.replace(file_share, classification=classification)
    assert kind_of(changed, "text/csv") == "text"
    assert kind_of(changed, "image/png") == "photo"


@given(
    name=st.text(max_size=60),
    size=st.integers(0, 10**12),
    region=st.sampled_from(["eu-central-1", "eu-west-1"]),
    position=st.integers(0, 100),
)
def test_labels_are_flat_safe_and_free_of_what_a_person_typed(
    file_share: Document, name: str, size: int, region: str, position: int
) -> None:
    content_type = file_share.uploads.types[position % len(file_share.uploads.types)]
    labels = labels_for(file_share, UploadWish(name, size, content_type, region))
    assert set(labels) == REQUIRED
    assert all(TAG.fullmatch(text) for pair in labels.items() for text in pair)
    assert labels == labels_for(file_share, UploadWish("other", 1, content_type, region))


def test_labels_leave_room_for_tenant_and_app_among_the_ten_tags_of_an_object(photo_share: Document) -> None:
    labels = labels_for(photo_share, UploadWish("a.jpg", 1, "image/jpeg", "us-east-1"))
    assert len(labels) + 2 <= 10
    assert labels["region"] == "us-east-1"
    assert labels["template"] == f"team-photo-share/{photo_share.version}"
