"""Statements that are written with names and sent with numbers, so that nothing is searched in them again and again."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

_NAMED = re.compile(r"%\((\w+)\)s")


class Statement:
    """One statement; its parameters stand in it as `%(name)s`."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def numbered(self) -> str:
        """As PostgreSQL takes it: `$1` for the first name, wherever it stands."""
        return _NAMED.sub(lambda found: f"${self.names.index(found[1]) + 1}", self._text)

    @cached_property
    def names(self) -> list[str]:
        """The parameters' names in the order of their numbers."""
        return list(dict.fromkeys(_NAMED.findall(self._text)))

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values in the order of their numbers; those that the statement doesn't name are left out."""
        return [parameters[name] for name in self.names]
