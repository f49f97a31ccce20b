"""What templates and code mark for translation, read as Django reads it, without the gettext programs."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from embedded.management import PROJECT

_MARKED = re.compile(r"""(?<![\w.])(?:_|gettext|ngettext)\((u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))""")
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
ROOMS = ("broker", "gateway", "marketplace", "platform")


def templates() -> list[Path]:
    """Every page's template; the administration's are Django's own, and a letter's language is its sender's."""
    found = [path for room in ROOMS for path in (PROJECT / room).rglob("templates/**/*.html")]
    return [path for path in found if not {"admin", "email"} & set(path.parts)]


def of_template(path: Path) -> Iterator[str]:
    """The words that a template marks; a plural's first form stands for both."""
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for match in _MARKED.finditer(source):
        yield ast.literal_eval(match[1])


def of_code(path: Path) -> Iterator[str]:
    """The words that a module marks."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def said_anywhere() -> set[str]:
    """The words that rooms without Django say by `said` or keep as a `Sentence`."""
    found = {words for path in modules_of_sentences() for words in _sentences(path)}
    for path in (path for room in ROOMS for path in (PROJECT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found |= set(_kept_or_said(node, node.func.id))
    return found


def _kept_or_said(call: ast.Call, name: str) -> Iterator[str]:
    if name in {"said", "Sentence"}:
        yield from _constants(call.args[:1])
    if name in {"BrokenPolicyError", "CostlyPolicyError"}:
        yield from _heads(call.args[:1], "the module ")
    if name in _OF_SCANS:
        yield from _heads(call.args[_OF_SCANS[name]], "")
    if name == "Problem":
        yield from _constants(each.value for each in call.keywords if each.arg in {"why", "detail", "reason"})


_OF_SCANS = {
    **dict.fromkeys(("unsafe", "locked", "program", "unreadable", "UnreadableError", "Clean"), slice(1)),
    **dict.fromkeys(("Held", "Rejected"), slice(1, 2)),
}
"""Which arguments are our words for what a check found in a file."""


def _heads(nodes: Iterable[ast.expr], before: str) -> Iterator[str]:
    """What stands before the colon, after which somebody else's words or a number may follow."""
    firsts = [node.values[0] if isinstance(node, ast.JoinedStr) else node for node in nodes]
    yield from (before + words.partition(": ")[0].removesuffix(":") for words in _constants(firsts))


def fields_in_english_alone() -> Iterator[str]:
    """Errors of a field whose words are written down where they are made, and not said."""
    for path in (path for room in ROOMS for path in (PROJECT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_field = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "FieldError"
            if is_field and any(isinstance(words, ast.Constant | ast.JoinedStr) for words in node.args[1:]):
                yield f"{path.relative_to(PROJECT)}: {ast.unparse(node)}"


def modules_of_sentences() -> list[Path]:
    """The modules in which whatever reads as a sentence is one that a person reads."""
    return [*(PROJECT / "marketplace" / "review" / "checks").glob("*.py"), *(PROJECT / name for name in _SENTENCES)]


_SENTENCES = (
    "platform/policy/contradictions.py",
    "platform/policy/schema_errors.py",
    "platform/policy/rego/bundles.py",
    "platform/kernel/paths.py",
    "marketplace/review/analysis.py",
    "marketplace/reviews.py",
    "marketplace/readiness.py",
    "platform/policy/rego/inspection.py",
)


def filled_in_too_early(path: Path) -> Iterator[str]:
    """Sentences of a module that no dictionary can know, since their numbers and names already stand in them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        parts = list(_constants(node.values)) if isinstance(node, ast.JoinedStr) else []
        if parts and any(" " in part.strip() for part in parts):
            yield ast.unparse(node)


def _sentences(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    apart |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in apart and _reads_as_sentence(node.value):
            yield str(node.value)


def _reads_as_sentence(value: object) -> bool:
    return isinstance(value, str) and " " in value and value.endswith((".", "}"))


def _constants(nodes: Iterable[ast.expr]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def marked() -> dict[str, str]:
    """All of them, each with a place where it stands."""
    found: dict[str, str] = {}
    for path in templates():
        found |= {word: str(path.relative_to(PROJECT)) for word in of_template(path)}
    for room in ROOMS:
        for path in (PROJECT / room).rglob("*.py"):
            found |= {word: str(path.relative_to(PROJECT)) for word in of_code(path)}
    return found
