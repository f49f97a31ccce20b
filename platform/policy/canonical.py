"""One spelling for each document, so that its digest names it (RFC 8785, JSON Canonicalization Scheme)."""

import hashlib
import json
from typing import Any

_LARGEST_EXACT_INTEGER = 2**53 - 1


def canonical_bytes(content: Any) -> bytes:
    """The content in canonical form: members sorted by UTF-16 code units, no space, UTF-8.

    Numbers are integers that every JSON reader holds exactly (RFC 7493 §2.2), as the template schema has no others.
    Raises TypeError for a float, whose ECMAScript spelling would need its own algorithm, and for a member name that
    is no text; ValueError for a larger integer and for text that is not Unicode.
    """
    return json.dumps(_ordered(content), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def digest(content: Any) -> str:
    """`sha256:` and the hex SHA-256 of the canonical form."""
    return "sha256:" + hashlib.sha256(canonical_bytes(content)).hexdigest()


def _ordered(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _ordered(content[name]) for name in sorted(content, key=_utf16)}
    if isinstance(content, list | tuple):
        return [_ordered(item) for item in content]
    _refuse_inexact_number(content)
    return content


def _utf16(name: Any) -> bytes:
    """What RFC 8785 §3.2.3 sorts by: characters beyond U+FFFF come before those from U+E000."""
    if not isinstance(name, str):
        raise TypeError("A canonical document names its members with text.")
    return name.encode("utf-16-be")


def _refuse_inexact_number(content: Any) -> None:
    if isinstance(content, float):
        raise TypeError("A canonical document has no floating-point numbers.")
    if isinstance(content, int) and abs(content) > _LARGEST_EXACT_INTEGER:
        raise ValueError("A canonical document has no integer beyond 2^53 - 1.")
