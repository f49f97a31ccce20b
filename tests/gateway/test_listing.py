"""list over HTTP: orders, beginnings, pages that belong to their listing alone, answers that are known already."""

import base64
from typing import Any
from urllib.parse import quote

import pytest

from policy.actions import Action
from tests.gateway import shelf
from tests.gateway.conftest import Person

SORTS = ("name", "-name", "created", "-created", "size", "-size")


def get(person: Person, query: str, **headers: str) -> Any:
    return person.call("get", f"/files?{query}", **headers)


def walk(person: Person, query: str) -> list[str]:
    found, cursor = [], ""
    while True:
        page = get(person, f"{query}&limit=2&cursor={cursor}").json()
        found += [thing["name"] for thing in (*page["folders"], *page["files"])]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.fixture
def shelved(person: Person) -> Person:
    for name, size, age in (("b.jpg", 30, -1), ("A.jpg", 10, -3), ("ä.jpg", 20, -2), ("b2.jpg", 30, -1)):
        shelf.put(person, name, b"x" * size, created_at=shelf.days(age))
    for name in ("Zoo", "Ant", "bee"):
        person.call("post", "/folders", {"path": name})
    return person


@pytest.mark.parametrize(
    ("sort", "files"),
    [
        ("name", ["A.jpg", "b.jpg", "b2.jpg", "ä.jpg"]), ("-name", ["ä.jpg", "b2.jpg", "b.jpg", "A.jpg"]),
        ("created", ["A.jpg", "ä.jpg", "b.jpg", "b2.jpg"]), ("-created", ["b2.jpg", "b.jpg", "ä.jpg", "A.jpg"]),
        ("size", ["A.jpg", "ä.jpg", "b.jpg", "b2.jpg"]), ("-size", ["b2.jpg", "b.jpg", "ä.jpg", "A.jpg"]),
    ],
)  # fmt: skip
def test_each_order_lists_everything_once_folders_first(shelved: Person, sort: str, files: list[str]) -> None:
    folders = ["Ant", "Zoo", "bee"]
    found = walk(shelved, f"sort={sort}")
    assert found[:3] == (folders[::-1] if sort == "-name" else folders)
    assert sorted(found[3:]) == sorted(files)
    if sort in {"name", "-name"}:
        assert found[3:] == files
    else:
        rank = {"A.jpg": (10, -3), "ä.jpg": (20, -2), "b.jpg": (30, -1), "b2.jpg": (30, -1)}
        column = [rank[name][1 if "created" in sort else 0] for name in found[3:]]
        assert column == sorted(column, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    ("prefix", "found"), [("b", ["bee", "b.jpg", "b2.jpg"]), ("B", []), ("b2", ["b2.jpg"]), ("ä", ["ä.jpg"]), ("%", [])]
)
def test_names_that_begin_alike_are_found(shelved: Person, prefix: str, found: list[str]) -> None:
    assert walk(shelved, f"prefix={quote(prefix)}") == found
    assert walk(shelved, f"sort=-name&prefix={quote(prefix)}") == [
        *[name for name in found if "." not in name], *[name for name in found if "." in name][::-1],
    ]  # fmt: skip


def test_a_beginning_is_searched_in_either_spelling(shelved: Person) -> None:
    assert walk(shelved, f"prefix={quote('a' + chr(0x308))}") == ["ä.jpg"]


def test_a_cursor_belongs_to_its_folder_order_beginning_and_app(shelved: Person, stranger: Person) -> None:
    shelf.put(shelved, "Zoo/x.jpg")
    cursors = {sort: get(shelved, f"sort={sort}&limit=4").json()["next_cursor"] for sort in SORTS}
    for sort, cursor in cursors.items():
        for other in SORTS:
            expected = 200 if other == sort else 422
            assert get(shelved, f"sort={other}&cursor={cursor}").status_code == expected
    cursor = cursors["name"]
    for query in (f"folder=Zoo&cursor={cursor}", f"prefix=b&cursor={cursor}"):
        answer = get(shelved, query)
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")
    assert get(stranger, f"cursor={cursor}").status_code == 422


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!!",
        "e30",
        "W10",
        "ZA",
        base64.urlsafe_b64encode(b'["0000000000000000","f","a",null]').decode(),
        "A" * 9000,
    ],
)
def test_a_made_up_cursor_is_refused(shelved: Person, cursor: str) -> None:
    answer = get(shelved, f"cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")


@pytest.mark.parametrize("sort", ["created", "size", "name"])
@pytest.mark.parametrize(
    "key",
    ['"0001-01-01T00:00:00+23:59"', '"nonsense"', "-5", "99999999999999999999999", '"a\\u0000b"', "null", "1.5", "[]"],
)
def test_a_cursor_that_was_tampered_with_shows_nothing_and_breaks_nothing(shelved: Person, sort: str, key: str) -> None:
    real = get(shelved, f"sort={sort}&limit=4").json()["next_cursor"]
    digest = base64.urlsafe_b64decode(real + "==").decode().split('"')[1]
    for of in ("null", '"00000000-0000-0000-0000-000000000000"'):
        made = base64.urlsafe_b64encode(f'["{digest}","f",{key},{of}]'.encode()).decode().rstrip("=")
        assert get(shelved, f"sort={sort}&cursor={made}").status_code in {200, 422}


@pytest.mark.parametrize(
    "query",
    [
        "sort=date", "sort=--name", "sort=name,size", "limit=0", "limit=201", "limit=-1", "limit=1e3", "limit=٣",
        "prefix=" + "x" * 256, "prefix=%00", "prefix=a&sort=size", "prefix=a&sort=-created", "folder=..", "folder=%00",
        "limit=" + "9" * 5000,
    ],
)  # fmt: skip
def test_a_wish_that_can_not_be_is_refused(shelved: Person, query: str) -> None:
    answer = get(shelved, query)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")


def test_a_listing_that_is_known_is_not_sent_again(shelved: Person) -> None:
    first = get(shelved, "sort=size")
    assert first["ETag"].startswith('"')
    for known in (first["ETag"], f'"other", W/{first["ETag"]}'):
        again = get(shelved, "sort=size", If_None_Match=known)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert get(shelved, "sort=-size", If_None_Match=first["ETag"]).status_code == 200
    shelf.put(shelved, "new.jpg")
    assert get(shelved, "sort=size", If_None_Match=first["ETag"]).status_code == 200


def test_what_is_in_the_trash_is_not_listed(keeper: Person) -> None:
    file_id = shelf.put(keeper, "a.jpg")
    keeper.call("delete", f"/files/{file_id}")
    assert [walk(keeper, f"sort={sort}") for sort in SORTS] == [[]] * len(SORTS)


def test_a_token_lists_its_prefix_alone(shelved: Person) -> None:
    token = shelved.token(Action.FILES_LIST, prefix="Zoo")
    assert shelved.call("get", "/files?folder=Zoo", token=token).status_code == 200
    for folder in ("", "Ant", "ZooX"):
        assert shelved.call("get", f"/files?folder={folder}", token=token).json()["code"] == "SCOPE_NOT_GRANTED"
