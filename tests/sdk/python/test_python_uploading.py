"""Files on their way to storage: through a form, in parts, together."""

import asyncio
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from gatehouse import AsyncGatehouse, Gatehouse, GatehouseProblem, ResumeFile, StorageRefused

from tests.sdk.python.conftest import QUICK
from tests.sdk.python.servers import Answer, Asked, Bucket, Server

FILM = bytes(range(95))
PARTED = {"parts_above": 50}
DENIED = Answer(403, text="<Error><Code>AccessDenied</Code></Error>")
BROKEN = Answer(400, text="<Error><Code>InvalidRequest</Code></Error>")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    file = tmp_path / "film.mp4"
    file.write_bytes(FILM)
    return file


def parts_sent(server: Server) -> int:
    return sum(asked.method == "PUT" for asked in server.asked)


def failing_at(number: int, answer: Answer = BROKEN) -> Any:
    return lambda part, earlier: answer if part == number else None


def test_a_small_file_is_announced_sent_to_storage_completed(call: Any, serve: Any, film: Path) -> None:
    bucket = Bucket()
    server = serve(bucket)
    assert call(server, "upload", film).state == "received"
    assert server.lines() == ["POST /uploads", "POST /form", "POST /uploads/u1/complete"]
    assert bucket.announced == [{"path": "film.mp4", "size": 95, "content_type": "video/mp4"}]


def test_storage_gets_the_fields_in_order_the_file_last_and_no_token(call: Any, serve: Any, film: Path) -> None:
    bucket = Bucket()
    server = serve(bucket)
    call(server, "upload", film)
    assert re.findall(rb' name="(\w+)"', bucket.form_body) == [b"key", b"policy", b"file"]
    assert FILM in bucket.form_body
    form = next(asked for asked in server.asked if asked.path == "/form")
    assert "authorization" not in form.headers
    assert int(form.headers["content-length"]) == len(bucket.form_body)


def test_what_the_caller_knows_better_is_announced(call: Any, serve: Any) -> None:
    bucket = Bucket()
    more = {"content_type": "image/heic", "metadata": {"trip": "rome"}, "sha256": "0" * 64}
    call(serve(bucket), "upload", b"bytes", "photos/a.bin", **more)
    assert bucket.announced == [{"path": "photos/a.bin", "size": 5, **more}]


def test_bytes_without_a_path_are_refused_before_the_network(call: Any, serve: Any) -> None:
    server = serve(Bucket())
    with pytest.raises(ValueError, match="no name"):
        call(server, "upload", b"bytes")
    assert server.asked == []


def test_storage_that_stumbles_gets_the_same_form_again(call: Any, serve: Any, film: Path) -> None:
    answers = [Answer(503), Answer(cut=True), Answer(204)]
    server = serve(Bucket(form=lambda earlier: answers[earlier]))
    assert call(server, "upload", film).state == "received"
    assert server.lines().count("POST /form") == 3


def test_a_form_that_storage_refuses_gives_the_upload_up_and_says_why(call: Any, serve: Any, film: Path) -> None:
    bucket = Bucket(form=lambda earlier: DENIED)
    with pytest.raises(StorageRefused, match="took too long to start") as caught:
        call(serve(bucket), "upload", film)
    assert caught.value.code == "KEY_EXPIRED"
    assert bucket.state == "aborted"


def test_a_problem_after_the_bytes_arrived_says_which_upload_to_go_on_with(call: Any, serve: Any, film: Path) -> None:
    bucket = Bucket()

    def script(asked: Asked, earlier: int) -> Answer:
        return Answer(500) if asked.path.endswith("/complete") else bucket(asked, earlier)

    server = serve(script)
    bucket.url = server.url
    with pytest.raises(GatehouseProblem) as caught:
        call(server, "upload", film)
    assert caught.value.upload_id == "u1"
    assert bucket.state == "started"


