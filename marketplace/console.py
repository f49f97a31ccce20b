"""The try-in-place console: which operations a person may try with an app, and what each of their keys did.

The page calls the gateway as any client does, with keys from the broker's own exchange. In a sandbox a key may do all
that the person may, within a folder of its own; in a live workspace it only reads.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from policy.actions import Action, scope_of
from tenancy.models import MicroApp

TRAIL_LASTS = dt.timedelta(minutes=15)
"""How far back the trail looks; no key of the console lives longer."""

_SHOWN_EVENTS = 40
_TOKEN_EVENTS = frozenset({AuditAction.TOKEN_ISSUED, AuditAction.TOKEN_REVOKED, AuditAction.TOKEN_REFUSED})
READING = frozenset({Action.FILES_LIST, Action.FILES_READ})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an operation's form; its kind is text, number, file (to send) or filed (to open)."""

    name: str
    label: str | Promise
    kind: str = "text"
    value: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API that can be tried."""

    name: str
    label: str | Promise
    words: str | Promise
    action: Action
    fields: tuple[Field, ...]


def operations(prefix: str) -> tuple[Operation, ...]:
    """All of them, with answers filled in for a folder; the empty prefix is the whole app."""
    inside = f"{prefix}/" if prefix else ""
    return (
        Operation(
            "list",
            _("See the list of files"),
            _("One page of a folder: its folders, then its files."),
            Action.FILES_LIST,
            (Field("folder", _("Folder"), value=prefix), Field("limit", _("At most"), "number", "10")),
        ),
        Operation(
            "upload",
            _("Add a file"),
            _("Announces the file, sends it to storage, has it verified. A small sample is used if you choose none."),
            Action.FILES_WRITE,
            (Field("path", _("Folder and name"), value=inside), Field("file", _("File"), "file")),
        ),
        Operation(
            "getSignedUrl",
            _("Open a file"),
            _("A link that works for seconds. It is on the record who had it made."),
            Action.FILES_READ,
            (Field("id", _("File"), "filed"),),
        ),
        Operation(
            "createFolder",
            _("Make a folder"),
            _("Folders above it are made on the way."),
            Action.FOLDERS_CREATE,
            (Field("path", _("Folder"), value=f"{inside}holiday"),),
        ),
    )


@dataclass(frozen=True, slots=True)
class Console:
    """What the console offers one person for one app."""

    actions: frozenset[Action]
    prefix: str

    @classmethod
    def of(cls, app: MicroApp, actions: frozenset[Action], user_id: uuid.UUID) -> "Console":
        """Everything within an own folder in a sandbox, reading alone in a live workspace."""
        if app.workspace.is_sandbox:
            return cls(actions, f"console-{user_id.hex[-6:]}")
        return cls(actions & READING, "")

    @property
    def scope(self) -> str:
        """The scope that its keys ask for."""
        return scope_of(self.actions)

    @property
    def offered(self) -> list[Operation]:
        """The operations that a key covers."""
        return [operation for operation in operations(self.prefix) if operation.action in self.actions]

    @property
    def closed(self) -> list[Operation]:
        """The others."""
        return [operation for operation in operations(self.prefix) if operation.action not in self.actions]


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One thing that was done, and the name of the key that did it."""

    words: str
    key: str
    detail: str
    at: dt.datetime


def trail(app: MicroApp) -> list[TrailRow]:
    """What keys of this app did lately, the newest first. Must run in the tenant's scope."""
    since = clock.now() - TRAIL_LASTS
    events = list(AuditEvent.objects.filter(app_id=app.id, at__gte=since).order_by("-id")[:_SHOWN_EVENTS])
    started_by = _starters(events)
    rows = [(event, _token_of(event) or started_by.get(event.subject, "")) for event in events]
    return [_row(event, token) for event, token in rows if token or event.action in _TOKEN_EVENTS]


def _starters(events: Iterable[AuditEvent]) -> dict[str, str]:
    """Which key began what a worker goes on with: an upload's later events name no key."""
    return {event.subject: token for event in events if (token := _token_of(event))}


def _token_of(event: AuditEvent) -> str:
    kind, _sep, name = event.subject.partition(":")
    return name if kind == "token" else str(event.detail.get("token", ""))


def _row(event: AuditEvent, token: str) -> TrailRow:
    action = AuditAction(event.action)
    details = {
        AuditAction.TOKEN_ISSUED: event.detail.get("scope", ""),
        AuditAction.TOKEN_REFUSED: event.detail.get("error", ""),
    }
    return TrailRow(action.words, token, str(details.get(action, "")), event.at)
