"""Who is answered first when a process can't answer all, and how long each kind may be kept waiting."""

import base64
import binascii
from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

import orjson

from kernel.identifiers import parse_id
from marketplace import snapshots

_ASKED_BY_MACHINES = frozenset({"/livez", "/readyz", "/metrics"})
_ENDS = ("/complete", "/abort", "/revoke", "/revoke/")
_ENDS_ACCESS = ("/hooks/", "/oauth/revo", "/platform/controls/")
_LISTINGS = frozenset({"/api/v1/files", "/api/v1/trash"})
_READS = ("/signed-url", "/oauth/introspect")
_MAX_TOKEN_CHARACTERS = 4096


class Priority(IntEnum):
    """The lower the number, the sooner; whoever ends something goes before whoever begins something."""

    HEALTH = 0
    FINISH = 1
    READ = 2
    WRITE = 3
    LIST = 4
    SANDBOX = 5

    @property
    def label(self) -> str:
        """Its name in the metrics."""
        return self.name.lower()


PATIENCE: Mapping[Priority, float] = MappingProxyType(
    {
        Priority.HEALTH: 2.0,
        Priority.FINISH: 5.0,
        Priority.READ: 2.0,
        Priority.WRITE: 1.5,
        Priority.LIST: 1.0,
        Priority.SANDBOX: 0.5,
    }
)
"""Seconds after which an answer is worth less than the word to come back."""

SHARE: Mapping[Priority, float] = MappingProxyType(
    {
        Priority.HEALTH: 1.0,
        Priority.FINISH: 1.0,
        Priority.READ: 0.8,
        Priority.WRITE: 0.6,
        Priority.LIST: 0.4,
        Priority.SANDBOX: 0.2,
    }
)
"""Up to which part the waiting room may be full for each: what is left is for those who matter more."""


def priority_of(method: str, path: str) -> Priority:
    """By what is asked alone. A sandbox's requests go last; that is looked at only once somebody has to wait."""
    if path in _ASKED_BY_MACHINES:
        return Priority.HEALTH
    if path.startswith(_ENDS_ACCESS) or (method == "POST" and path.endswith(_ENDS)):
        return Priority.FINISH
    if method in {"GET", "HEAD", "OPTIONS"}:
        return Priority.LIST if path in _LISTINGS else Priority.READ
    return Priority.READ if path.endswith(_READS) else Priority.WRITE


def is_of_sandbox(authorization: str) -> bool:
    """Whether the bearer token names an app that this process knows as a sandbox's.

    The token isn't verified: who lies about the app only moves their own place, and is refused once it is verified.
    """
    token = authorization.partition(" ")[2][:_MAX_TOKEN_CHARACTERS].strip()
    parts = token.split(".")
    if len(parts) != 3:
        return False
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return False
    app = parse_id(claims.get("app", "")) if isinstance(claims, dict) else None
    snapshot = snapshots.held(app) if app else None
    return snapshot is not None and snapshot.app.workspace.is_sandbox