def test_a_large_file_arrives_in_parts_byte_for_byte(call: Any, serve: Any, film: Path) -> None:
    bucket = Bucket()
    server = serve(bucket)
    seen: list[tuple[int, int]] = []
    end = call(server, "upload", film, on_progress=lambda *told: seen.append(told), client=PARTED)
    assert end.state == "received"
    assert bucket.stored() == FILM
    assert sorted(bucket.parts) == list(range(1, 11))
    assert seen[-1] == (95, 95)
    assert [sent for sent, _ in seen] == sorted(sent for sent, _ in seen)


def test_bytes_in_memory_go_in_parts_too(call: Any, serve: Any) -> None:
    bucket = Bucket()
    call(serve(bucket), "upload", FILM, "film.mp4", client=PARTED)
    assert bucket.stored() == FILM


def test_a_server_that_knows_no_parts_gets_the_form_and_is_not_asked_for_parts_again(
    call: Any, serve: Any, film: Path
) -> None:
    bucket = Bucket(knows_parts=False)
    call.each(serve(bucket), [("upload", (film,), {})] * 2, PARTED)
    assert [wish.get("multipart") for wish in bucket.announced] == [True, None, None]


def test_a_part_that_stumbles_is_sent_again_with_a_fresh_signature(call: Any, serve: Any, film: Path) -> None:
    troubles = [Answer(503), Answer(cut=True), DENIED]
    bucket = Bucket(storage=lambda number, earlier: troubles[earlier] if number == 4 and earlier < 3 else None)
    server = serve(bucket)
    call(server, "upload", film, client=PARTED)
    assert bucket.stored() == FILM
    used = [asked.path for asked in server.asked if asked.path.startswith("/bucket/4?")]
    assert len(used) == len(set(used)) == 4


def test_a_part_that_storage_keeps_refusing_is_told_after_one_fresh_signature(
    call: Any, serve: Any, film: Path
) -> None:
    bucket = Bucket(storage=failing_at(2, DENIED))
    with pytest.raises(StorageRefused):
        call(serve(bucket), "upload", film, client=PARTED)
    assert bucket.attempts[2] == 2


def test_parts_beyond_those_that_came_signed_are_signed_when_their_turn_comes(
    call: Any, serve: Any, film: Path
) -> None:
    bucket = Bucket(part_size=1, signed_at_once=4)
    server = serve(bucket)
    call(server, "upload", film, parallel=1, client=PARTED)
    assert len(bucket.parts) == 95
    assert len(bucket.signed) == len(set(bucket.signed)), "nothing is signed twice"
    assert server.lines().count("POST /uploads/u1/parts") <= 5


def test_after_a_failure_the_next_try_sends_only_what_storage_does_not_hold(serve: Any, film: Path) -> None:
    bucket = Bucket(storage=failing_at(7))
    server = serve(bucket)
    with Gatehouse(server.url, lambda refused: "token", delays=QUICK, parts_above=50) as gatehouse:
        with pytest.raises(StorageRefused):
            gatehouse.upload(film, parallel=1)
        assert len(bucket.parts) == 6
        bucket.storage = lambda number, earlier: None
        seen: list[int] = []
        gatehouse.upload(film, on_progress=lambda sent, total: seen.append(sent))
    assert bucket.stored() == FILM
    assert parts_sent(server) == 6 + 1 + 4
    assert len(bucket.announced) == 1
    assert min(seen) >= 10


