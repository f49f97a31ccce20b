"""Which headers of an answer say nothing about this one answer, and so may be put on the next of its kind.

By name, each one: a header that nobody thought of belongs to the answer that has it.
"""

from gateway.door.wsgi import Headers

STANDING = frozenset(
    {
        "allow", "cache-control", "content-security-policy", "content-type", "cross-origin-opener-policy",
        "cross-origin-resource-policy", "permissions-policy", "referrer-policy", "strict-transport-security", "vary",
        "x-content-type-options", "x-frame-options",
    }
)  # fmt: skip
"""In small letters. They follow from the address, the host and the website that asks."""

MADE_EACH_TIME = frozenset(
    {
        "content-length", "etag", "ratelimit", "ratelimit-policy", "retry-after", "x-ratelimit-limit",
        "x-ratelimit-remaining", "x-ratelimit-reset", "x-request-id",
    }
)  # fmt: skip
"""Those that whoever answers without Django makes anew."""


def standing(headers: Headers) -> Headers:
    """Those that may be said again; their names in small letters."""
    return [(name.lower(), value) for name, value in headers if name.lower() in STANDING]


def holds_nothing_else(headers: Headers) -> bool:
    """Whether an answer can be told from its standing headers and those that are made each time."""
    return all(name.lower() in STANDING or name.lower() in MADE_EACH_TIME for name, _value in headers)
