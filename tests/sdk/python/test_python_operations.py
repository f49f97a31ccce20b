"""Each operation is the request that the API's contract says; batches have a result for each item."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from gatehouse import AsyncGatehouse, Gatehouse, GatehouseProblem

from tests.sdk.python.servers import Answer, Asked

FOLDER = {"id": "d1", "name": "b", "path": "a/b", "created_at": "2026-11-23T12:00:00Z"}
FILE = {"id": "f1", "name": "a.jpg", "path": "a.jpg", "size": 3, "content_type": "image/jpeg", "labels": {}}
PAGE = {"folders": [FOLDER], "files": [FILE], "next_cursor": None}
SIGNED = {"url": "http://storage/a", "expires_at": "2026-11-23T12:01:00Z"}

CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any], str, Any, Any]] = [
    ("create_folder", ("a/b",), {}, "POST /folders", {"path": "a/b"}, FOLDER),
    ("change_folder", ("d1",), {"name": "c"}, "PATCH /folders/d1", {"name": "c"}, FOLDER),
    ("delete_folder", ("d1",), {}, "DELETE /folders/d1", {}, None),
    ("sign_parts", ("u1", [3, 4]), {}, "POST /uploads/u1/parts", {"numbers": [3, 4]}, {"parts": []}),
    ("uploaded_parts", ("u1",), {}, "GET /uploads/u1/parts", None, {"parts": [{"number": 1, "size": 2, "etag": "e"}]}),
    ("abort", ("u1",), {}, "POST /uploads/u1/abort", {}, {"id": "u1", "state": "aborted"}),
    ("file", ("f1",), {}, "GET /files/f1", None, FILE),
    ("change_file", ("f1",), {"folder": ""}, "PATCH /files/f1", {"folder": ""}, FILE),
    ("copy_file", ("f1",), {"name": "y"}, "POST /files/f1/copy", {"name": "y"}, FILE),
    ("delete_file", ("f1",), {}, "DELETE /files/f1", {}, FILE),
    ("restore_file", ("f1",), {}, "POST /files/f1/restore", {}, FILE),
    ("trash", ("c1",), {}, "GET /trash?cursor=c1&limit=50", None, {"files": [FILE], "next_cursor": None}),
    ("page", (), {"prefix": "IMG", "sort": "-created"}, "GET /files?prefix=IMG&sort=-created", None, PAGE),
    ("signed_url", ("f1", "thumbnail"), {}, "POST /files/f1/signed-url", {"variant": "thumbnail"}, SIGNED),
]


@pytest.mark.parametrize(
    ("name", "arguments", "more", "line", "content", "answer"), CALLS, ids=[one[0] for one in CALLS]
)
def test_the_operation_is_the_contracts_request(
    call: Any, serve: Any, name: str, arguments: Any, more: Any, line: str, content: Any, answer: Any
) -> None:
    server = serve(lambda asked, earlier: Answer(200, answer))
    call(server, name, *arguments, **more)
    assert server.lines() == [line]
    assert (server.asked[0].json if server.asked[0].body else None) == content
    assert ("idempotency-key" in server.asked[0].headers) == (not line.startswith("GET"))


def test_files_walks_through_every_page(call: Any, serve: Any) -> None:
    pages = {"/files?folder=trip": (["a", "b"], "2"), "/files?folder=trip&cursor=2": (["c"], "3")}

    def script(asked: Asked, earlier: int) -> Answer:
        names, following = pages.get(asked.path, ([], None))
        files = [{**FILE, "name": name} for name in names]
        return Answer(200, {"folders": [], "files": files, "next_cursor": following})

    server = serve(script)
    assert [file.name for file in call(server, "files", folder="trip")] == ["a", "b", "c"]
    assert len(server.asked) == 3


def test_what_did_not_change_since_its_etag_is_not_sent_again(call: Any, serve: Any) -> None:
    def script(asked: Asked, earlier: int) -> Answer:
        if asked.headers.get("if-none-match") == '"v1"':
            return Answer(304)
        return Answer(200, PAGE, {"ETag": '"v1"'})

    server = serve(script)
    assert call(server, "page").etag == '"v1"'
    assert call(server, "changed_page", '"v1"') is None
    assert call(server, "changed_page", '"v0"').files[0].id == "f1"


def echo(asked: Asked, earlier: int) -> Answer:
    items = asked.json["items"]
    return Answer(200, {"results": [{"status": 200, "body": {**SIGNED, "url": item["id"]}} for item in items]})


def test_more_than_a_hundred_go_in_several_calls_each_with_its_own_key(call: Any, serve: Any) -> None:
    server = serve(echo)
    ids = [f"f{number}" for number in range(250)]
    assert [result.unwrap().url for result in call(server, "signed_urls", ids)] == ids
    assert [len(asked.json["items"]) for asked in server.asked] == [100, 100, 50]
    assert len({asked.headers["idempotency-key"] for asked in server.asked}) == 3


def test_an_empty_batch_asks_nobody(call: Any, serve: Any) -> None:
    server = serve(echo)
    assert call(server, "signed_urls", []) == []
    assert server.asked == []


def test_an_answer_with_too_few_results_is_a_problem_not_a_guess(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: Answer(200, {"results": []}))
    with pytest.raises(GatehouseProblem, match="INTERNAL"):
        call(server, "create_folders", ["a"])


def test_a_success_without_content_is_none(call: Any, serve: Any) -> None:
    assert call(serve(lambda asked, earlier: Answer(204)), "delete_folder", "d1") is None


def test_every_item_has_its_own_end_in_the_order_of_the_items(call: Any, serve: Any) -> None:
    def script(asked: Asked, earlier: int) -> Answer:
        taken = {"status": 409, "problem": {"code": "NAME_TAKEN", "user_message": "There is one already."}}
        made = {"status": 201, "body": FOLDER}
        return Answer(200, {"results": [taken if item["path"] == "b" else made for item in asked.json["items"]]})

    first, second, third = call(serve(script), "create_folders", ["a", "b", "c"])
    assert first.unwrap().id == third.unwrap().id == "d1"
    with pytest.raises(GatehouseProblem, match="There is one already") as caught:
        second.unwrap()
    assert caught.value.status == 409


def test_items_that_waiting_helps_are_sent_again_alone_after_the_wait_that_they_ask_for(call: Any, serve: Any) -> None:
    busy = {"status": 429, "problem": {"code": "RATE_LIMITED", "retryable": True, "retry_after_s": 1}}

    def script(asked: Asked, earlier: int) -> Answer:
        ids = [item["id"] for item in asked.json["items"]]
        arrived = [{"status": 200, "body": {"id": upload, "state": "received"}} for upload in ids]
        ends = [busy if one == "slow" and not earlier else end for one, end in zip(ids, arrived, strict=True)]
        return Answer(200, {"results": ends})

    server = serve(script)
    ends = call(server, "upload_complete_many", ["a", "slow", "b"])
    assert [end.unwrap().id for end in ends] == ["a", "slow", "b"]
    assert [asked.json["items"] for asked in server.asked][1] == [{"id": "slow"}]
    assert server.asked[1].at - server.asked[0].at >= 0.99


def test_files_go_together_and_one_that_storage_refuses_is_given_up_alone(
    call: Any, serve: Any, tmp_path: Path
) -> None:
    def script(asked: Asked, earlier: int) -> Answer:
        if asked.path == "/uploads/batch":
            names = [item["path"].removeprefix("trip/") for item in asked.json["items"]]
            forms = [{"method": "POST", "url": f"{server.url}/form/{name}", "fields": {}} for name in names]
            bodies = [{"id": name, "state": "started", "upload": form} for name, form in zip(names, forms, strict=True)]
            return Answer(200, {"results": [{"status": 201, "body": body} for body in bodies]})
        if asked.path == "/uploads/batch/complete":
            bodies = [{"id": item["id"], "state": "received"} for item in asked.json["items"]]
            return Answer(200, {"results": [{"status": 202, "body": body} for body in bodies]})
        if asked.path.startswith("/form/"):
            return Answer(403 if asked.path.endswith("b.jpg") else 204)
        return Answer(200, {"id": "b.jpg", "state": "aborted"})

    server = serve(script)
    files = [tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg")]
    for file in files:
        file.write_bytes(b"picture")
    told: list[tuple[str, int]] = []
    more = {"on_progress": lambda file, sent, total: told.append((file.name, sent))}
    first, second, third = call(server, "upload_many", files, "trip", **more)
    assert [first.unwrap().id, third.unwrap().id] == ["a.jpg", "c.jpg"]
    assert second.problem is not None
    assert second.problem.status == 403
    assert Counter(server.lines())["POST /uploads/b.jpg/abort"] == 1
    assert Counter(server.lines())["POST /uploads/batch"] == 1
    assert {("a.jpg", 7), ("c.jpg", 7)} <= set(told)


def test_both_clients_have_the_same_operations() -> None:
    def operations(kind: type) -> set[str]:
        return {name for name in vars(kind) if not name.startswith("_")} - {"close", "aclose"}

    assert operations(Gatehouse) == operations(AsyncGatehouse)
