"""What storage's refusals and silences mean here, and the circuit breaker that keeps others from waiting for them."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from kernel.circuit import Circuit
from kernel.errors import STORAGE_UNAVAILABLE, Problem
from telemetry.metrics import STORAGE_FAILURES

_log = structlog.get_logger(__name__)
_CHANGED = {"412", "PreconditionFailed"}


class ObjectChangedError(RuntimeError):
    """The object is not the one that was verified: its ETag differs."""


def storage_circuit() -> Circuit:
    """Five failures in a row open it for a second: until storage answers again, nobody waits for it."""
    return Circuit(failures=5, rest_seconds=1.0)


@contextmanager
def storage_answers(circuit: Circuit) -> Iterator[None]:
    """Storage's refusals and silences, as ours. Raises ObjectChangedError, Problem STORAGE_UNAVAILABLE."""
    if not circuit.lets_ask():
        STORAGE_FAILURES.labels("not_asked").inc()
        raise Problem(STORAGE_UNAVAILABLE)
    try:
        yield
    except ClientError as error:
        _note(circuit, error)
        if str(error.response.get("Error", {}).get("Code", "")) in _CHANGED:
            raise ObjectChangedError from error
        raise Problem(STORAGE_UNAVAILABLE) from error
    except BotoCoreError as error:
        circuit.failed()
        STORAGE_FAILURES.labels("silent").inc()
        _log.warning("storage_silent", error=type(error).__name__)
        raise Problem(STORAGE_UNAVAILABLE) from error
    circuit.answered()


def _note(circuit: Circuit, error: ClientError) -> None:
    """A server that answers 5xx, 503 SlowDown among them, is left alone for a moment; other refusals are answers."""
    if int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) < 500:
        circuit.answered()
        return
    circuit.failed()
    STORAGE_FAILURES.labels("failing").inc()
