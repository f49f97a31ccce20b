"""The Python client slows down before the server has to say so."""

import asyncio
import threading
from typing import Any

from gatehouse import AsyncGatehouse, Gatehouse

from tests.sdk.python.servers import Answer, Gate


def test_calls_one_after_another_slow_down_before_the_limit_says_no(call: Any, serve: Any) -> None:
    gate = Gate(limit=20, refill_s=0.02)
    server = serve(gate)
    call.each(server, [("upload_state", ("u1",), {})] * 60)
    assert gate.refused == 0
    assert len(server.asked) == 60


def test_threads_share_one_pace(serve: Any) -> None:
    gate = Gate(limit=20, refill_s=0.02)
    server = serve(gate)
    with Gatehouse(server.url, lambda refused: "token") as gatehouse:
        gatehouse.upload_state("first")
        threads = [threading.Thread(target=gatehouse.upload_state, args=("u1",)) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert gate.refused == 0
    assert len(server.asked) == 51


def test_coroutines_share_one_pace(serve: Any) -> None:
    gate = Gate(limit=20, refill_s=0.02)
    server = serve(gate)

    async def storm() -> None:
        async with AsyncGatehouse(server.url, lambda refused: "token") as gatehouse:
            await gatehouse.upload_state("first")
            await asyncio.gather(*(gatehouse.upload_state("u1") for _ in range(50)))

    asyncio.run(storm())
    assert gate.refused == 0
    assert len(server.asked) == 51


def test_while_there_is_room_nobody_waits(call: Any, serve: Any) -> None:
    waits: list[float] = []
    server = serve(Gate(limit=1000, refill_s=1.0))
    options = {"on_wait": lambda seconds, why: waits.append(seconds)}
    call.each(server, [("upload_state", ("u1",), {})] * 20, options)
    assert waits == []


def test_headers_that_make_no_sense_change_nothing(call: Any, serve: Any) -> None:
    headers = {"X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "-3"}
    waits: list[float] = []
    server = serve(lambda asked, earlier: Answer(200, {"id": "u1", "state": "available"}, headers))
    options = {"on_wait": lambda seconds, why: waits.append(seconds)}
    call.each(server, [("upload_state", ("u1",), {})] * 3, options)
    assert waits == []
