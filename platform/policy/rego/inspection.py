"""Reading a module before it is ever asked: what it may contain, and what its author is told when it contains more."""

import functools
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from policy.rego.builtins import ALLOWED
from policy.rego.port import ENTRIES, MAX_MODULE_CHARACTERS, PACKAGE, Module
from policy.rego.questions import KNOWN_PATHS
from policy.rego.tree import Rule, calls, imports, package, rules, uses_with, variables, walked_paths, written_members
from policy.sentences import Fact, Sentence

Parser = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that can't stay, with its line in the module (0 for the whole)."""

    line: int
    sentence: Sentence

    @property
    def with_its_line(self) -> Sentence:
        """The sentence, after where it is about."""
        return Sentence("Line {line:count}: {complaint:words}", {"line": self.line, "complaint": self.sentence.kept()})


class RefusedModuleError(ValueError):
    """The module can't be used; `complaints` says why."""

    def __init__(self, *complaints: Complaint) -> None:
        self.complaints = complaints
        super().__init__("; ".join(f"line {complaint.line}: {complaint.sentence}" for complaint in complaints))


def _complaint(line: int, words: str, **facts: Fact) -> Complaint:
    return Complaint(line, Sentence(words, facts))


def inspected(text: str, parse: Parser) -> Module:
    """The module, once nothing in it is objectionable. `parse` gives its syntax tree.

    Raises RefusedModuleError, and what the parser raises.
    """
    if len(text) > MAX_MODULE_CHARACTERS:
        raise RefusedModuleError(
            _complaint(0, "The module has more than {most:count} characters.", most=MAX_MODULE_CHARACTERS)
        )
    tree = parse(text)
    if complaints := tuple(complaint for check in CHECKS for complaint in check(tree)):
        raise RefusedModuleError(*complaints)
    names = {rule.name for rule in rules(tree)}
    entries = tuple(entry for entry in ENTRIES if entry in names)
    written = tuple(dict.fromkeys(written_members(tree, "deny")))
    return Module(text, hashlib.sha256(text.encode()).hexdigest(), entries, written, _refuses_otherwise(tree))


def _refuses_otherwise(tree: Any) -> bool:
    """Whether it may say no for a reason that isn't written out."""
    names = [rule.name for rule in rules(tree)]
    return "allow" in names or names.count("deny") > len(written_members(tree, "deny"))


def _in_its_package(tree: Any) -> Iterator[Complaint]:
    name, line = package(tree)
    if name != PACKAGE:
        yield _complaint(line, "The package must be {package}.", package=PACKAGE)


def _imports_syntax_only(tree: Any) -> Iterator[Complaint]:
    for name, line in imports(tree):
        if name != "rego.v1" and not name.startswith("future.keywords"):
            yield _complaint(line, "{name} can't be imported: only rego.v1 can.", name=name)


def _decides_something(tree: Any) -> Iterator[Complaint]:
    names = {rule.name for rule in rules(tree)}
    if not names & {"deny", "allow"}:
        yield _complaint(0, "The module must define deny or allow.")


def _calls_known_functions(tree: Any) -> Iterator[Complaint]:
    own = {rule.name for rule in rules(tree)}
    for name, line in calls(tree):
        if name not in own and name not in ALLOWED:
            yield _complaint(line, "The function {name} can't be used in a template.", name=name)


def _reads_nothing_else(tree: Any) -> Iterator[Complaint]:
    for name, line in variables(tree):
        if name == "data":
            yield _complaint(line, "Other data can't be read: name a rule of this module without data.")


def _replaces_nothing(tree: Any) -> Iterator[Complaint]:
    for line in uses_with(tree):
        yield _complaint(line, "The keyword with can't be used in a template.")


def _asks_for_what_is_told(tree: Any) -> Iterator[Complaint]:
    """A misspelt field is undefined, and a deny rule over it would never refuse anything."""
    for path, line in walked_paths(tree):
        if path == "":
            yield _complaint(line, "Name a field of input: input as a whole can't be used.")
        elif path not in KNOWN_PATHS:
            told = ", ".join(sorted(KNOWN_PATHS))
            yield _complaint(line, "input.{path} is never told; there are {told}.", path=path, told=told)


def _never_asks_itself(tree: Any) -> Iterator[Complaint]:
    """Recursion through a function crashes the engine; the language forbids it anyway."""
    graph: dict[str, set[str]] = {}
    found = rules(tree)
    names = {rule.name for rule in found}
    for rule in found:
        graph.setdefault(rule.name, set()).update(rule.mentions & names)
    for rule in _once(found):
        if rule.name in _reachable(rule.name, graph):
            yield _complaint(rule.line, "The rule {name} leads back to itself.", name=rule.name)


def _once(found: list[Rule]) -> list[Rule]:
    return list({rule.name: rule for rule in reversed(found)}.values())


def _reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = set(graph[start])
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= graph[name] - seen
    return seen


CHECKS: tuple[Callable[[Any], Iterator[Complaint]], ...] = (
    _in_its_package,
    _imports_syntax_only,
    _decides_something,
    _calls_known_functions,
    _reads_nothing_else,
    _replaces_nothing,
    _asks_for_what_is_told,
    _never_asks_itself,
)


class Inspector:
    """Inspects each module once in the life of a process: its text names it, so what was found of it stays true."""

    def __init__(self, parse: Parser) -> None:
        self._parse = parse
        self._found = functools.lru_cache(512)(self._inspected)

    def module(self, text: str) -> Module:
        """The module. Raises RefusedModuleError, and what the parser raises."""
        found = self._found(text)
        if isinstance(found, Module):
            return found
        raise RefusedModuleError(*found)

    def _inspected(self, text: str) -> Module | tuple[Complaint, ...]:
        try:
            return inspected(text, self._parse)
        except RefusedModuleError as refusal:
            return refusal.complaints
