"""Labels by content: raised by what was found, never lowered, nothing of the template's lost."""

import pytest

from scanning.labelling import by_content

CLASSES = ("public", "internal", "confidential", "regulated")


@pytest.mark.parametrize("before", CLASSES)
@pytest.mark.parametrize(
    ("code", "least"), [("FILE_HAS_PERSONAL_DATA", "regulated"), ("FILE_HAS_SECRETS", "confidential")]
)
def test_a_classification_is_only_raised(before: str, code: str, least: str) -> None:
    after = by_content({"classification": before, "kind": "invoice"}, [code])
    assert after["classification"] == max(before, least, key=CLASSES.index)
    assert after["kind"] == "invoice"


def test_both_findings_are_named() -> None:
    assert by_content({}, ["FILE_HAS_SECRETS", "FILE_HAS_PERSONAL_DATA"]) == {
        "classification": "regulated",
        "contains": "personal-data secrets",
    }


@pytest.mark.parametrize("found", [[], ["FILE_ENCRYPTED"], ["FILE_DOUBTFUL", "FILE_HAS_MACROS"]])
def test_other_findings_change_no_label(found: list[str]) -> None:
    assert by_content({"classification": "internal"}, found) == {"classification": "internal"}


def test_a_class_that_is_not_known_is_left_as_it_is() -> None:
    assert by_content({"classification": "top-secret"}, ["FILE_HAS_SECRETS"])["classification"] == "top-secret"
