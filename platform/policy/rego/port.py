"""What an engine for Rego promises, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

PACKAGE = "gatehouse.template"
"""The package of every module. Its rule `deny` is a set of reasons, `allow` a boolean, `labels` an object."""

ENTRIES = ("deny", "allow", "labels")
MAX_MODULE_CHARACTERS = 32_000
MAX_ANSWER_BYTES = 16_000


@dataclass(frozen=True, slots=True)
class Module:
    """One module that was looked at: its text, the hex SHA-256 that names it, and which entries it defines.

    `written` are its reasons to say no that are written out as texts; `refuses_otherwise`, whether there are others.
    """

    text: str
    digest: str
    entries: tuple[str, ...]
    written: tuple[str, ...] = ()
    refuses_otherwise: bool = False


class RegoError(RuntimeError):
    """No answer came. Whoever asked must refuse: a rule that can't be asked can't have agreed."""


class BrokenPolicyError(RegoError):
    """The module itself is at fault: it fails, takes too long, crashes, says too much or nonsense."""


class CostlyPolicyError(BrokenPolicyError):
    """The module took too long or crashed its engine: asked again and again, it would keep others waiting."""


class PolicyBusyError(RegoError):
    """The engine is at fault: nobody was free, or the server can't be reached. Asking again may help."""


class Evaluator(Protocol):
    """Answers questions by a module, within a deadline, without any effect on the asker.

    The answer is the JSON value of each entry that the module defines: an undefined one is left out. The same
    question gets the same answer, since modules can neither see a clock nor throw a die.
    """

    def ask(self, module: Module, question: bytes) -> Mapping[str, Any]:
        """The entries' values for one question, a JSON object. Raises BrokenPolicyError or PolicyBusyError."""
        ...  # pragma: no cover - a protocol's body
