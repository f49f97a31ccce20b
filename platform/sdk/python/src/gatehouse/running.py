"""Who carries a plan's steps out: one runner for threads, one for coroutines."""

import logging
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any, TypeVar, cast

import anyio
import httpx2

from gatehouse.problems import ConnectionBroken
from gatehouse.steps import Answer, Body, GetToken, Plan, Send, Step, Together, Wait
from gatehouse.tokens import AsyncTokens, Tokens

T = TypeVar("T")

TIMEOUT = httpx2.Timeout(30.0, connect=10.0, pool=None)
"""A connection that is silent for longer is broken; how long a transfer may take has no limit."""

_CLEANING_UP_S = 10.0
"""How long a cancelled coroutine may still take to give back what it held."""


class _WithoutSignatures(logging.Filter):
    """A signed address opens what it names, so no log may hold one: its query is cut off."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_unsigned(value) if isinstance(value, httpx2.URL) else value for value in record.args)
        return True


def _unsigned(url: httpx2.URL) -> httpx2.URL:
    return url.copy_with(query=None) if b"signature" in url.query.lower() else url


logging.getLogger("httpx2").addFilter(_WithoutSignatures())


class Runner:
    """Runs plans in the caller's thread, and plans side by side in threads of their own."""

    def __init__(self, tokens: Tokens, http: httpx2.Client) -> None:
        self._tokens = tokens
        self._http = http

    def run(self, plan: Plan[T]) -> T:
        """What the plan returns; raises what it raises."""
        try:
            step = next(plan)
            while True:
                try:
                    outcome = self._take(step)
                except BaseException as error:  # noqa: BLE001 - the plan cleans up and raises it again
                    step = plan.throw(error)
                else:
                    step = plan.send(outcome)
        except StopIteration as end:
            return cast("T", end.value)

    def _take(self, step: Step) -> Any:
        match step:
            case Send():
                return self._send(step)
            case Wait(seconds):
                return time.sleep(seconds)
            case GetToken(refused):
                return self._tokens.get(refused)
            case Together():
                return self._together(step)

    def _send(self, step: Send) -> Answer:
        content, headers = _content_of(step)
        try:
            answer = self._http.request(step.method, step.url, headers=headers, content=content)
        except httpx2.TransportError as error:
            raise ConnectionBroken from error
        return Answer(answer.status_code, answer.headers, answer.content)

    def _together(self, step: Together) -> None:
        if not step.plans:
            return
        with ThreadPoolExecutor(len(step.plans), thread_name_prefix="gatehouse") as threads:
            running = [threads.submit(self.run, plan) for plan in step.plans]
            try:
                done, _ = wait(running, return_when=FIRST_EXCEPTION)
                failed = [error for future in done if (error := future.exception())]
            finally:
                step.stop()
        if failed:
            raise failed[0]


class AsyncRunner:
    """Runs plans in the caller's task, and plans side by side in tasks of their own."""

    def __init__(self, tokens: AsyncTokens, http: httpx2.AsyncClient) -> None:
        self._tokens = tokens
        self._http = http

    async def run(self, plan: Plan[T]) -> T:
        """What the plan returns; raises what it raises. A cancelled plan may still give back what it held."""
        try:
            step = next(plan)
            while True:
                try:
                    outcome = await self._take(step)
                except anyio.get_cancelled_exc_class() as cancelled:
                    return await self._cancel(plan, cancelled)
                except BaseException as error:  # noqa: BLE001 - the plan cleans up and raises it again
                    step = plan.throw(error)
                else:
                    step = plan.send(outcome)
        except StopIteration as end:
            return cast("T", end.value)

    async def _cancel(self, plan: Plan[T], cancelled: BaseException) -> T:
        with anyio.CancelScope(shield=True, deadline=anyio.current_time() + _CLEANING_UP_S):
            try:
                step = plan.throw(cancelled)
                while True:
                    try:
                        outcome = await self._take(step)
                    except Exception as error:  # noqa: BLE001 - the plan decides
                        step = plan.throw(error)
                    else:
                        step = plan.send(outcome)
            except StopIteration as end:
                return cast("T", end.value)
        raise cancelled

    async def _take(self, step: Step) -> Any:
        match step:
            case Send():
                return await self._send(step)
            case Wait(seconds):
                return await anyio.sleep(seconds)
            case GetToken(refused):
                return await self._tokens.get(refused)
            case Together():
                return await self._together(step)

    async def _send(self, step: Send) -> Answer:
        content, headers = _content_of(step)
        streamed = content if isinstance(content, bytes) else _as_async(content)
        try:
            answer = await self._http.request(step.method, step.url, headers=headers, content=streamed)
        except httpx2.TransportError as error:
            raise ConnectionBroken from error
        return Answer(answer.status_code, answer.headers, answer.content)

    async def _together(self, step: Together) -> None:
        failed: list[Exception] = []
        async with anyio.create_task_group() as tasks:

            async def carry(plan: Plan[Any]) -> None:
                try:
                    await self.run(plan)
                except Exception as error:  # noqa: BLE001 - raised below, alone rather than in a group
                    failed.append(error)
                    step.stop()
                    tasks.cancel_scope.cancel()

            for plan in step.plans:
                tasks.start_soon(carry, plan)
        if failed:
            raise failed[0]


def _content_of(step: Send) -> tuple[bytes | Iterator[bytes], dict[str, str]]:
    """A stream goes with its length: storage takes no chunked encoding."""
    body: bytes | Body = step.body
    if isinstance(body, bytes):
        return body, dict(step.headers)
    return body.chunks(), {**step.headers, "Content-Length": str(body.length)}


async def _as_async(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Chunks are small enough to be read from disk between two awaits."""
    for chunk in chunks:
        yield chunk
