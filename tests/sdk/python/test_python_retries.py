"""When the Python client tries again, and when not."""

import datetime as dt
import statistics
import threading
from typing import Any

import pytest
from gatehouse import RETRY_DELAYS_S, ConnectionBroken, Gatehouse, GatehouseProblem, RateLimited
from gatehouse.retries import asked_wait, jittered
from gatehouse.steps import Answer as Got

from tests.sdk.python.conftest import QUICK
from tests.sdk.python.servers import Answer, Bucket, problem

AVAILABLE = {"id": "u1", "state": "available"}


def test_the_delays_are_those_that_the_product_promises() -> None:
    assert RETRY_DELAYS_S == (0, 0.2, 0.5, 1.5, 3, 5)


def test_jitter_is_full_from_nothing_up_to_the_delay() -> None:
    waits = [jittered(1.0) for _ in range(5000)]
    assert 0 <= min(waits) < 0.05
    assert 0.95 < max(waits) <= 1
    assert statistics.mean(waits) == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_what_gets_better_by_itself_is_tried_again(call: Any, serve: Any, status: int) -> None:
    server = serve(lambda asked, earlier: Answer(status) if earlier < 3 else Answer(200, AVAILABLE))
    assert call(server, "upload_state", "u1").state == "available"
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 415, 422])
def test_other_refusals_are_never_tried_again(call: Any, serve: Any, status: int) -> None:
    server = serve(lambda asked, earlier: problem(status, "VALIDATION"))
    with pytest.raises(GatehouseProblem) as caught:
        call(server, "upload_state", "u1")
    assert (caught.value.status, caught.value.code) == (status, "VALIDATION")
    assert len(server.asked) == 1


def test_after_the_last_delay_the_problem_is_told(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: problem(503, "STORAGE_UNAVAILABLE"))
    with pytest.raises(GatehouseProblem, match="STORAGE_UNAVAILABLE"):
        call(server, "upload_state", "u1")
    assert len(server.asked) == 1 + len(QUICK)


@pytest.mark.parametrize("fault", [Answer(cut=True), Answer(200, AVAILABLE, torn=True)])
def test_a_connection_that_breaks_is_tried_again(call: Any, serve: Any, fault: Answer) -> None:
    server = serve(lambda asked, earlier: fault if earlier < 2 else Answer(200, AVAILABLE))
    assert call(server, "upload_state", "u1").id == "u1"


def test_a_server_that_is_gone_is_a_problem_in_words_with_its_cause(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: Answer())
    server.close()
    with pytest.raises(ConnectionBroken, match="still on your device") as caught:
        call(server, "upload_state", "u1", client={"delays": (0,)})
    assert caught.value.retryable
    assert caught.value.__cause__ is not None


def test_too_many_requests_waits_as_long_as_it_says(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: Answer(200, AVAILABLE) if earlier else problem(429, "RATE_LIMITED", wait="1"))
    waits: list[tuple[float, str]] = []
    call(server, "upload_state", "u1", client={"on_wait": lambda seconds, why: waits.append((seconds, why.code))})
    assert server.asked[1].at - server.asked[0].at >= 0.99
    assert [(wait >= 1, why) for wait, why in waits] == [(True, "RATE_LIMITED")]


@pytest.mark.parametrize("wait", [None, "3600"])
def test_too_many_requests_without_a_bearable_wait_is_told(call: Any, serve: Any, wait: str | None) -> None:
    server = serve(lambda asked, earlier: problem(429, "RATE_LIMITED", wait=wait))
    with pytest.raises(RateLimited) as caught:
        call(server, "upload_state", "u1")
    assert caught.value.retry_after == (None if wait is None else 3600)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("12", 12),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_may_be_seconds_a_date_or_nonsense(value: str, seconds: float | None) -> None:
    now = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    assert asked_wait(Got(503, {"Retry-After": value}, b""), now) == seconds


def test_every_attempt_of_one_call_has_the_same_key_and_the_next_call_another(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: Answer(502) if earlier == 0 else Answer(200, AVAILABLE))
    call.each(server, [("upload_complete", ("u1",), {})] * 2)
    first, again, following = (asked.headers["idempotency-key"] for asked in server.asked)
    assert first == again != following


def test_reading_has_no_key(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: Answer(200, AVAILABLE))
    call(server, "upload_state", "u1")
    assert "idempotency-key" not in server.asked[0].headers


def test_an_earlier_attempt_that_is_still_at_work_is_waited_for(call: Any, serve: Any) -> None:
    answers = [Answer(cut=True), problem(409, "IDEMPOTENCY_CONFLICT", wait="0"), Answer(200, AVAILABLE)]
    server = serve(lambda asked, earlier: answers[earlier])
    assert call(server, "upload_complete", "u1").state == "available"


def test_a_conflict_on_a_first_attempt_is_told_whatever_it_asks_for(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: problem(409, "SCAN_PENDING", wait="0"))
    with pytest.raises(GatehouseProblem, match="SCAN_PENDING"):
        call(server, "signed_url", "f1")
    assert len(server.asked) == 1


def test_an_answer_that_is_no_json_is_a_problem_in_words(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: Answer(200, text="<html>Welcome to the hotel's Wi-Fi</html>"))
    with pytest.raises(GatehouseProblem, match="problem with the service"):
        call(server, "upload_state", "u1")


def test_an_answer_that_lacks_what_it_must_have_is_a_problem(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: Answer(200, {"id": 1}))
    with pytest.raises(GatehouseProblem):
        call(server, "upload_state", "u1")


def test_a_problem_carries_everything_that_the_server_said(call: Any, serve: Any) -> None:
    told = {
        "remedy": {
            "who": "you",
            "action": "choose_file",
            "label": "Choose a smaller file",
            "href": "",
            "new": "member",
        },
        "errors": [{"pointer": "/size", "detail": "too large"}],
        "request_id": "r1",
        "retryable": False,
        "retry_after_s": None,
    }
    server = serve(lambda asked, earlier: problem(413, "FILE_TOO_LARGE", **told))
    with pytest.raises(GatehouseProblem) as caught:
        call(server, "create_folder", "photos")
    refused = caught.value
    assert refused.user_message == "Words for FILE_TOO_LARGE."
    assert refused.remedy is not None
    assert refused.remedy.label == "Choose a smaller file"
    assert [(error.pointer, error.detail) for error in refused.errors] == [("/size", "too large")]
    assert (refused.request_id, refused.retryable, refused.retry_after) == ("r1", False, None)


def test_threads_may_share_one_client(serve: Any) -> None:
    server = serve(lambda asked, earlier: Answer(200, AVAILABLE))
    with Gatehouse(server.url, lambda refused: "token") as gatehouse:
        threads = [threading.Thread(target=gatehouse.upload_state, args=(f"u{number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(set(server.lines())) == 8


def test_no_log_holds_a_signed_address(serve: Any, caplog: pytest.LogCaptureFixture) -> None:
    bucket = Bucket()
    server = serve(bucket)
    with caplog.at_level("INFO"), Gatehouse(server.url, lambda refused: "token", parts_above=50) as gatehouse:
        gatehouse.upload(bytes(95), "film.mp4")
    assert "/bucket/1" in caplog.text
    assert "signature" not in caplog.text
