"""list and getSignedUrl."""

import datetime as dt
import uuid
from dataclasses import dataclass

from audit.actions import AuditAction
from audit.record import record
from gateway.callers import Caller
from gateway.reach import find_available, find_file, require_not_archived, require_unlocked
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
    action = Action.FILES_LIST if area == Area.THUMBS else Action.FILES_READ  # a preview shows what opening would
    caller.claims.require_action(action)
    with tenant_scope(caller.claims.tenant):
        stored = find_available(caller, file_id)
        require_unlocked(stored)
        return link_to(stored, area, caller.policy(), actor=caller.actor, token=caller.claims.token_id)


def link_to(stored: StoredFile, area: Area, policy: InstalledPolicy, *, actor: str, token: str = "") -> SignedUrl:
    """Record, then sign a link that lives as long as the policy says. Must run in the tenant's scope.

    Raises Problem NOT_FOUND for a size of the picture that was never made, and what the app's own rules say.
    """
    is_made = {Area.THUMBS: stored.has_thumbnail, Area.PREVIEWS: stored.has_preview}
    if not is_made.get(area, True):
        raise Problem(NOT_FOUND)
    _require_allowed(policy, stored)
    if area == Area.FILES:
        require_not_archived(stored)
    now, lives = clock.now(), policy.document.downloads.url_ttl_seconds
    record(
        AuditAction.DOWNLOAD_URL_SIGNED,
        actor=actor,
        app_id=stored.app_id,
        subject=f"file:{stored.id}",
        token=token,
        area=area,
        lives_seconds=lives,
    )
    url = download_url(stored.key(area), answer_headers=_answer_headers(stored, area), lives_seconds=lives, now=now)
    return SignedUrl(url, now + dt.timedelta(seconds=lives))


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
