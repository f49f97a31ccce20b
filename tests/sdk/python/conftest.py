"""A client of either kind against a server of the test's own."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from gatehouse import AsyncGatehouse, Gatehouse

from tests.sdk.python.servers import Bucket, Script, Server

Call: TypeAlias = tuple[str, tuple[Any, ...], dict[str, Any]]
QUICK = (0.0, 0.001, 0.001, 0.001, 0.001, 0.001)


@pytest.fixture
def serve() -> Iterator[Callable[[Script], Server]]:
    servers: list[Server] = []

    def start(script: Script) -> Server:
        servers.append(Server(script))
        if isinstance(script, Bucket):
            script.url = servers[-1].url
        return servers[-1]

    yield start
    for server in servers:
        server.close()


class Caller:
    """Calls operations by name, on threads or on coroutines, so that each test is told once."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, server: Server, operation: str, /, *arguments: Any, client: Any = None, **more: Any) -> Any:
        return self.each(server, [(operation, arguments, more)], client)[0]

    def each(self, server: Server, calls: list[Call], client: Any = None) -> list[Any]:
        """One client, one call after another; what they return."""
        options = {"tokens": lambda refused: "secret-token", "delays": QUICK} | (client or {})
        if self.kind == "threads":
            with Gatehouse(server.url, **options) as gatehouse:
                return [_listed(getattr(gatehouse, name)(*args, **more)) for name, args, more in calls]
        return asyncio.run(self._each(server, calls, options))

    async def _each(self, server: Server, calls: list[Any], options: dict[str, Any]) -> list[Any]:
        async with AsyncGatehouse(server.url, **options) as gatehouse:
            return [await _gathered(getattr(gatehouse, name)(*args, **more)) for name, args, more in calls]


def _listed(result: Any) -> Any:
    return list(result) if inspect.isgenerator(result) else result


async def _gathered(result: Any) -> Any:
    return [item async for item in result] if inspect.isasyncgen(result) else await result


@pytest.fixture(params=["threads", "coroutines"])
def call(request: pytest.FixtureRequest) -> Caller:
    return Caller(request.param)
