"""Who asks a dead server again and again only waits; so it is left alone for a moment."""

import pytest
import redis

from admission.circuit import CircuitOpenError, RedisCircuit
from admission.fallback import LocalLimiter
from admission.limits import Rate


class Server:
    """Answers, or not; counts who asked."""

    def __init__(self) -> None:
        self.is_well, self.asked, self.now = False, 0, 100.0

    def question(self) -> str:
        self.asked += 1
        if not self.is_well:
            raise redis.TimeoutError
        return "yes"

    def circuit(self) -> RedisCircuit:
        return RedisCircuit(failures=3, rest_seconds=1, clock=lambda: self.now)


def ask(circuit: RedisCircuit, server: Server, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(redis.RedisError):
            circuit.ask(server.question)


def test_after_some_failures_in_a_row_it_is_asked_once_a_rest() -> None:
    server = Server()
    circuit = server.circuit()
    ask(circuit, server, 20)
    assert server.asked == 3
    server.now += 1
    ask(circuit, server, 20)
    assert server.asked == 4


def test_an_answer_closes_the_circuit() -> None:
    server = Server()
    circuit = server.circuit()
    ask(circuit, server, 5)
    server.is_well = True
    with pytest.raises(CircuitOpenError):
        circuit.ask(server.question)
    server.now += 1
    assert [circuit.ask(server.question) for _ in range(3)] == ["yes"] * 3


def test_failures_that_are_not_in_a_row_do_not_open_it() -> None:
    server = Server()
    circuit = server.circuit()
    for _ in range(5):
        ask(circuit, server, 2)
        server.is_well = True
        assert circuit.ask(server.question) == "yes"
        server.is_well = False
    assert server.asked == 15


def test_an_open_circuit_fails_as_a_lost_connection_does() -> None:
    assert issubclass(CircuitOpenError, redis.ConnectionError)


def test_the_local_limiter_tells_when_the_next_one_is_let_in() -> None:
    now = [0]
    limiter = LocalLimiter(lambda: now[0])
    rate = Rate(20, 2)
    assert [limiter.wait_seconds("a", rate) for _ in range(4)] == [0, 0, 3, 3]
    assert limiter.wait_seconds("b", rate) == 0
    now[0] = 3_000_000
    assert [limiter.wait_seconds("a", rate) for _ in range(2)] == [0, 3]
