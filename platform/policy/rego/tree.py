"""The syntax tree that the engine gives of a module, walked without recursion, however deep it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_HEADS = ("Compr", "Set", "Func")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its first name, its line, and every name that stands in it."""

    name: str
    line: int
    mentions: frozenset[str]


def package(tree: Any) -> tuple[str, int]:
    """The package's name and line."""
    return _dotted(tree["package"]["refr"]), _line(tree["package"])


def imports(tree: Any) -> Iterator[tuple[str, int]]:
    """Each import's name and line."""
    for item in tree["imports"]:
        yield _dotted(item["refr"]), _line(item)


def rules(tree: Any) -> list[Rule]:
    """Every rule, a name as often as it is defined."""
    return [_rule(item) for item in tree["rules"]]


def written_members(tree: Any, name: str) -> list[str]:
    """The members of a set by this name that are written out as texts, in the module's order."""
    heads = [item["Spec"]["head"].get("Set") for item in tree["rules"] if "Spec" in item]
    keys = [head["key"] or {} for head in heads if head and _dotted(head["refr"]) == name]
    texts = [key.get("String") or key.get("RawString") for key in keys]
    return [str(text["value"]) for text in texts if text]


def calls(tree: Any) -> Iterator[tuple[str, int]]:
    """Each called function's name and line."""
    for node in _nodes(tree["rules"]):
        if "Call" in node:
            yield _dotted(node["Call"]["fcn"]), _line(node["Call"])


def variables(tree: Any) -> Iterator[tuple[str, int]]:
    """Each name that stands alone or begins a path."""
    for node in _nodes(tree["rules"]):
        if "Var" in node:
            yield str(node["Var"]["value"]), _line(node["Var"])


def uses_with(tree: Any) -> Iterator[int]:
    """The line of each statement that replaces something for its own evaluation."""
    for node in _nodes(tree["rules"]):
        if node.get("with_mods"):
            yield _line(node)


def walked_paths(tree: Any) -> Iterator[tuple[str, int]]:
    """Each path into input, as far as it is written out: `file.name`, or nothing for input as a whole."""
    inner: set[int] = set()
    for node in _nodes(tree["rules"]):
        step = node.get("RefDot") or node.get("RefBrack")
        if step and id(node) not in inner:
            inner.update(id(part) for part in _chain(node)[1:])
            path = _input_path(node)
            if path is not None:
                yield path, _line(step)
        elif "Var" in node and id(node) not in inner and node["Var"]["value"] == "input":
            yield "", _line(node["Var"])


def _input_path(node: Any) -> str | None:
    *steps, root = _chain(node)
    if root.get("Var", {}).get("value") != "input":
        return None
    names = []
    for step in reversed(steps):
        name = _step_name(step)
        if name is None:
            break
        names.append(name)
    return ".".join(names)


def _step_name(step: Any) -> str | None:
    """The name that a step into an object has, where it is written out."""
    if "RefDot" in step:
        return str(step["RefDot"]["field"][1])
    index = step["RefBrack"]["index"]
    text = index.get("String") or index.get("RawString")
    return None if text is None else str(text["value"])


def _chain(node: Any) -> list[Any]:
    """A path's steps from the last to what it begins with."""
    chain = [node]
    while step := chain[-1].get("RefDot") or chain[-1].get("RefBrack"):
        chain.append(step["refr"])
    return chain


def _dotted(node: Any) -> str:
    *steps, root = _chain(node)
    first = str(root.get("Var", {}).get("value", "?"))
    return ".".join([first, *(str(_step_name(step)) for step in reversed(steps))])


def _rule(item: Any) -> Rule:
    kind, content = next(iter(item.items()))
    head = content if kind == "Default" else next(content["head"][name] for name in _HEADS if name in content["head"])
    root = _chain(head["refr"])[-1]
    own = id(root)
    mentions = (str(node["Var"]["value"]) for node in _nodes(item) if "Var" in node and id(node) != own)
    return Rule(str(root["Var"]["value"]), _line(content), frozenset(mentions))


def _nodes(content: Any) -> Iterator[dict[str, Any]]:
    """Every object of the tree, an outer one before those inside it."""
    waiting = [content]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _line(node: Any) -> int:
    return int(node.get("span", {}).get("line", 0))
