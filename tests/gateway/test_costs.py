"""What every operation asks of PostgreSQL and Redis; who adds a query changes a number here."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from kernel.identifiers import new_id
from tests.counting import Asked, fewest
from tests.gateway import shelf
from tests.gateway.conftest import PICTURE, Person, send

TIMES = 4
Wish = tuple[str, str, Any]


def wish(path: str) -> dict[str, Any]:
    return {"path": path, "size": len(PICTURE), "content_type": "image/jpeg"}


def put(keeper: Person, **facts: Any) -> str:
    return shelf.put(keeper, f"{new_id().hex}.jpg", **facts)


def started(keeper: Person, *, is_sent: bool = False) -> str:
    upload = keeper.start().json()
    if is_sent:
        send(upload["upload"], PICTURE)
    return str(upload["id"])


def trashed(keeper: Person) -> str:
    file_id = put(keeper)
    keeper.call("delete", f"/files/{file_id}")
    return file_id


def start(_keeper: Person) -> Wish:
    return "post", "/uploads", wish("cat.jpg")


def start_below_folders(_keeper: Person) -> Wish:
    return "post", "/uploads", wish("2026/May/cat.jpg")


def complete(keeper: Person) -> Wish:
    return "post", f"/uploads/{started(keeper, is_sent=True)}/complete", {}


def upload_state(keeper: Person) -> Wish:
    return "get", f"/uploads/{started(keeper)}", None


def abort(keeper: Person) -> Wish:
    return "post", f"/uploads/{started(keeper)}/abort", {}


def signed_url(keeper: Person) -> Wish:
    return "post", f"/files/{put(keeper)}/signed-url", {}


def signed_url_below_folders(keeper: Person) -> Wish:
    return "post", f"/files/{shelf.put(keeper, f'2026/May/{new_id().hex}.jpg')}/signed-url", {}


def list_root(keeper: Person) -> Wish:
    put(keeper)
    return "get", "/files", None


def list_folder(keeper: Person) -> Wish:
    shelf.put(keeper, f"Plans/{new_id().hex}.jpg")
    return "get", "/files?folder=Plans", None


def create_folder(_keeper: Person) -> Wish:
    return "post", "/folders", {"path": f"new {new_id().hex}"}


def file_facts(keeper: Person) -> Wish:
    return "get", f"/files/{put(keeper)}", None


def rename(keeper: Person) -> Wish:
    return "patch", f"/files/{put(keeper)}", {"name": f"{new_id().hex}.jpg"}


def copy(keeper: Person) -> Wish:
    file_id = put(keeper, with_bytes=True)
    return "post", f"/files/{file_id}/copy", {"name": f"{new_id().hex}.jpg"}


def delete(keeper: Person) -> Wish:
    return "delete", f"/files/{put(keeper)}", None


def restore(keeper: Person) -> Wish:
    return "post", f"/files/{trashed(keeper)}/restore", {}


def list_trash(keeper: Person) -> Wish:
    trashed(keeper)
    return "get", "/trash", None


def sign_parts(keeper: Person) -> Wish:
    upload = keeper.start(path=f"{new_id().hex}.jpg", size=9_000_000, multipart=True).json()
    return "post", f"/uploads/{upload['id']}/parts", {"numbers": [1, 2]}


def start_many(_keeper: Person, count: int) -> Wish:
    return "post", "/uploads/batch", {"items": [wish(f"{number}.jpg") for number in range(count)]}


def complete_many(keeper: Person, count: int) -> Wish:
    ids = [started(keeper, is_sent=True) for _number in range(count)]
    return "post", "/uploads/batch/complete", {"items": [{"id": each} for each in ids]}


def sign_many(keeper: Person, count: int) -> Wish:
    return "post", "/files/batch/signed-url", {"items": [{"id": put(keeper)} for _number in range(count)]}


def create_many(_keeper: Person, count: int) -> Wish:
    return "post", "/folders/batch", {"items": [{"path": f"new {new_id().hex}/a"} for _number in range(count)]}


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        (start, Asked(queries=0, transactions=0, entries=1, trips=1)),
        (start_below_folders, Asked(queries=0, transactions=0, entries=1, trips=1)),
        (complete, Asked(queries=13, transactions=3, entries=0, trips=1)),
        (upload_state, Asked(queries=4, transactions=2, entries=0, trips=1)),
        (abort, Asked(queries=13, transactions=2, entries=0, trips=2)),
        (signed_url, Asked(queries=0, transactions=0, entries=1, trips=1)),
        (signed_url_below_folders, Asked(queries=0, transactions=0, entries=1, trips=1)),
        (list_root, Asked(queries=0, transactions=0, entries=0, trips=1, readings=1)),
        (list_folder, Asked(queries=0, transactions=0, entries=0, trips=1, readings=1)),
        (create_folder, Asked(queries=4, transactions=1, entries=0, trips=1)),
        (file_facts, Asked(queries=3, transactions=2, entries=0, trips=1)),
        (rename, Asked(queries=7, transactions=2, entries=0, trips=1)),
        (copy, Asked(queries=21, transactions=3, entries=0, trips=1)),
        (delete, Asked(queries=7, transactions=2, entries=0, trips=1)),
        (restore, Asked(queries=7, transactions=2, entries=0, trips=1)),
        (list_trash, Asked(queries=3, transactions=2, entries=0, trips=1)),
        (sign_parts, Asked(queries=7, transactions=1, entries=0, trips=1)),
    ],
)
def test_an_operation_asks_no_more_than_this(
    keeper: Person, monkeypatch: pytest.MonkeyPatch, operation: Callable[[Person], Wish], asked: Asked
) -> None:
    assert fewest(calls(keeper, operation), monkeypatch, TIMES) == asked


def test_who_is_refused_by_a_rate_costs_a_trip_and_nothing_else(
    keeper: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = keeper.token()
    nobody = {"items": [{"id": str(new_id())}] * 100}
    while keeper.call("post", "/files/batch/signed-url", nobody, token).status_code == 200:
        pass

    def call() -> None:
        assert keeper.call("get", "/files", token=token).status_code == 429

    assert fewest(call, monkeypatch, TIMES) == Asked(queries=0, transactions=0, entries=0, trips=1)


@pytest.mark.parametrize("count", [1, 7])
@pytest.mark.parametrize(
    ("operation", "asked", "for_each"),
    [
        (start_many, Asked(queries=0, transactions=0, entries=1, trips=1), 0),
        (complete_many, Asked(queries=14, transactions=3, entries=0, trips=1), 0),
        (sign_many, Asked(queries=3, transactions=1, entries=0, trips=1), 0),
        (create_many, Asked(queries=8, transactions=1, entries=0, trips=1), 0),
    ],
)
def test_a_batch_commits_once_however_many_items_it_has(
    keeper: Person, monkeypatch: pytest.MonkeyPatch, operation: Callable[[Person, int], Wish], asked: Asked,
    for_each: int, count: int,
) -> None:  # fmt: skip
    found = fewest(calls(keeper, partial(operation, count=count)), monkeypatch, TIMES)
    assert found == replace(asked, queries=asked.queries + for_each * count)


def calls(keeper: Person, operation: Callable[[Person], Wish]) -> Callable[[], None]:
    """Does it once each time, with everything that it needs made before."""
    token = keeper.token()
    wishes = iter([operation(keeper) for _time in range(TIMES)])

    def call() -> None:
        method, path, content = next(wishes)
        answer = keeper.call(method, path, content, token)
        assert answer.status_code in {200, 201, 202}
        assert all(each["status"] in {200, 201, 202} for each in answer.json().get("results", []))

    return call
