"""Documents whose fields are fine one by one and can't be kept together."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from policy.contradictions import CHECKS, contradictions_in
from policy.document import Document, DocumentError, parse
from policy.media_types import RUNS_IN_BROWSERS

Bend = Callable[..., bytes]
OPTION = {"name": "smaller-photos", "label": "Make photos smaller", "kind": "boolean", "default": False}


def refusals(raw: bytes) -> dict[str, str]:
    """The refused fields and why."""
    with pytest.raises(DocumentError) as refusal:
        parse(raw)
    english = {error.detail for error in refusal.value.errors}
    with override("de"), pytest.raises(DocumentError) as german:
        parse(raw)
    assert not english & {error.detail for error in german.value.errors}
    return {error.pointer: error.detail for error in refusal.value.errors}


def test_a_shipped_document_contradicts_itself_nowhere(photo_share: Document, file_share: Document) -> None:
    assert contradictions_in(photo_share) == contradictions_in(file_share) == ()


def test_a_permission_is_required_or_optional_and_never_both(bend: Bend) -> None:
    raw = bend({"permissions": {"required": ["files:write", "files:list"], "optional": ["files:list"]}})
    assert list(refusals(raw)) == ["/permissions/optional"]


@pytest.mark.parametrize("content_type", sorted(RUNS_IN_BROWSERS))
def test_a_type_that_browsers_run_is_never_shared(bend: Bend, content_type: str) -> None:
    assert list(refusals(bend({"uploads.types": ["image/png", content_type]}))) == ["/uploads/types/1"]


@pytest.mark.parametrize("place", ["uploads", "downloads"])
@given(token=st.integers(30, 600), link=st.integers(30, 300))
def test_a_link_never_outlives_the_token_that_asks_for_it(bend: Bend, place: str, token: int, link: int) -> None:
    lives = {"uploads.url_ttl_seconds": 30, "downloads.url_ttl_seconds": 30, "tokens.ttl_seconds": token}
    raw = bend({**lives, f"{place}.url_ttl_seconds": link})
    if link <= token:
        parse(raw)
    else:
        assert list(refusals(raw)) == [f"/{place}/url_ttl_seconds"]


def test_the_largest_file_fits_into_an_empty_app(bend: Bend) -> None:
    parse(bend({"quota.app_bytes": 15_000_000}))
    assert list(refusals(bend({"quota.app_bytes": 14_999_999}))) == ["/quota/app_bytes"]


@given(deleted=st.none() | st.integers(1, 36_500), minimum=st.integers(0, 36_500))
def test_files_stay_as_long_as_their_retention_label_says(bend: Bend, deleted: int | None, minimum: int) -> None:
    raw = bend({"lifecycle.delete_after_days": deleted, "retention.minimum_days": minimum})
    if deleted is None or deleted >= minimum:
        parse(raw)
    else:
        assert "retention label" in refusals(raw)["/lifecycle/delete_after_days"]


@pytest.mark.parametrize(("archived", "deleted"), [(90, 90), (91, 90), (36_500, 1)])
def test_files_are_archived_before_they_are_deleted(bend: Bend, archived: int, deleted: int) -> None:
    raw = bend({"lifecycle.archive_after_days": archived, "lifecycle.delete_after_days": deleted})
    assert list(refusals(raw)) == ["/lifecycle/archive_after_days"]


@pytest.mark.parametrize(("archived", "deleted"), [(89, 90), (30, None), (None, 1)])
def test_archiving_in_time_or_never_is_fine(bend: Bend, archived: int | None, deleted: int | None) -> None:
    document = parse(bend({"lifecycle.archive_after_days": archived, "lifecycle.delete_after_days": deleted}))
    assert document.lifecycle.archive_after_days == archived


@pytest.mark.parametrize(
    ("terms", "place"),
    [
        ([{"kind": "contract", "minimum_days": 9}], "/0"),
        ([{"classification": "public", "minimum_days": 9}], "/0"),
        ([{"kind": "photo", "delete_after_days": 90}], "/0"),
        ([{"kind": "photo", "archive_after_days": 400}], "/0/archive_after_days"),
        ([{"kind": "photo", "minimum_days": 60, "delete_after_days": 30}], "/0/delete_after_days"),
        ([{"kind": "photo", "minimum_days": 9}, {"kind": "photo", "delete_after_days": 30}], "/1"),
    ],
)
def test_terms_of_a_label_can_be_kept_and_change_something(bend: Bend, terms: list[Any], place: str) -> None:
    assert list(refusals(bend({"lifecycle.labels": terms}))) == [f"/lifecycle/labels{place}"]


@pytest.mark.parametrize(
    "terms",
    [
        [],
        [{"minimum_days": 9}],
        [{"kind": "photo"}],
        [{"kind": "photo", "classification": "internal", "minimum_days": 9}],
        [{"kind": "photo", "minimum_days": 0}],
        [{"kind": "photo", "trash_days": 9}],
        [{"classification": "secret", "minimum_days": 9}],
    ],
)
def test_terms_are_about_one_label_and_say_days(bend: Bend, terms: list[Any]) -> None:
    assert all(pointer.startswith("/lifecycle/labels") for pointer in refusals(bend({"lifecycle.labels": terms})))


def test_a_raised_class_and_a_kind_that_a_module_may_name_can_have_terms(bend: Bend) -> None:
    named = {"kind": "contract", "minimum_days": 9}
    module = 'package gatehouse.template\n\nlabels := {"kind": "contract"}\n'
    found = parse(
        bend({"lifecycle.labels": [{"classification": "regulated", "minimum_days": 365}, named], "rego": module})
    )
    assert [terms.minimum_days for terms in found.lifecycle.labels or ()] == [365, 9]


def test_the_typical_file_is_one_that_is_allowed(bend: Bend) -> None:
    assert list(refusals(bend({"costs.bytes_per_file": 15_000_001}))) == ["/costs/bytes_per_file"]


@pytest.mark.parametrize(
    "line",
    ["{}", "{0}", "{tenant}", "{workspace.__class__}", "{workspace!r}", "{place:>99999}", "{{kept}}", "a } b",
     "{kept", "{ kept }"],
)  # fmt: skip
def test_consent_lines_have_only_the_braces_that_are_filled_in(bend: Bend, line: str) -> None:
    found = refusals(bend({"consent.lines": ["Fine.", line]}))
    assert found == {"/consent/lines/1": "Braces stand only in {workspace}, {place}, {kept}."}


@given(st.lists(st.sampled_from(["{workspace}", "{place}", "{kept}", "and", "."]), min_size=1, max_size=8))
def test_every_consent_line_that_is_taken_fills_in_without_a_rest(bend: Bend, words: list[str]) -> None:
    line = parse(bend({"consent.lines": [" ".join(words)]})).consent.lines[0]
    filled = line.format_map({"workspace": "W", "place": "P", "kept": "K"})
    assert not set("{}") & set(filled)


def surface(name: str = "contracts", folder: str = "Contracts", line: str = "Contracts serve for pay.") -> Any:
    return {"name": name, "folder": folder, "lines": [line]}


@pytest.mark.parametrize(
    ("surfaces", "where"),
    [
        ([surface("uploads")], "/surfaces/0/name"),  # the whole app's own
        ([surface(), surface(folder="Other")], "/surfaces/1/name"),
        ([surface(), surface("other")], "/surfaces/1/folder"),
        ([surface(), surface("other", "Contracts/Old")], "/surfaces/1/folder"),
        ([surface("other", "Contracts/Old"), surface()], "/surfaces/1/folder"),
        ([surface(folder="Contracts/")], "/surfaces/0/folder"),
        ([surface(folder="..")], "/surfaces/0/folder"),
        ([surface(line="{tenant}")], "/surfaces/0/lines/0"),
    ],
)
def test_folders_that_are_agreed_to_apart_lie_apart(bend: Bend, surfaces: list[Any], where: str) -> None:
    assert list(refusals(bend({"surfaces": surfaces}))) == [where]


def test_folders_beside_each_other_are_fine(bend: Bend) -> None:
    document = parse(bend({"surfaces": [surface(), surface("others", "Contracts of others")]}))
    assert [each.required for each in document.surfaces or ()] == [False, False]


def test_option_names_differ(bend: Bend) -> None:
    assert len(parse(bend({"options": [OPTION, {**OPTION, "name": "other"}]})).options) == 2
    assert list(refusals(bend({"options": [OPTION, {**OPTION, "label": "Other"}]}))) == ["/options/1/name"]


def test_every_contradiction_is_told_at_once(bend: Bend) -> None:
    changes = {"quota.app_bytes": 1, "consent.lines": ["{x}"], "uploads.types": ["text/html"]}
    assert set(refusals(bend(changes))) == {"/quota/app_bytes", "/consent/lines/0", "/uploads/types/0"}


def test_every_check_is_registered_once() -> None:
    assert len(set(CHECKS)) == len(CHECKS) == 13
