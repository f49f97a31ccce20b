"""list and getSignedUrl."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from audit.actions import AuditAction
from audit.record import record, record_each
from broker.tokens import Claims
from gateway.callers import Caller
from gateway.reach import find_available, find_each, find_file, require_not_archived, require_unlocked
from kernel import clock
from kernel.decisions import Denied
from kernel.errors import NOT_FOUND, Problem
from kernel.object_keys import Area
from marketplace.installations import InstalledPolicy
from policy.actions import Action
from policy.engine import decide
from policy.wishes import DownloadWish
from storage import folders
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
    with tenant_scope(caller.claims.tenant):
        app = caller.app()
        return list_page(app, folders.find(app, path), cursor, limit, wish)


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
    with tenant_scope(caller.claims.tenant):
        stored = find_available(caller, file_id)
        require_unlocked(stored)
        return link_to(stored, area, caller.policy(), actor=caller.actor, token=caller.claims.token_id)


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

    stored: StoredFile
    area: Area
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
        return cls(stored, area, policy.document.downloads.url_ttl_seconds)

    @property
    def subject(self) -> str:
        return f"file:{self.stored.id}"

    def detail(self, token: str) -> dict[str, Any]:
        return {"token": token, "area": self.area, "lives_seconds": self.lives_seconds}

    def signed(self) -> SignedUrl:
        now, headers = clock.now(), _answer_headers(self.stored, self.area)
        url = download_url(
            self.stored.key(self.area), answer_headers=headers, lives_seconds=self.lives_seconds, now=now
        )
        return SignedUrl(url, now + dt.timedelta(seconds=self.lives_seconds))


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


def _answer_headers(stored: StoredFile, area: Area) -> dict[str, str]:
    """Files are always saved, never shown in the page; only the thumbnails that we made ourselves may be."""
    if area != Area.FILES:
        return {
            "content-type": THUMBNAIL_TYPE,
            "content-disposition": "inline",
            "cache-control": "private, no-store",
        }
    return {
        "content-type": stored.content_type,
        "content-disposition": attachment_named(stored.name),
        "cache-control": "private, no-store",
    }
