"""What a module refuses, in its own words, read without asking it: for whoever decides about its template."""

from dataclasses import dataclass

from policy.rego.asking import inspector, reason_in
from policy.rego.inspection import RefusedModuleError
from policy.rego.port import BrokenPolicyError, PolicyBusyError

_ATTEMPTS = 2
"""A machine with too much to do may not read a module in time; more of them would set the module aside."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons that are written out, in the module's order; `more` where it may refuse for others, too."""

    written: tuple[str, ...] = ()
    more: bool = False


def reasons_of(text: str | None) -> Reasons:
    """The reasons of a document's module; none for a document without one.

    What can't be read now, or may not be used, says only that there is more.
    """
    if text is None:
        return Reasons()
    for _attempt in range(_ATTEMPTS):
        try:
            module = inspector().module(text)
        except RefusedModuleError:
            break
        except (BrokenPolicyError, PolicyBusyError):
            continue
        return Reasons(tuple(dict.fromkeys(map(reason_in, module.written))), module.refuses_otherwise)
    return Reasons(more=True)
