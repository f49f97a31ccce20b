"""The child process that evaluates Rego of strangers: `python -I engine_child.py`, frames on standard input and output.

It imports nothing of the platform and is started with an empty environment. Recursion can crash the engine and endless
work has no limit in it, so memory and time are limited here, and whoever started it kills it at the deadline.

A frame is its length (four bytes, big-endian) and that many bytes. Questions: `L`, a digest of 64 hex digits, the
entries (one line), the module; `A`, a digest, a JSON input; `I`, a module to parse. Answers: `+` and JSON; `-` and the
engine's complaint; `!` where the answer is too long; `?` for a digest that isn't loaded.
"""

import collections
import os
import resource
import signal
from typing import Any, Final

import regorus

_MEMORY_BYTES: Final = 256 << 20
_LONGEST_SECONDS: Final = 2.0
"""Only for a child whose parent died: a living parent kills sooner."""
_MODULES_KEPT: Final = 64
_ANSWER_BYTES: Final = 16_000
_TREE_BYTES: Final = 8_000_000
_UNDEFINED: Final = '"<undefined>"'
_ASKED: Final = "package gatehouse.asked\nlabels := data.gatehouse.template.labels\n"
"""Labels may be written one by one, and such rules the engine finds through another rule alone."""


class _TooLongError(Exception):
    pass


class Engines:
    """One engine a module, the least recently asked given up first."""

    def __init__(self) -> None:
        self._known: collections.OrderedDict[bytes, tuple[Any, list[tuple[str, str]]]] = collections.OrderedDict()

    def answer(self, frame: bytes) -> bytes:
        """The answer to one frame."""
        kind, digest, rest = frame[:1], frame[1:65], frame[65:]
        try:
            if kind == b"I":
                return b"+" + _bounded(_parsed(frame[1:]).get_ast_as_json(), _TREE_BYTES)
            if kind == b"L":
                return self._load(digest, rest)
            return self._ask(digest, rest)
        except RuntimeError as complaint:
            return b"-" + str(complaint).split("Stack backtrace:")[0].strip()[:2000].encode()
        except _TooLongError:
            return b"!"

    def _load(self, digest: bytes, rest: bytes) -> bytes:
        entries, module = rest.split(b"\n", 1)
        engine = _parsed(module)
        engine.add_policy("asked.rego", _ASKED)
        self._known[digest] = engine, [(entry, _rule(entry)) for entry in entries.decode().split()]
        if len(self._known) > _MODULES_KEPT:
            self._known.popitem(last=False)
        return b"+{}"

    def _ask(self, digest: bytes, question: bytes) -> bytes:
        known = self._known.get(digest)
        if known is None:
            return b"?"
        self._known.move_to_end(digest)
        engine, entries = known
        engine.set_input_json(question.decode())
        values = ((entry, engine.eval_rule_as_json(rule)) for entry, rule in entries)
        said = ",".join(f'"{entry}":{value}' for entry, value in values if value != _UNDEFINED)
        return b"+" + _bounded("{" + said + "}", _ANSWER_BYTES)


def _rule(entry: str) -> str:
    return "data.gatehouse.asked.labels" if entry == "labels" else f"data.gatehouse.template.{entry}"


def _parsed(module: bytes) -> Any:
    engine = regorus.Engine()
    engine.add_policy("policy.rego", module.decode())
    return engine


def _bounded(text: str, most: int) -> bytes:
    encoded = text.encode()
    if len(encoded) > most:
        raise _TooLongError
    return encoded


def _limit_this_process() -> None:
    """Give up what evaluating doesn't need: no file can be written, none opened, no process started."""
    for which, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (most, most))


def _exactly(count: int) -> bytes:
    """That many bytes of standard input. Raises EOFError when the parent is gone."""
    parts = b""
    while len(parts) < count:
        part = os.read(0, count - len(parts))
        if not part:
            raise EOFError
        parts += part
    return parts


def _say(answer: bytes) -> None:
    frame = len(answer).to_bytes(4, "big") + answer
    while frame:
        frame = frame[os.write(1, frame) :]


def _serve() -> None:
    engines = Engines()
    _say(b"+")
    while True:
        frame = _exactly(int.from_bytes(_exactly(4), "big"))
        signal.setitimer(signal.ITIMER_REAL, _LONGEST_SECONDS)
        answer = engines.answer(frame)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say(answer)


if __name__ == "__main__":
    _limit_this_process()
    try:
        _serve()
    except (EOFError, BrokenPipeError):
        os._exit(0)
