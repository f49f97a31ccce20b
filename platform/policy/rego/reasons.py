"""What a module refuses, in its own words, read without asking it: for whoever decides about its template."""

import functools
from dataclasses import dataclass

from policy.rego.asking import inspector, local, reason_in
from policy.rego.inspection import RefusedModuleError
from policy.rego.port import BrokenPolicyError, PolicyBusyError
from policy.rego.tree import rules, written_members


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
    try:
        return _read(text)
    except (BrokenPolicyError, PolicyBusyError, RefusedModuleError):
        return Reasons(more=True)


@functools.lru_cache(256)
def _read(text: str) -> Reasons:
    module = inspector().module(text)
    tree = local().tree(text)
    written = written_members(tree, "deny")
    refusing = sum(rule.name == "deny" for rule in rules(tree))
    words = dict.fromkeys(reason_in(text) for text in written)
    return Reasons(tuple(words), more=len(written) < refusing or "allow" in module.entries)
