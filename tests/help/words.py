"""What templates and code mark for translation, read as Django reads it, without the gettext programs."""

import ast
import functools
import gettext
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
    for path, node in nodes_of_rooms():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found |= set(_kept_or_said(node, node.func.id))
            if node.func.id == "EngineUnavailableError" and "outside" in path.parts:
                found |= set(_heads(node.args[:1], ""))
    return found


def _kept_or_said(call: ast.Call, name: str) -> Iterator[str]:
    if name in {"said", "Sentence"}:
        yield from _constants(call.args[:1])
    if name in {"BrokenPolicyError", "CostlyPolicyError"}:
        yield from _heads(call.args[:1], "the module ")
    if name in KEPT_BY_DELIVERIES:
        yield from _heads(call.args[:1], "")
    if name in _OF_SCANS:
        yield from _heads(call.args[_OF_SCANS[name]], "")
    if name == "Problem":
        yield from _constants(each.value for each in call.keywords if each.arg in {"why", "detail", "reason"})


KEPT_BY_DELIVERIES = {"OutboundError", "UndeliverableError", "Nobody"}
"""What is kept in English, and said to whoever looks why something didn't arrive."""

_OF_SCANS = {
    **dict.fromkeys(("unsafe", "locked", "program", "unreadable", "UnreadableError", "Clean"), slice(1)),
    **dict.fromkeys(("Held", "Rejected"), slice(1, 2)),
}
"""Which arguments are our words for what a check found in a file."""


def _heads(nodes: Iterable[ast.expr], before: str) -> Iterator[str]:
    """What stands before the colon, after which somebody else's words or a number may follow."""
    each = [part for node in nodes for part in (node.values if isinstance(node, ast.BoolOp) else [node])]
    firsts = [node.values[0] if isinstance(node, ast.JoinedStr) else node for node in each]
    yield from (before + words.partition(": ")[0].removesuffix(":") for words in _constants(firsts))


_TO_PEOPLE = {
    "FieldError": 1, "invalid": 1, "add_error": 1, "ValidationError": 0,
    "messages.success": 1, "messages.info": 1, "messages.warning": 1, "messages.error": 1,
}  # fmt: skip
"""Calls whose argument of this place people read as it is."""


def told_in_english_alone() -> Iterator[str]:
    """Calls that tell people words which are written down where they are told, and not said."""
    for path, node in nodes_of_rooms():
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            place = _TO_PEOPLE.get(name, _TO_PEOPLE.get(name.rsplit(".", 1)[-1]))
            if place is not None:
                yield from _bare(path, node, place)
        elif isinstance(node, ast.Return) and {"views", "views.py", "forms.py"} & set(path.parts):
            sentences = [words for words in _constants(_parts(node.value)) if words.endswith(".") and " " in words]
            yield from (f"{path.relative_to(PROJECT)}: {words}" for words in sentences)


def _bare(path: Path, call: ast.Call, place: int) -> Iterator[str]:
    for words in call.args[place : place + 1]:
        if any(re.search(r"[A-Za-z]{2,}", part) for part in _constants(_parts(words))):
            yield f"{path.relative_to(PROJECT)}: {ast.unparse(call)}"


def _parts(words: ast.expr | None) -> list[ast.expr]:
    return words.values if isinstance(words, ast.JoinedStr) else [words] if words else []


def shown_errors() -> set[str]:
    """The exceptions whose text somebody makes a part of an answer: it is read by people, so it must be said."""
    shown: set[str] = set()
    for path, node in nodes_of_rooms():
        if isinstance(node, ast.ExceptHandler) and node.type and not _for_operators(path) and _shows(node):
            each = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            shown |= {ast.unparse(name).rsplit(".", 1)[-1] for name in each}
    return shown


def _shows(handler: ast.ExceptHandler) -> bool:
    parts = [part for line in handler.body for part in _but_logs(line)]
    return bool(handler.name) and any(_is_text_of(part, str(handler.name)) for part in parts)


def raised_in_english_alone(names: set[str]) -> Iterator[str]:
    """Where one of these exceptions is made with words that are written down there."""
    for path, node in nodes_of_rooms():
        if isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in names:
            yield from _bare(path, node, 0)


def _for_operators(path: Path) -> bool:
    """Commands and checks speak to those who run the platform, in English as its logs and settings do."""
    return "management" in path.parts or path.name.endswith("checks.py") or bool({"sdk", "embedded"} & set(path.parts))


def _but_logs(line: ast.stmt) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = [line]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_log.")):
            yield node
            waiting.extend(ast.iter_child_nodes(node))


def _is_text_of(node: ast.AST, name: str) -> bool:
    text = node.args[0] if isinstance(node, ast.Call) and ast.unparse(node.func) == "str" and node.args else None
    text = node.value if isinstance(node, ast.FormattedValue) else text
    return isinstance(text, ast.Name) and text.id == name


def nodes_of_rooms() -> Iterator[tuple[Path, ast.AST]]:
    """Every node of the rooms' code, with its module."""
    for path in (path for room in ROOMS for path in (PROJECT / room).rglob("*.py")):
        yield from ((path, node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


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


WORD = re.compile(r"[^\W\d_]{3,}")
_HOLES = re.compile(r"%\(\w+\)s|\{[^{}]*\}|<[^>]*>|https?://\S+")


@functools.cache
def english_words() -> frozenset[str]:
    """The words of our English sentences that stand in no German one."""
    said = [(english, german) for english, german in _translations() if english]
    spoken = [{word.lower() for pair in said for word in WORD.findall(_HOLES.sub(" ", pair[at]))} for at in (0, 1)]
    return frozenset(spoken[0] - spoken[1])


def _translations() -> Iterator[tuple[str, str]]:
    for place in (PROJECT / "locale", PROJECT / "locale" / "vocabulary"):
        entries = gettext.translation("django", place, ["de"])._catalog  # type: ignore[attr-defined]  # lists them alone
        yield from ((key[0] if isinstance(key, tuple) else key, german) for key, german in entries.items())
