"""What a template document may say: each field's bounds, and what its author is told."""

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from kernel.regions import REGIONS
from policy.actions import Action
from policy.document import MAX_DOCUMENT_BYTES, Document, DocumentError, as_json, parse

Bend = Callable[..., bytes]
SCHEMA: dict[str, Any] = json.loads(resources.files("policy").joinpath("template.schema.json").read_text("utf-8"))


def pointers(raw: bytes) -> set[str]:
    """Where the document is refused."""
    with pytest.raises(DocumentError) as refusal:
        parse(raw)
    assert all(error.detail for error in refusal.value.errors)
    english = {error.detail for error in refusal.value.errors}
    with override("de"), pytest.raises(DocumentError) as german:
        parse(raw)
    assert not english & {error.detail for error in german.value.errors}
    return {error.pointer for error in refusal.value.errors}


def objects(schema: Any) -> list[dict[str, Any]]:
    """Every sub-schema that describes an object."""
    if isinstance(schema, list):
        return [found for item in schema for found in objects(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for item in schema.values() for found in objects(item)]


def test_the_schema_is_a_valid_schema() -> None:
    assert jsonschema_rs.meta.is_valid(SCHEMA)


def test_no_object_of_the_schema_takes_unknown_fields() -> None:
    assert len(objects(SCHEMA)) > 10
    assert all(described["additionalProperties"] is False for described in objects(SCHEMA))


def test_the_schema_knows_exactly_the_regions_and_actions_of_the_code() -> None:
    assert SCHEMA["properties"]["regions"]["items"]["enum"] == list(REGIONS)
    assert set(SCHEMA["$defs"]["actions"]["items"]["enum"]) == set(Action)


def test_the_typed_document_has_exactly_the_fields_of_the_schema(photo_share: Document) -> None:
    assert {field.name for field in msgspec.structs.fields(photo_share)} == set(SCHEMA["properties"])


def test_a_document_is_frozen(photo_share: Document) -> None:
    with pytest.raises(AttributeError):
        photo_share.name = "Other"  # type: ignore[misc]  # that it can't be set is the point
    assert hash(photo_share) == hash(parse(json.dumps(as_json(photo_share)).encode()))


@pytest.mark.parametrize("field", SCHEMA["required"])
def test_a_missing_field_is_named(bend: Bend, field: str) -> None:
    with pytest.raises(DocumentError, match=f'The field "{field}" is missing'):
        parse(bend({field: ...}))


@pytest.mark.parametrize(
    "place", ["", "permissions.", "uploads.", "tokens.", "downloads.", "scanning.", "classification.", "lifecycle.",
              "retention.", "encryption.", "quota.", "costs.", "consent."],
)  # fmt: skip
def test_an_unknown_field_is_refused_at_its_place(bend: Bend, place: str) -> None:
    expected = "/" + place.strip(".") if place else ""
    assert pointers(bend({f"{place}access_key": "AKIA0000"})) == {expected}


@pytest.mark.parametrize(
    ("field", "lowest", "highest"),
    [
        ("tokens.ttl_seconds", 120, 600),
        ("uploads.url_ttl_seconds", 30, 300),
        ("downloads.url_ttl_seconds", 30, 300),
        ("lifecycle.delete_after_days", 1, 36_500),
        ("lifecycle.trash_days", 0, 90),
        ("costs.downloads_per_file", 0, 10_000),
        ("costs.bytes_per_file", 1, 15_000_000),
        ("quota.app_objects", 1, 10**9),
        ("quota.app_bytes", 15_000_000, 10**15),
    ],
)
def test_a_number_is_taken_up_to_its_bounds(bend: Bend, field: str, lowest: int, highest: int) -> None:
    pointer = "/" + field.replace(".", "/")
    for value in (lowest, highest):
        parse(bend({field: value}))
    assert pointers(bend({field: highest + 1})) == {pointer}
    assert pointers(bend({field: lowest - 1})) <= {pointer, "/uploads/url_ttl_seconds"}


def test_a_short_lived_token_is_possible_with_links_as_short(bend: Bend) -> None:
    lives = {"tokens.ttl_seconds": 30, "uploads.url_ttl_seconds": 30, "downloads.url_ttl_seconds": 30}
    assert parse(bend(lives)).tokens.ttl_seconds == 30
    assert pointers(bend({**lives, "tokens.ttl_seconds": 29})) == {"/tokens/ttl_seconds"}


def test_the_largest_file_is_the_largest_that_can_be_scanned(bend: Bend) -> None:
    room, largest = {"quota.app_bytes": 10**12}, 2**31 - 2
    assert parse(bend({**room, "uploads.max_bytes": largest})).uploads.max_bytes == largest
    assert pointers(bend({**room, "uploads.max_bytes": largest + 1})) == {"/uploads/max_bytes"}
    assert pointers(bend({"uploads.max_bytes": 0})) == {"/uploads/max_bytes"}


@pytest.mark.parametrize("value", ["120", True, None, [120], {"seconds": 120}])
def test_a_number_in_another_type_is_refused(bend: Bend, value: object) -> None:
    assert pointers(bend({"uploads.url_ttl_seconds": value})) == {"/uploads/url_ttl_seconds"}


@pytest.mark.parametrize("value", [120.0, 15e300])
def test_a_number_with_a_fraction_is_refused_before_the_schema(bend: Bend, value: float) -> None:
    assert pointers(bend({"uploads.url_ttl_seconds": value})) == {""}


@pytest.mark.parametrize("version", ["1", "1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1.0.0-rc1", "1.0.0\n", "1.٠.0", ""])
def test_a_version_is_three_plain_numbers(bend: Bend, version: str) -> None:
    assert pointers(bend({"version": version})) == {"/version"}


@pytest.mark.parametrize("slug", ["", "-a", "a-", "a--b", "A", "a_b", "a b", "ä", "a/b", "..", "a" * 64, "a\n"])
def test_a_slug_is_plain(bend: Bend, slug: str) -> None:
    assert pointers(bend({"slug": slug})) == {"/slug"}


@pytest.mark.parametrize(
    "words",
    ["", " ", " a", "a ", "a\u00a0", "a\nb", "a\x00", "a\x1b[0m", "a\u202eb", "a\u200bb", "\ufeffa", "a\u2028b",
     "x" * 81],
    ids=ascii,
)  # fmt: skip
def test_words_for_people_are_one_visible_line(bend: Bend, words: str) -> None:
    assert pointers(bend({"name": words})) == {"/name"}


@pytest.mark.parametrize(
    "words", ["a", "Fotos für Büro", "写真", "می\u200cخواهم", "\U0001f468\u200d\U0001f469 team", "a" * 80]
)
def test_words_are_taken_in_any_language(bend: Bend, words: str) -> None:
    assert parse(bend({"name": words})).name == words


@pytest.mark.parametrize(
    "content_type",
    ["image/*", "*/*", "image", "image/", "/jpeg", "Image/JPEG", "image/jpeg; q=1", "image/jpeg\n", "a b/c"],
)
def test_upload_types_are_written_out_in_their_one_spelling(bend: Bend, content_type: str) -> None:
    assert pointers(bend({"uploads.types": ["image/png", content_type]})) == {"/uploads/types/1"}


def test_a_classification_rule_may_name_a_family(bend: Bend) -> None:
    rules = [{"types": ["image/*"], "kind": "photo"}]
    assert parse(bend({"classification.rules": rules})).classification.rules[0].types == ("image/*",)
    rules = [{"types": ["*/*"], "kind": "photo"}]
    assert pointers(bend({"classification.rules": rules})) == {"/classification/rules/0/types/0"}


@pytest.mark.parametrize("engines", [[], ["content_type"], ["malware", "malware"], ["malware", "hope"]])
def test_no_template_leaves_the_virus_scan_out(bend: Bend, engines: list[str]) -> None:
    assert all(pointer.startswith("/scanning/engines") for pointer in pointers(bend({"scanning.engines": engines})))


@pytest.mark.parametrize("regions", [[], ["mars-north-1"], ["eu-west-1", "eu-west-1"], "eu-west-1", ["*"]])
def test_regions_are_some_of_the_known_ones(bend: Bend, regions: object) -> None:
    assert all(pointer.startswith("/regions") for pointer in pointers(bend({"regions": regions})))


@pytest.mark.parametrize("required", [[], ["files:*"], ["files:shred"], ["files:write", "files:write"]])
def test_permissions_are_some_of_the_known_ones(bend: Bend, required: list[str]) -> None:
    refused = pointers(bend({"permissions.required": required}))
    assert all(pointer.startswith("/permissions/required") for pointer in refused)


def test_every_refused_field_is_told_at_once(bend: Bend) -> None:
    raw = bend({"uploads.max_bytes": -1, "regions": [], "tokens.ttl_seconds": 3600})
    assert pointers(raw) == {"/uploads/max_bytes", "/regions", "/tokens/ttl_seconds"}


def test_a_refusal_stays_small_however_large_its_cause(bend: Bend) -> None:
    with pytest.raises(DocumentError) as refusal:
        parse(bend({"name": "x" * 200_000, "uploads.types": ["?" * 60 + str(number) for number in range(2_000)]}))
    assert len(refusal.value.errors) <= 50
    assert len(str(refusal.value)) < 20_000


def test_a_document_at_the_size_limit_is_read_and_one_byte_more_is_not(bend: Bend) -> None:
    raw = bend({})
    room = MAX_DOCUMENT_BYTES - len(raw)
    parse(raw + b" " * room)
    with pytest.raises(DocumentError, match="more than 256,000 bytes"):
        parse(raw + b" " * (room + 1))


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b'"text"', b"7", b"{}", b"[" * 50_000, b"\xff\xfe"])
def test_what_is_no_document_is_refused(raw: bytes) -> None:
    assert "" in pointers(raw)


def test_a_field_that_stands_twice_is_refused(bend: Bend) -> None:
    raw = bend({}).replace(b'"slug":', b'"slug": "other", "slug":', 1)
    with pytest.raises(DocumentError, match="has the field 'slug' twice"):
        parse(raw)


def test_a_refusal_points_into_lists(photo_share: Document) -> None:
    content = as_json(photo_share)
    content["consent"]["lines"] = [""]
    with pytest.raises(DocumentError, match=r"^/consent/lines/0: "):
        parse(json.dumps(content).encode())


@given(st.binary(max_size=400))
def test_any_bytes_are_a_document_or_refused_as_one(raw: bytes) -> None:
    with pytest.raises(DocumentError):
        parse(raw)


@given(st.sampled_from(sorted(SCHEMA["properties"])), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
))  # fmt: skip
def test_any_value_in_any_field_is_taken_or_refused_as_a_document(bend: Bend, field: str, value: object) -> None:
    try:
        document = parse(bend({field: value}))
    except DocumentError as refusal:
        assert refusal.errors
    else:
        assert as_json(document)[field] == value
