"""The callback that gives tokens is asked once for all who wait."""

import asyncio
import threading
import time
from typing import Any

import pytest
from gatehouse import AsyncGatehouse, Gatehouse, TokenRefused

from tests.sdk.python.servers import Answer, Asked, problem

AVAILABLE = {"id": "u1", "state": "available"}


def strict(good: str) -> Any:
    def script(asked: Asked, earlier: int) -> Answer:
        if asked.headers["authorization"] == f"Bearer {good}":
            return Answer(200, AVAILABLE)
        return problem(401, "KEY_EXPIRED")

    return script


class Counting:
    """Gives token-0, token-1 and so on; slowly, so that others come meanwhile."""

    def __init__(self, lives_s: float | None = None) -> None:
        self.refused: list[str] = []
        self.lives_s = lives_s

    def __call__(self, refused: str) -> Any:
        self.refused.append(refused)
        time.sleep(0.05)
        value = f"token-{len(self.refused) - 1}"
        return value if self.lives_s is None else {"access_token": value, "expires_in": self.lives_s}


def test_one_token_serves_many_calls(call: Any, serve: Any) -> None:
    tokens = Counting()
    call.each(serve(strict("token-0")), [("upload_state", ("u1",), {})] * 3, {"tokens": tokens})
    assert tokens.refused == [""]


def test_a_refused_token_is_replaced_once_and_the_call_repeated(call: Any, serve: Any) -> None:
    tokens = Counting()
    assert call(serve(strict("token-1")), "upload_state", "u1", client={"tokens": tokens}).state == "available"
    assert tokens.refused == ["", "token-0"]


def test_a_second_refusal_is_told(call: Any, serve: Any) -> None:
    server = serve(strict("never"))
    with pytest.raises(TokenRefused) as caught:
        call(server, "upload_state", "u1", client={"tokens": Counting()})
    assert caught.value.code == "KEY_EXPIRED"
    assert len(server.asked) == 2


def test_a_token_near_its_end_is_replaced_before_it_is_used(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: Answer(200, AVAILABLE))
    call.each(server, [("upload_state", ("u1",), {})] * 2, {"tokens": Counting(lives_s=10)})
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer token-0", "Bearer token-1"]


def test_a_callback_that_failed_is_asked_again_by_the_next_call(serve: Any) -> None:
    answers = iter([OSError("no key today"), "token-0"])

    def tokens(refused: str) -> str:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    with Gatehouse(serve(strict("token-0")).url, tokens) as gatehouse:
        with pytest.raises(OSError, match="no key today"):
            gatehouse.upload_state("u1")
        assert gatehouse.upload_state("u1").state == "available"


def test_threads_with_one_refused_token_replace_it_once(serve: Any) -> None:
    tokens = Counting()
    with Gatehouse(serve(strict("token-1")).url, tokens) as gatehouse:
        threads = [threading.Thread(target=gatehouse.upload_state, args=("u1",)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert tokens.refused == ["", "token-0"]


def test_coroutines_with_one_refused_token_replace_it_once_by_a_coroutine(serve: Any) -> None:
    refusals: list[str] = []

    async def tokens(refused: str) -> str:
        refusals.append(refused)
        await asyncio.sleep(0.05)
        return f"token-{len(refusals) - 1}"

    async def storm() -> None:
        async with AsyncGatehouse(serve(strict("token-1")).url, tokens) as gatehouse:
            await asyncio.gather(*(gatehouse.upload_state("u1") for _ in range(8)))

    asyncio.run(storm())
    assert refusals == ["", "token-0"]


def test_the_token_goes_into_the_header_alone(call: Any, serve: Any) -> None:
    server = serve(lambda asked, earlier: Answer(200, {"folders": [], "files": []}))
    call(server, "page", folder="a b")
    assert server.lines() == ["GET /files?folder=a+b"]
    assert server.asked[0].headers["authorization"] == "Bearer secret-token"
