"""list and getSignedUrl."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import resources
from typing import Any, Self

from audit.actions import AuditAction
from audit.ledger import WRITE_EVENT, Entry, event, write
from audit.record import record, record_each
from audit.statements import Statement
from broker.tokens import Claims
from gateway.callers import Caller
from gateway.reach import find_available, find_each, find_file, require_not_archived, require_unlocked
from kernel import clock
from kernel.decisions import Denied
from kernel.errors import NOT_FOUND, Problem
from kernel.object_keys import Area, ObjectKey
from marketplace.installations import InstalledPolicy
from policy.actions import Action
from policy.engine import decide, opens_every_file
from policy.wishes import DownloadWish
from storage.grants import attachment_named, download_url
from storage.listing import BY_NAME, Cursor, Page, Wish, list_page
from storage.models import StoredFile
from tenancy.scoping import tenant_scope

THUMBNAIL_TYPE = "image/webp"
_ACTIONS = {Area.THUMBS: Action.FILES_LIST}
"""A small picture is part of the list; a preview shows what opening would."""


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """A link that reads one object until it expires."""

    url: str
    expires_at: dt.datetime


def list_files(caller: Caller, path: str, cursor: Cursor | None, limit: int, wish: Wish = BY_NAME) -> Page:
    """list: one page of a folder by its cleaned path, folders first. Raises Problem NOT_FOUND, SCOPE_NOT_GRANTED."""
    caller.claims.require(Action.FILES_LIST, path)
    return list_page(caller.app(), path, cursor, limit, wish)


def file_facts(caller: Caller, file_id: uuid.UUID) -> StoredFile:
    """One file, in the trash or not. Raises Problem NOT_FOUND, SCOPE_NOT_GRANTED."""
    caller.claims.require_action(Action.FILES_LIST)
    with tenant_scope(caller.claims.tenant):
        return find_file(caller, file_id)


def sign_url(caller: Caller, file_id: uuid.UUID, area: Area) -> SignedUrl:
    """getSignedUrl: record, then sign a short-lived link to a clean file or its thumbnail.

    A file row exists only for what every engine found clean, so nothing else can be signed. Raises Problem NOT_FOUND,
    SCOPE_NOT_GRANTED, and what the app's own rules say.
    """
    caller.claims.require_action(_ACTIONS.get(area, Action.FILES_READ))
    policy = caller.policy()
    if opens_every_file(policy.document, policy.region) and (link := _link_at_once(caller, file_id, area, policy)):
        return link.signed()
    with tenant_scope(caller.claims.tenant):
        stored = find_available(caller, file_id)
        require_unlocked(stored)
        return link_to(stored, area, policy, actor=caller.actor, token=caller.claims.token_id)


def sign_urls(caller: Caller, wanted: Sequence[tuple[uuid.UUID, Area]]) -> list[SignedUrl | Problem]:
    """As `sign_url`, many on the record at once; one's refusal is its own."""
    with tenant_scope(caller.claims.tenant):
        policy, found = caller.policy(), find_each(caller, {file_id for file_id, _area in wanted})
        outcomes = [
            _or_problem(partial(_signable, caller.claims, found.get(file_id), area, policy)) for file_id, area in wanted
        ]
        ready = [each for each in outcomes if isinstance(each, _Link)]
        record_each(
            AuditAction.DOWNLOAD_URL_SIGNED,
            actor=caller.actor,
            app_id=caller.claims.app,
            subjects=[(link.subject, link.detail(caller.claims.token_id)) for link in ready],
        )
        return [each.signed() if isinstance(each, _Link) else each for each in outcomes]


def link_to(stored: StoredFile, area: Area, policy: InstalledPolicy, *, actor: str, token: str = "") -> SignedUrl:
    """Record, then sign a link that lives as long as the policy says. Must run in the tenant's scope.

    Raises Problem NOT_FOUND for a size of the picture that was never made, and what the app's own rules say.
    """
    link = _Link.allowed(stored, area, policy)
    record(
        AuditAction.DOWNLOAD_URL_SIGNED, actor=actor, app_id=stored.app_id, subject=link.subject, **link.detail(token)
    )
    return link.signed()


@dataclass(frozen=True, slots=True)
class _Link:
    """A link that may be given, once it is on the record."""

    key: ObjectKey
    name: str
    content_type: str
    lives_seconds: int

    @classmethod
    def allowed(cls, stored: StoredFile, area: Area, policy: InstalledPolicy) -> Self:
        """Raises Problem as `link_to` does."""
        is_made = {Area.THUMBS: stored.has_thumbnail, Area.PREVIEWS: stored.has_preview}
        if not is_made.get(area, True):
            raise Problem(NOT_FOUND)
        _require_allowed(policy, stored)
        if area == Area.FILES:
            require_not_archived(stored)
        return cls(stored.key(area), stored.name, stored.content_type, policy.document.downloads.url_ttl_seconds)

    @property
    def subject(self) -> str:
        return f"file:{self.key.name}"

    def detail(self, token: str) -> dict[str, Any]:
        return {"token": token, "area": self.key.area, "lives_seconds": self.lives_seconds}

    def signed(self) -> SignedUrl:
        now = clock.now()
        url = download_url(self.key, answer_headers=self._answer_headers(), lives_seconds=self.lives_seconds, now=now)
        return SignedUrl(url, now + dt.timedelta(seconds=self.lives_seconds))

    def _answer_headers(self) -> dict[str, str]:
        """Files are always saved, never shown in the page; only the pictures that we made ourselves may be."""
        is_ours = self.key.area != Area.FILES
        return {
            "content-type": THUMBNAIL_TYPE if is_ours else self.content_type,
            "content-disposition": "inline" if is_ours else attachment_named(self.name),
            "cache-control": "private, no-store",
        }


def _link_at_once(caller: Caller, file_id: uuid.UUID, area: Area, policy: InstalledPolicy) -> _Link | None:
    """The link, on the record already; None where something is in the way, which the long way knows by name."""
    claims = caller.claims
    link = _Link(ObjectKey(claims.tenant, claims.app, area, file_id), "", "", policy.document.downloads.url_ttl_seconds)
    action = AuditAction.DOWNLOAD_URL_SIGNED
    told = event(action, actor=caller.actor, subject=link.subject, detail=link.detail(claims.token_id))
    facts = {
        "tenant_id": claims.tenant,
        "app_id": claims.app,
        "file_id": file_id,
        "area": area.value,
        "prefix": claims.prefix,
    }
    rows = write(Entry(action, _statement(), {**told, **facts}))
    return replace(link, name=rows[0][0], content_type=rows[0][1]) if rows else None


@cache
def _statement() -> Statement:
    text = resources.files("gateway").joinpath("sign_url.sql").read_text(encoding="utf-8")
    return Statement(text.format(event=WRITE_EVENT))


def _signable(claims: Claims, stored: StoredFile | None, area: Area, policy: InstalledPolicy) -> _Link:
    """Raises Problem as `sign_url` does."""
    claims.require_action(_ACTIONS.get(area, Action.FILES_READ))
    if stored is None:
        raise Problem(NOT_FOUND)
    require_unlocked(stored)
    return _Link.allowed(stored, area, policy)


def _or_problem(make: Callable[[], _Link]) -> _Link | Problem:
    try:
        return make()
    except Problem as problem:
        return problem


def _require_allowed(policy: InstalledPolicy, stored: StoredFile) -> None:
    """A thumbnail shows what the file does, so the app's own rules are asked the same."""
    decision = decide(policy.document, DownloadWish(stored.name, stored.size, stored.content_type, policy.region))
    if isinstance(decision, Denied):
        raise decision.as_problem()
