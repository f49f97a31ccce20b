"""The templates that ship: valid, careful, and what their stories promise."""

import re
from pathlib import Path

import pytest

from kernel.decisions import Allowed, Denied
from kernel.sizes import in_words
from policy.actions import Action
from policy.document import Document, parse
from policy.engine import decide
from policy.media_types import EXTENSIONS, RUNS_IN_BROWSERS, matches, normalise, type_of
from policy.rego.asking import module_of
from policy.wishes import UploadWish

CATALOGUE = Path(__file__).parents[2] / "marketplace" / "catalogue"
FILES = sorted(CATALOGUE.glob("*.json"))
EVERY_FILE = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
JARGON = re.compile(r"\b(S3|URL|MIME|token|bucket|API|TTL|policy|scope|tenant|prefix|presigned)\b", re.IGNORECASE)
FACTS = {"workspace": "Marketing", "place": "Frankfurt, Germany", "kept": "for 90 days"}


def test_eight_templates_ship() -> None:
    assert {file.stem for file in FILES} == {
        "team-photo-share", "team-file-share", "file-import", "form-attachments", "public-drop-box", "invoice-inbox",
        "hr-document-intake", "event-gallery",
    }  # fmt: skip


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
    for words in (
        document.name,
        document.summary,
        document.uploads.type_words,
        *(line for _pointer, line in document.consent_lines()),
    ):
        assert not JARGON.search(words), words


@EVERY_FILE
def test_consent_is_three_sentences_that_say_who_where_and_how_long(file: Path) -> None:
    lines = parse(file.read_bytes()).consent.lines
    filled = [line.format_map(FACTS) for line in lines]
    assert len(lines) == 3
    assert all(line[0].isupper() and line.endswith(".") and len(line) <= 120 for line in filled)
    assert all(fact in " ".join(filled) for fact in FACTS.values())


@EVERY_FILE
def test_a_shipped_module_is_one_that_may_be_published(file: Path) -> None:
    document = parse(file.read_bytes())
    module = module_of(document)
    assert (module is None) == (document.rego is None)


@pytest.mark.parametrize(
    ("slug", "name", "size", "refused"),
    [
        ("file-import", "sales.csv", 49_000_000, None),
        ("file-import", "sales.xlsx", 21_000_000, "up to 20 MB"),
        ("file-import", "sales.xlsx", 19_000_000, None),
        ("file-import", "sales.xlsx.csv", 1_000, "two endings"),
        ("invoice-inbox", "Miller-2041.pdf", 1_000, None),
        ("invoice-inbox", "scan0001.pdf", 1_000, "after the sender"),
        ("invoice-inbox", "Rechnung (2).PDF", 1_000, "after the sender"),
        ("invoice-inbox", "Scandinavian Air 12.pdf", 1_000, None),
    ],
)
def test_a_shipped_module_refuses_in_words_that_help(slug: str, name: str, size: int, refused: str | None) -> None:
    document = parse((CATALOGUE / f"{slug}.json").read_bytes())
    decision = decide(document, UploadWish(name, size, type_of(name, ""), "eu-central-1"))
    if refused is None:
        assert isinstance(decision, Allowed)
    else:
        assert isinstance(decision, Denied)
        assert refused in decision.reason


def test_an_invoice_is_kept_as_long_as_the_law_asks_under_the_customers_key() -> None:
    invoices = parse((CATALOGUE / "invoice-inbox.json").read_bytes())
    assert invoices.retention.minimum_days >= 3653
    assert invoices.encryption.customer_key == "required"
    assert "personal_data" in invoices.scanning.engines
    assert all(region.startswith("eu-") for region in invoices.regions)


def test_who_hands_in_sees_nothing_of_others() -> None:
    for slug in ("public-drop-box", "hr-document-intake"):
        permissions = parse((CATALOGUE / f"{slug}.json").read_bytes()).permissions
        assert permissions.possible == {Action.FILES_WRITE}


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
