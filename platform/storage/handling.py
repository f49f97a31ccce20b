"""What an app's policy wishes done with one file later on, fixed when its upload starts: policies may change."""

from collections.abc import Mapping
from typing import Any

import msgspec

from policy.lifetimes import Rules, rules_for
from policy.shape import LabelTerms

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
    minimum_days: int = 0
    by_label: tuple[LabelTerms, ...] = ()
    """The template's other days for some labels: a file's labels are only known once it was looked at."""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Handling":
        """As it was kept. Raises msgspec.ValidationError for what never was."""
        return msgspec.convert(stored, cls)

    def rules_for(self, labels: Mapping[str, str], keep_days: int | None) -> Rules:
        """How long a file with these labels stays, where all files stay for `keep_days`; None is for ever."""
        return rules_for(labels, Rules(keep_days, self.minimum_days, self.archive_days), self.by_label)

    def to_keep(self) -> dict[str, Any]:
        """As it is kept."""
        kept: dict[str, Any] = msgspec.to_builtins(self)
        return kept
