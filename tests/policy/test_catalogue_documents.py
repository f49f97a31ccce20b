"""The templates that ship: valid, careful, and what their stories promise."""

import re
from pathlib import Path

import pytest

from kernel.sizes import in_words
from policy.actions import Action
from policy.document import Document, parse
from policy.media_types import EXTENSIONS, RUNS_IN_BROWSERS, matches, normalise

CATALOGUE = Path(__file__).parents[2] / "marketplace" / "catalogue"
FILES = sorted(CATALOGUE.glob("*.json"))
EVERY_FILE = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
JARGON = re.compile(r"\b(S3|URL|MIME|token|bucket|API|TTL|policy|scope|tenant|prefix|presigned)\b", re.IGNORECASE)
FACTS = {"workspace": "Marketing", "place": "Frankfurt, Germany", "kept": "for 90 days"}


def test_both_templates_ship() -> None:
    assert {"team-photo-share", "team-file-share"} <= {file.stem for file in FILES}


@EVERY_FILE
def test_a_shipped_file_is_a_document_named_like_its_file(file: Path) -> None:
    assert parse(file.read_bytes()).slug == file.stem


@EVERY_FILE
def test_a_shipped_file_is_tidy_text(file: Path) -> None:
    text = file.read_text("utf-8")
    assert text.endswith("}\n")
    assert "\t" not in text


def test_names_differ() -> None:
    names = [parse(file.read_bytes()).name for file in FILES]
    assert len(set(names)) == len(names)


@EVERY_FILE
def test_types_are_safe_known_and_spelt_normally(file: Path) -> None:
    types = parse(file.read_bytes()).uploads.types
    assert not RUNS_IN_BROWSERS & set(types)
    assert set(types) <= set(EXTENSIONS)
    assert [normalise(content_type) for content_type in types] == list(types)


@EVERY_FILE
def test_words_name_every_kind_of_file_that_is_taken(file: Path) -> None:
    uploads = parse(file.read_bytes()).uploads
    names = {".jpg": "JPG", ".docx": "Word", ".xlsx": "Excel", ".pptx": "PowerPoint", ".txt": "text"}
    for content_type in uploads.types:
        ending = EXTENSIONS[content_type][0]
        word = "OpenDocument" if "opendocument" in content_type else names.get(ending, ending[1:].upper())
        assert re.search(rf"\b{word}\b", uploads.type_words), word


@EVERY_FILE
def test_every_classification_rule_can_apply(file: Path) -> None:
    document = parse(file.read_bytes())
    for rule in document.classification.rules:
        assert [content_type for content_type in document.uploads.types if matches(content_type, rule.types)]


@EVERY_FILE
def test_links_and_tokens_are_short_lived(file: Path) -> None:
    document = parse(file.read_bytes())
    assert 120 <= document.tokens.ttl_seconds <= 600
    assert document.downloads.url_ttl_seconds <= 60


@EVERY_FILE
def test_words_for_people_hold_no_jargon(file: Path) -> None:
    document = parse(file.read_bytes())
    for words in (document.name, document.summary, document.uploads.type_words, *document.consent.lines):
        assert not JARGON.search(words), words


@EVERY_FILE
def test_consent_is_three_sentences_that_say_who_where_and_how_long(file: Path) -> None:
    lines = parse(file.read_bytes()).consent.lines
    filled = [line.format_map(FACTS) for line in lines]
    assert len(lines) == 3
    assert all(line[0].isupper() and line.endswith(".") and len(line) <= 120 for line in filled)
    assert all(fact in " ".join(filled) for fact in FACTS.values())


def test_the_photo_share_is_the_photo_story(photo_share: Document) -> None:
    assert photo_share.name == "Team Photo Share (Marketing)"
    assert all(content_type.startswith("image/") for content_type in photo_share.uploads.types)
    assert "image/svg+xml" not in photo_share.uploads.types
    assert in_words(photo_share.uploads.max_bytes) == "15 MB"
    assert photo_share.uploads.url_ttl_seconds == 120
    assert photo_share.lifecycle.delete_after_days == 90
    assert photo_share.classification.kind == "photo"
    assert photo_share.classification.default == "internal"
    assert set(photo_share.regions) == {"eu-central-1", "eu-west-1", "us-east-1"}


def test_the_photo_share_opens_files_only_where_its_maker_ticks_the_box(photo_share: Document) -> None:
    assert Action.FILES_READ not in photo_share.permissions.required
    assert Action.FILES_READ in photo_share.permissions.possible


def test_the_file_share_keeps_documents_until_they_are_deleted(file_share: Document) -> None:
    assert in_words(file_share.uploads.max_bytes) == "100 MB"
    assert file_share.lifecycle.delete_after_days is None
    assert file_share.lifecycle.trash_days == 30
    assert {"application/pdf", "application/zip", "image/jpeg", "text/csv"} <= set(file_share.uploads.types)
