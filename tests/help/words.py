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
    """The words that rooms without Django say by `said`, and sentences that the review's checks are made of."""
    found: set[str] = set()
    for path in (path for room in ROOMS for path in (PROJECT / room).rglob("*.py")):
        of_checks = path.parent.name == "checks"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "said":
                found |= set(_constants(node.args))
            if of_checks and isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "words":
                found |= set(_constants([node.value]))
    return found


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
