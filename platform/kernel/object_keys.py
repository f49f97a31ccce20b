"""The grammar of object keys: `{tenant}/{app}/{area}/{uuid7}`, made by the server alone.

No text that a person typed is ever part of a key, so there is nothing to traverse, to collide with or to leak.
"""

import enum
import re
import uuid
from dataclasses import dataclass

from kernel.identifiers import parse_id


class Area(enum.StrEnum):
    """Where in an app's prefix an object lives; what is in quarantine is never handed out for reading."""

    QUARANTINE = "quarantine"
    FILES = "files"
    THUMBS = "thumbs"
    PREVIEWS = "previews"


_KEY = re.compile(r"([0-9a-f-]{36})/([0-9a-f-]{36})/(quarantine|files|thumbs|previews)/([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True)
class ObjectKey:
    """One object's place in storage."""

    tenant: uuid.UUID
    app: uuid.UUID
    area: Area
    name: uuid.UUID

    def __str__(self) -> str:
        return f"{self.tenant}/{self.app}/{self.area}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> "ObjectKey | None":
        """The key that the text spells, or None for anything outside the grammar."""
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        tenant, app, name = (parse_id(match[group]) for group in (1, 2, 4))
        if tenant is None or app is None or name is None:
            return None
        return cls(tenant, app, Area(match[3]), name)


def app_prefix(tenant: uuid.UUID, app: uuid.UUID) -> str:
    """The prefix below which everything of one app lives, with its closing slash."""
    return f"{tenant}/{app}/"
