"""Rego in child processes of our own: the evaluator that needs no other server."""

import atexit
import functools
import json
import time
from collections.abc import Mapping
from typing import Any

from policy.rego.child import Child, CrashedError, OverranError
from policy.rego.children import Children
from policy.rego.port import BrokenPolicyError, CostlyPolicyError, Module, PolicyBusyError

DEADLINE_SECONDS = 0.1
SET_ASIDE_SECONDS = 5.0
"""How long a module that overran or crashed again and again is refused unasked: it can't keep every engine busy."""

_STRIKES = 3
"""Once may be the machine's fault: on one that has too much to do, any process can stand still for a while."""

_ANSWERS_KEPT = 4096
_STRUCK_KEPT = 256


class LocalEvaluator:
    """Asks a child, and remembers what it said."""

    def __init__(self, most_children: int = 4, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._children = Children(most_children)
        self._deadline = deadline_seconds
        self._strikes: dict[str, tuple[int, float, str]] = {}
        self._remembered = functools.lru_cache(_ANSWERS_KEPT)(self._ask)
        atexit.register(self.end)

    def ask(self, module: Module, question: bytes) -> Mapping[str, Any]:
        """The entries' values. Raises BrokenPolicyError or PolicyBusyError, which are never remembered as answers."""
        return self._remembered(module, question)

    def tree(self, text: str) -> Any:
        """The module's syntax tree. Raises BrokenPolicyError with the parser's complaint, PolicyBusyError."""
        return json.loads(self._guarded(text, b"I" + text.encode()))[0]["ast"]

    def warm(self) -> None:
        """Start an engine before the first question comes."""
        self._children.warm()

    def process_ids(self) -> set[int]:
        """The idle engines' processes."""
        return self._children.process_ids()

    def end(self) -> None:
        """Kill the idle engines."""
        self._children.end()

    def _ask(self, module: Module, question: bytes) -> Mapping[str, Any]:
        name = module.digest.encode()
        load = b"L" + name + " ".join(module.entries).encode() + b"\n" + module.text.encode()
        answer: Mapping[str, Any] = json.loads(self._guarded(module.text, b"A" + name + question, load))
        return answer

    def _guarded(self, text: str, frame: bytes, load: bytes = b"") -> bytes:
        """The answer, unless this module cost too much a moment ago."""
        strikes, until, why = self._strikes.get(text, (0, 0.0, ""))
        if strikes >= _STRIKES and time.monotonic() < until:
            raise BrokenPolicyError(why)
        try:
            return self._exchange(frame, self._deadline, load)
        except CostlyPolicyError as error:
            self._strike(text, str(error))
            raise

    def _exchange(self, frame: bytes, seconds: float, load: bytes) -> bytes:
        try:
            with self._children.lent(seconds) as child:
                answer = self._answered(child, frame, seconds, load)
        except OverranError as error:
            raise CostlyPolicyError(f"took too long: more than {round(seconds * 1000)} milliseconds") from error
        except CrashedError as error:
            raise CostlyPolicyError("ended the engine that evaluated it") from error
        return _said(answer)

    def _answered(self, child: Child, frame: bytes, seconds: float, load: bytes) -> bytes:
        _await_boot(child)
        until = time.monotonic() + seconds
        answer = child.exchange(frame, seconds)
        if answer == b"?":
            loaded = child.exchange(load, until - time.monotonic())
            answer = loaded if loaded[:1] != b"+" else child.exchange(frame, until - time.monotonic())
        return answer

    def _strike(self, text: str, why: str) -> None:
        """Two threads that strike at once may count as one: then it is refused a question later."""
        if len(self._strikes) >= _STRUCK_KEPT:
            self._strikes.clear()
        strikes, until, _ = self._strikes.get(text, (0, 0.0, ""))
        now = time.monotonic()
        self._strikes[text] = (strikes + 1 if now < until else 1, now + SET_ASIDE_SECONDS, why)


def _await_boot(child: Child) -> None:
    """A child that can't even start says nothing about the module."""
    try:
        child.await_boot()
    except (OverranError, CrashedError) as error:
        raise PolicyBusyError("No engine can be started.") from error


def _said(answer: bytes) -> bytes:
    kind, content = answer[:1], answer[1:]
    if kind == b"+":
        return content
    if kind == b"!":
        raise BrokenPolicyError("said more than fits an answer")
    raise BrokenPolicyError(f"failed: {content.decode(errors='replace')}")
