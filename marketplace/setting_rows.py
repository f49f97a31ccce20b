"""What of an app's settings somebody else decides: the workspace's owner, or the template, as it is enforced."""

import uuid
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.language import number, said
from kernel.regions import place_of
from kernel.sizes import in_words
from marketplace.consent_words import kept_words
from marketplace.engines import ENGINE_WORDS
from marketplace.installations import InstalledPolicy, policy_of
from marketplace.models import AppRequest
from marketplace.safety_facts import encryption_words
from policy.actions import Action
from policy.document import Document
from quotas.models import Quota
from storage.durations import duration
from tenancy.models import Membership, MicroApp
from tenancy.roles import MAY_ADMINISTER


@dataclass(frozen=True, slots=True)
class LockedRow:
    """One setting: what holds, what can be asked for, and where an owner changes it."""

    label: str
    value: str
    kind: str = ""
    change_href: str = ""


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """One of the optional permissions."""

    action: str
    words: str
    is_allowed: bool


def owners_of(workspace_id: uuid.UUID) -> str:
    """Who decides, by name: `Olivia Owner`, or `Olivia Owner or Oscar Other`."""
    rows = Membership.objects.filter(workspace_id=workspace_id, role__in=MAY_ADMINISTER).select_related("user")
    return _(" or ").join(str(row.user) for row in rows.order_by("created_at")[:3]) or _("nobody yet")


def permission_rows(policy: InstalledPolicy) -> tuple[PermissionRow, ...]:
    """What the template offers beyond what every app of it may do."""
    optional = (action for action in Action if action in policy.document.permissions.optional)
    return tuple(PermissionRow(action.value, action.words, action in policy.extra_permissions) for action in optional)


def owners_rows(app: MicroApp) -> tuple[LockedRow, ...]:
    """What a workspace's owner decides."""
    quota: Quota = Quota.objects.get(app=app)
    at_admin = reverse("admin:quotas_quota_change", args=[quota.pk])
    kinds = AppRequest.Kind
    kept = kept_words(policy_of(app).document.lifecycle)
    return (
        LockedRow(_("Space"), in_words(quota.bytes_limit), kinds.SPACE, at_admin),
        LockedRow(_("Number of files"), number(quota.objects_limit), kinds.FILES, at_admin),
        LockedRow(_("How long files stay"), _capital(kept), kinds.KEPT_DAYS, reverse("keeping", args=[app.slug])),
    )


def first_rows(document: Document) -> tuple[LockedRow, ...]:
    """What a new app begins with, until its workspace's owner decides otherwise."""
    return (
        LockedRow(_("Space"), in_words(document.quota.app_bytes)),
        LockedRow(_("Number of files"), number(document.quota.app_objects)),
        LockedRow(_("How long files stay"), _capital(kept_words(document.lifecycle))),
    )


def fixed_rows(document: Document, region: str = "") -> tuple[LockedRow, ...]:
    """What the version of the template fixed: another version is needed to change it."""
    uploads = document.uploads
    return (
        LockedRow(_("Kinds of files"), _capital(said(uploads.type_words))),
        LockedRow(_("Size of one file"), _("up to %(size)s") % {"size": in_words(uploads.max_bytes)}),
        *((LockedRow(_("Where files are"), said(place_of(region))),) if region else ()),
        LockedRow(_("Encryption"), encryption_words(document)),
        LockedRow(_("Checks"), ", ".join(said(ENGINE_WORDS[engine]) for engine in document.scanning.engines)),
        LockedRow(_("Access ends by itself after"), duration(document.tokens.ttl_seconds)),
        LockedRow(_("A link to a file works for"), duration(document.downloads.url_ttl_seconds)),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
