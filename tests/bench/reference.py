"""A bare ASGI application that does only what no upload's start can do without, and nothing else.

One insert, committed together with those of concurrent requests; one trip to Redis; one signature. No framework, no
checks, no rules: `granian --interface asgi tests.bench.reference:application`.
"""

import asyncio
import hashlib
import hmac
import os
from typing import Any

import psycopg
import redis.asyncio as redis

_INSERT = "INSERT INTO bench_reference (body) VALUES ($1)"
_KEY = b"for measuring alone"


class _Desk:
    """Inserts of concurrent requests in one commit."""

    def __init__(self) -> None:
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._is_manned = False
        self._database: psycopg.AsyncConnection[Any] | None = None

    async def insert(self, body: bytes) -> None:
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((body, done))
        if not self._is_manned:
            self._is_manned = True
            await self._work()
        await done

    async def _work(self) -> None:
        if self._database is None:
            self._database = await psycopg.AsyncConnection.connect(os.environ["BENCH_DATABASE_URL"], autocommit=True)
        while self._waiting:
            batch, self._waiting = self._waiting, []
            async with self._database.pipeline(), self._database.transaction():
                cursor = psycopg.AsyncRawCursor(self._database)
                for body, _done in batch:
                    await cursor.execute(_INSERT, [body], prepare=True)
            for _body, done in batch:
                done.set_result(None)
        self._is_manned = False


_desk = _Desk()
_redis: "redis.Redis | None" = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    global _redis  # noqa: PLW0603 - one a process
    if scope["type"] != "http":
        return
    if _redis is None:
        _redis = redis.Redis.from_url(os.environ["REDIS_URL"])
    body = (await receive())["body"]
    await _redis.incr("bench")
    await _desk.insert(body)
    signed = hmac.new(_KEY, body, hashlib.sha256).hexdigest().encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(signed)).encode())]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": signed})
