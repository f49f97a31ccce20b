"""JSON Patch, as far as fixes use it: add, replace and remove (RFC 6902)."""

import copy
from collections.abc import Iterable
from typing import Any

from kernel.language import said
from marketplace.review.findings import Change


class PatchError(ValueError):
    """The patch doesn't fit the document; nothing was changed."""


def patched(content: Any, changes: Iterable[Change]) -> Any:
    """A copy of the content with every change made. Raises PatchError."""
    changed = copy.deepcopy(content)
    for change in changes:
        *parents, last = _steps(change["path"])
        place = changed
        for step in parents:
            place = _child(place, step)
        _make(place, last, change)
    return changed


def _steps(pointer: str) -> list[str]:
    if not pointer.startswith("/"):
        raise PatchError(said("A change needs a place within the document."))
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


def _child(place: Any, step: str) -> Any:
    try:
        return place[int(step)] if isinstance(place, list) else place[step]
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise PatchError(said("There is no “{step}” to change.").format(step=step)) from error


def _make(place: Any, last: str, change: Change) -> None:
    operation = change["op"]
    if operation == "add" and isinstance(place, list):
        place.insert(len(place) if last == "-" else _index(last), change["value"])
    elif operation == "add" and isinstance(place, dict):
        place[last] = change["value"]
    elif operation in {"replace", "remove"}:
        _child(place, last)
        key: Any = _index(last) if isinstance(place, list) else last
        if operation == "replace":
            place[key] = change["value"]
        else:
            del place[key]
    else:
        raise PatchError(said("“{operation}” can't be done there.").format(operation=operation))


def _index(step: str) -> int:
    if not step.isdecimal():
        raise PatchError(said("“{step}” is no place in a list.").format(step=step))
    return int(step)
