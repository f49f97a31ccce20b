"""What an app's policy wishes done with one file later on, fixed when its upload starts: policies may change."""

from typing import Any

import msgspec

VERSIONS = 10
"""How many older versions of a file are kept where its template says nothing."""


class Handling(msgspec.Struct, frozen=True, omit_defaults=True):
    """Days and numbers; None is never."""

    smaller_pictures: bool = False
    bare_pictures: bool = False
    versions: int = VERSIONS
    """How many replaced ones are kept."""

    replace: bool = False
    """Whether it takes the place of the file of its name."""

    protected_key: str = ""
    """The customer's key for what turns out to need protection, where the template uses none; empty for none."""

    version_days: int = 0
    archive_days: int | None = None

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Handling":
        """As it was kept. Raises msgspec.ValidationError for what never was."""
        return msgspec.convert(stored, cls)

    def to_keep(self) -> dict[str, Any]:
        """As it is kept."""
        kept: dict[str, Any] = msgspec.to_builtins(self)
        return kept
