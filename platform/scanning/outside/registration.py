"""A workspace's scanners: added, turned off and on, tried, removed; on the record, the secret shown once."""

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import NAME_TAKEN, Problem
from kernel.identifiers import new_id
from notices.sealing import new_secret, seal
from scanning.models import OutsideScanner
from tenancy.models import Workspace
from tenancy.principals import Principal

MAX_SCANNERS = 3
TRY = "scanning.try_scanner"


class TooManyScannersError(RuntimeError):
    """The workspace has as many as it may have."""


def add(
    workspace: Workspace, name: str, url: str, *, is_asked_always: bool, actor: Principal
) -> tuple[OutsideScanner, str]:
    """The new scanner and its secret, which nobody can be shown again. Must run in the tenant's scope.

    Raises TooManyScannersError, and Problem NAME_TAKEN where the workspace has this name or address already.
    """
    Workspace.objects.select_for_update().get(pk=workspace.pk)  # two at once are counted one after the other
    there = OutsideScanner.objects.filter(workspace=workspace)
    for field, value in (("name", name), ("url", url)):
        if there.filter(**{field: value}).exists():
            raise Problem(NAME_TAKEN, name=value)
    if there.count() >= MAX_SCANNERS:
        words = _("A workspace has at most %(most)s scanners. Remove one first.")
        raise TooManyScannersError(words % {"most": MAX_SCANNERS})
    secret, scanner_id = new_secret(), new_id()
    scanner: OutsideScanner = OutsideScanner.objects.create(
        id=scanner_id,
        tenant_id=workspace.tenant_id,
        workspace=workspace,
        name=name,
        url=url,
        is_asked_always=is_asked_always,
        sealed_secret=seal(secret, scanner_id),
    )
    _record(AuditAction.SCANNER_ADDED, scanner, actor, is_asked_always=is_asked_always)
    return scanner, secret


def turn_off(scanner: OutsideScanner, *, actor: Principal) -> None:
    """Ask it no more. Files whose template names one wait then, as without any. Idempotent."""
    if OutsideScanner.objects.filter(pk=scanner.pk, disabled_at=None).update(disabled_at=clock.now()):
        _record(AuditAction.SCANNER_CHANGED, scanner, actor, is_on=False)


def turn_on(scanner: OutsideScanner, *, actor: Principal) -> None:
    """Ask it again. Idempotent."""
    rows = OutsideScanner.objects.filter(pk=scanner.pk, disabled_at__isnull=False)
    if rows.update(disabled_at=None, failing_since=None, last_error=""):
        _record(AuditAction.SCANNER_CHANGED, scanner, actor, is_on=True)


def remove(scanner: OutsideScanner, *, actor: Principal) -> None:
    """Forget it and its secret; what it said of files stays on their pages."""
    _record(AuditAction.SCANNER_REMOVED, scanner, actor)
    scanner.delete()


def host_of(scanner: OutsideScanner) -> str:
    """Its name for people: an address may hold a path that is nobody's business."""
    return urlsplit(scanner.url).hostname or scanner.url


def _record(action: AuditAction, scanner: OutsideScanner, actor: Principal, **detail: Any) -> None:
    record(action, actor=actor, subject=f"scanner:{scanner.pk}", name=scanner.name, host=host_of(scanner), **detail)
