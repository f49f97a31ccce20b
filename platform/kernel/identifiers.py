"""Identifiers: UUIDv7 for rows and objects, short publishable ids for apps."""

import datetime as dt
import re
import secrets
import uuid

from uuid_utils import compat

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PUBLISHABLE_ID = re.compile(rf"app_[{_ALPHABET}]{{20}}")


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562 §5.7): sorted by time, so primary keys append and time ranges prune."""
    return compat.uuid7()


def time_of(identifier: uuid.UUID) -> dt.datetime:
    """The moment (UTC, millisecond precision) at which a UUIDv7 was made."""
    return dt.datetime.fromtimestamp((identifier.int >> 80) / 1000, tz=dt.UTC)


def new_publishable_id() -> str:
    """The public name of an app: safe in a web page, grants nothing, 100 random bits against guessing."""
    return "app_" + "".join(secrets.choice(_ALPHABET) for _ in range(20))


def parse_id(text: str) -> uuid.UUID | None:
    """The UUID written in canonical form, or None: other spellings would be second names for one thing."""
    try:
        identifier = uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
    return identifier if str(identifier) == text else None