def test_another_process_goes_on_by_a_file_that_holds_no_secret(
    call: Any, serve: Any, film: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "begun.json"
    bucket = Bucket(storage=failing_at(7))
    server = serve(bucket)
    options = {**PARTED, "resume_store": ResumeFile(kept)}
    with pytest.raises(StorageRefused):
        call(server, "upload", film, parallel=1, client=options)
    assert kept.stat().st_mode & 0o077 == 0
    assert "u1" in kept.read_text()
    assert not re.search("secret-token|signature|http", kept.read_text())
    bucket.storage = lambda number, earlier: None
    call(server, "upload", film, client={**PARTED, "resume_store": ResumeFile(kept)})
    assert bucket.stored() == FILM
    assert len(bucket.announced) == 1
    assert json.loads(kept.read_text()) == {}


def test_a_torn_resume_file_means_that_nothing_was_begun(call: Any, serve: Any, film: Path, tmp_path: Path) -> None:
    kept = tmp_path / "begun.json"
    kept.write_text('{"film.mp4": {"id"')
    bucket = Bucket()
    call(serve(bucket), "upload", film, client={**PARTED, "resume_store": ResumeFile(kept)})
    assert bucket.stored() == FILM


@pytest.mark.parametrize(("ended", "starts"), [("aborted", 2), ("expired", 2), ("rejected", 2), ("available", 1)])
def test_an_upload_that_ended_meanwhile_is_begun_anew_unless_it_arrived(
    call: Any, serve: Any, film: Path, tmp_path: Path, ended: str, starts: int
) -> None:
    bucket = Bucket(storage=failing_at(7))
    server = serve(bucket)
    options = {**PARTED, "resume_store": ResumeFile(tmp_path / "begun.json")}
    with pytest.raises(StorageRefused):
        call(server, "upload", film, parallel=1, client=options)
    bucket.storage, bucket.state = (lambda number, earlier: None), ended
    call(server, "upload", film, client=options)
    assert len(bucket.announced) == starts


def test_a_file_that_changes_while_it_is_sent_is_noticed(call: Any, serve: Any, film: Path) -> None:
    def storage(number: int, earlier: int) -> Answer | None:
        film.write_bytes(FILM + b"more")
        return None

    with pytest.raises(GatehouseProblem, match="changed while it was sent"):
        call(serve(Bucket(storage=storage)), "upload", film, parallel=1, client=PARTED)


def test_a_cancelled_form_gives_its_space_back(serve: Any, film: Path) -> None:
    bucket = Bucket(form=lambda earlier: Answer(503))
    server = serve(bucket)

    async def cancelled() -> None:
        async with AsyncGatehouse(server.url, lambda refused: "token", delays=(60,) * 3) as gatehouse:
            task = asyncio.create_task(gatehouse.upload(film))
            while "POST /form" not in server.lines():
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancelled())
    assert bucket.state == "aborted"


def test_a_cancelled_upload_in_parts_can_be_gone_on_with(serve: Any, film: Path) -> None:
    bucket = Bucket(storage=lambda number, earlier: Answer(503) if number == 5 and not earlier else None)
    server = serve(bucket)

    async def cancelled() -> None:
        options: dict[str, Any] = {"delays": (60, 60), "parts_above": 50}
        async with AsyncGatehouse(server.url, lambda refused: "token", **options) as gatehouse:
            task = asyncio.create_task(gatehouse.upload(film, parallel=1))
            while bucket.attempts[5] == 0:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await gatehouse.upload(film)

    asyncio.run(cancelled())
    assert bucket.stored() == FILM
    assert len(bucket.announced) == 1


def test_settled_waits_through_the_scan(call: Any, serve: Any) -> None:
    states = ["received", "scanning", "rejected"]
    trouble = {"code": "FILE_INFECTED", "user_message": "a.docx contains a virus.", "remedy": None}
    server = serve(lambda asked, earlier: Answer(200, {"id": "u1", "state": states[earlier], "problem": trouble}))
    end = call(server, "settled", "u1")
    assert end.state == "rejected"
    assert end.problem.code == "FILE_INFECTED"


def test_a_file_that_is_available_comes_with_its_facts(call: Any, serve: Any) -> None:
    known = {"id": "f1", "name": "a.jpg", "path": "trip/a.jpg", "size": 3, "content_type": "image/jpeg"}
    more = {"labels": {"k": "v"}, "created_at": "2026-11-23T12:00:00.5Z", "delete_at": None, "of_tomorrow": 1}
    server = serve(lambda asked, earlier: Answer(200, {"id": "u1", "state": "available", "file": {**known, **more}}))
    stored = call(server, "upload_state", "u1").file
    assert (stored.path, stored.labels, stored.delete_at) == ("trip/a.jpg", {"k": "v"}, None)
    assert stored.created_at == dt.datetime(2026, 11, 23, 12, 0, 0, 500_000, dt.UTC)
