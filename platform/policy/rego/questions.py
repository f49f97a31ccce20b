"""What a module is told: the question as one JSON object, and every path that leads to something in it."""

from typing import Final

import msgspec

from policy.media_types import extension_of
from policy.shape import Document
from policy.wishes import DownloadWish, ExchangeWish, UploadWish, Wish


class _TemplateFacts(msgspec.Struct, frozen=True):
    slug: str
    version: str


class _FileFacts(msgspec.Struct, frozen=True):
    """One file; the size in bytes, the extension with its dot in small letters, the type empty where unknown."""

    name: str
    size: int
    type: str
    extension: str


class _AccessFacts(msgspec.Struct, frozen=True):
    """What a token is asked for. The prefix is the folder it is confined to."""

    actions: tuple[str, ...]
    prefix: str
    role: str


class _Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of `uploadStart`, `getSignedUrl` and `exchange`; what an operation has nothing of is left out."""

    operation: str
    region: str
    template: _TemplateFacts
    file: _FileFacts | None = None
    access: _AccessFacts | None = None


KNOWN_PATHS: Final = frozenset({
    "operation", "region", "template", "template.slug", "template.version", "file", "file.name", "file.size",
    "file.type", "file.extension", "access", "access.actions", "access.prefix", "access.role",
})  # fmt: skip
OPERATIONS: Final = ("uploadStart", "getSignedUrl", "exchange")


def question_of(document: Document, wish: Wish) -> bytes:
    """The question that a wish is, always spelt alike."""
    template = _TemplateFacts(document.slug, document.version)
    return msgspec.json.encode(_Question(wish.operation, wish.region, template, _file(wish), _access(wish)))


def _file(wish: Wish) -> _FileFacts | None:
    if isinstance(wish, UploadWish | DownloadWish):
        return _FileFacts(wish.name, wish.size, wish.content_type or "", extension_of(wish.name))
    return None


def _access(wish: Wish) -> _AccessFacts | None:
    if isinstance(wish, ExchangeWish):
        return _AccessFacts(tuple(sorted(wish.actions)), wish.prefix, wish.role)
    return None
