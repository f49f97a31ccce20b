"""The process's way to Redis."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import resources
from typing import Any

import hiredis
import redis
from django.conf import settings
from django.db import connection as database
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import NoScriptError
from redis.retry import Retry

from admission.circuit import RedisCircuit
from kernel.company import alone, asked


class GuardedPipeline(Pipeline):
    """A pipeline whose round trip goes through the circuit."""

    circuit: RedisCircuit

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """All answers. Raises CircuitOpenError, RedisError."""
        answers: list[Any] = self.circuit.ask(partial(super().execute, raise_on_error))
        return answers


class GuardedRedis(redis.Redis):
    """A client that leaves a server alone for a moment after it failed several times in a row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._circuit = RedisCircuit()

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """One answer. Raises CircuitOpenError, RedisError."""
        return self._circuit.ask(partial(super().execute_command, *args, **options))

    def ask_all(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        """The answers to commands of plain words, errors among them, in one trip; past the client's own layers.

        Those would try again, translate and observe, which isn't wanted here and costs as much as the trip.
        Raises CircuitOpenError, and RedisError where the trip itself failed.
        """
        return self._circuit.ask(partial(self._trip, [hiredis.pack_command(tuple(words)) for words in commands]))

    def _trip(self, packed: list[bytes]) -> list[Any]:
        link: Any = self.connection_pool.get_connection()
        try:
            link.send_packed_command(packed)
            return [_answer_of(link) for _command in packed]
        finally:
            self.connection_pool.release(link)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> GuardedPipeline:
        """Commands that are sent together."""
        made = GuardedPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        made.circuit = self._circuit
        return made


@cache
def connection() -> GuardedRedis:
    """The process's connections: 50 ms for an answer and no second try, so that a dead Redis costs no threads."""
    pool = redis.ConnectionPool.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return GuardedRedis(connection_pool=pool)


def _answer_of(link: Any) -> Any:
    try:
        return link.read_response()
    except redis.ResponseError as error:  # one command's own; the others' answers still come
        return error


class RedisScript:
    """A Lua script of this room, known to Redis by its digest: one round trip, two on a server that is new to it."""

    def __init__(self, file: str) -> None:
        self.text = resources.files("admission").joinpath(file).read_text(encoding="utf-8")
        self.digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        """Run it atomically. Raises RedisError."""
        return self._known_or_told(lambda words: alone(connection().ask_all, words), keys, arguments)

    def in_company(self, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        """The same, in one trip with whatever else is asked in company; where no lock is held. Raises RedisError."""
        ask = alone if database.in_atomic_block else asked
        return self._known_or_told(lambda words: ask(connection().ask_all, words), keys, arguments)

    def _known_or_told(self, ask: Callable[[Sequence[Any]], Any], keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        try:
            return ask(("EVALSHA", self.digest, len(keys), *keys, *arguments))
        except NoScriptError:
            return connection().eval(self.text, len(keys), *keys, *arguments)
