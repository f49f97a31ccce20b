"""What storage says of itself: objects that arrived, which a client may have vanished from before it could say so.

Storage is believed in one thing alone: that it is worth looking. Events may be late, doubled, out of order or made of
thin air; what is done with them is uploadComplete, which looks for itself.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings

from kernel.object_keys import Area, ObjectKey

_MADE = {"create", "update", "rename"}
"""SeaweedFS's names for what leaves an object behind; deletions aren't waited for by anybody."""

_VERSIONS = ".versions"
"""In a bucket that keeps versions SeaweedFS names the folder that holds those of an object, or one within it."""


def arrivals_in(event: Any) -> list[ObjectKey]:
    """The objects in quarantine that an event tells of; folders, parts and storage's own files aren't any."""
    keys = (ObjectKey.parse(text) for text in _texts(event))
    return list(dict.fromkeys(key for key in keys if key is not None and key.area == Area.QUARANTINE))


def _texts(event: Any) -> Iterator[str]:
    """The keys in the words of SeaweedFS, which names the path, or of S3, which names records ("Event message")."""
    if not isinstance(event, dict):
        return
    folder = f"/buckets/{settings.S3_BUCKET}/"
    path = event.get("key")
    if event.get("event_type") in _MADE and isinstance(path, str):
        yield path.removeprefix(folder).partition(_VERSIONS)[0] if path.startswith(folder) else ""
    records = event.get("Records")
    for record in records if isinstance(records, list) else ():
        yield _key_of(record)


def _key_of(record: Any) -> str:
    try:
        made = "ObjectCreated:" in record["eventName"] and record["s3"]["bucket"]["name"] == settings.S3_BUCKET
        return unquote_plus(record["s3"]["object"]["key"]) if made else ""
    except (KeyError, TypeError, AttributeError):
        return ""
