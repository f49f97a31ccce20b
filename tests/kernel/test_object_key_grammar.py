"""Object keys: made by the server from identifiers alone, read back or refused."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.identifiers import new_id
from kernel.object_keys import Area, ObjectKey, app_prefix

KEYS = st.builds(ObjectKey, st.uuids(), st.uuids(), st.sampled_from(Area), st.uuids())
ONE = "00000000-0000-7000-8000-000000000001"
TWO = "00000000-0000-7000-8000-000000000002"
NAME = "01890a5d-ac96-774b-bcce-b302099a8057"


@given(KEYS)
def test_a_key_reads_back_as_itself(key: ObjectKey) -> None:
    assert ObjectKey.parse(str(key)) == key


@given(KEYS)
def test_a_key_lies_below_its_apps_prefix_in_plain_characters(key: ObjectKey) -> None:
    text = str(key)
    assert text.startswith(app_prefix(key.tenant, key.app))
    assert text.isascii()
    assert text.count("/") == 3


@given(st.text(max_size=160))
def test_whatever_reads_as_a_key_is_spelt_exactly_so(text: str) -> None:
    key = ObjectKey.parse(text)
    assert key is None or str(key) == text


@given(KEYS, st.integers(0, 121), st.characters())
def test_a_key_with_one_other_character_is_another_key_or_none(key: ObjectKey, place: int, character: str) -> None:
    text = str(key)
    changed = text[: place % len(text)] + character + text[place % len(text) + 1 :]
    found = ObjectKey.parse(changed)
    assert found is None or str(found) == changed


def test_no_prefix_of_an_app_begins_another_apps_prefix() -> None:
    tenant, app, other = new_id(), new_id(), new_id()
    assert not app_prefix(tenant, app).startswith(app_prefix(tenant, other))
    assert app_prefix(tenant, app).endswith("/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        f"{ONE}/{TWO}/files",
        f"{ONE}/{TWO}/files/",
        f"/{ONE}/{TWO}/files/{NAME}",
        f"{ONE}/{TWO}/files/{NAME}/",
        f"{ONE}/{TWO}/files/{NAME}\n",
        f"{ONE}/{TWO}/files//{NAME}",
        f"{ONE}/{TWO}/files/../{NAME}",
        f"{ONE}/{TWO}/Files/{NAME}",
        f"{ONE}/{TWO}/trash/{NAME}",
        f"{ONE}/{TWO}/files/{NAME.upper()}",
        f"{ONE}/{TWO}/files/{NAME.replace('-', '')}",
        f"{ONE}/{TWO}/files/{{{NAME}}}",
        f"{ONE}/{TWO}/files/{'-' * 36}",
        f"{ONE}/{TWO}/files/holiday.jpg",
        f"{ONE}/{TWO}/files/%2e%2e",
        f"{ONE}\\{TWO}\\files\\{NAME}",
        f"{ONE}/{TWO}/files/{NAME}\x00",
    ],
)
def test_anything_outside_the_grammar_is_no_key(text: str) -> None:
    assert ObjectKey.parse(text) is None


def test_the_areas_are_those_that_the_grammar_knows() -> None:
    keys = [ObjectKey(uuid.UUID(ONE), uuid.UUID(TWO), area, uuid.UUID(NAME)) for area in Area]
    assert [str(key).split("/")[2] for key in keys] == ["quarantine", "files", "thumbs", "previews"]
    assert all(ObjectKey.parse(str(key)) == key for key in keys)
