"""Which files of an app anyone may open, where its template lets anyone open files at all.

With `after_review` those that a person said yes to; with `at_once` all but those that a person said no to. Whatever
is in the trash, locked, no longer there, or labelled confidential or regulated is shown to nobody, whoever said what.
"""

import uuid

from django.db import transaction
from django.db.models import Q, QuerySet

from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import NOT_FOUND, Problem
from marketplace.installations import InstalledPolicy
from marketplace.models import Showing
from policy.classification import PROTECTED, is_protected
from storage.models import StoredFile
from tenancy.models import MicroApp
from tenancy.principals import Principal

_YES, _NO = Q(showing__is_shown=True), Q(showing__is_shown=False)
_FOR_EVERYONE = ~Q(labels__classification__in=sorted(PROTECTED)) | Q(labels__classification__isnull=True)


def shows_files(policy: InstalledPolicy) -> bool:
    """Whether anyone may open files of the app."""
    return policy.document.public_read is not None


def shown_files(app: MicroApp, policy: InstalledPolicy) -> QuerySet[StoredFile]:
    """What anyone may open, the newest first. Must run in the tenant's scope."""
    match policy.document.public_read:
        case "after_review":
            shown = _openable(app).filter(_FOR_EVERYONE, _YES)
        case "at_once":
            shown = _openable(app).filter(_FOR_EVERYONE).exclude(_NO)
        case _:
            shown = StoredFile.objects.none()
    return shown.order_by("-id")


def hidden_files(app: MicroApp, policy: InstalledPolicy) -> QuerySet[StoredFile]:
    """What nobody but the workspace opens: not looked at yet, or refused. Must run in the tenant's scope."""
    shown = shown_files(app, policy).values("pk").order_by()
    return _openable(app).exclude(pk__in=shown).select_related("showing").order_by("-id")


@transaction.atomic
def decide(app: MicroApp, file_id: uuid.UUID, *, is_shown: bool, actor: Principal) -> StoredFile:
    """Show a file to everyone, or to nobody, from now on; saying it twice is saying it once.

    Must run in the tenant's scope. Raises Problem NOT_FOUND for a file that can't be opened, or not by everyone.
    """
    stored: StoredFile | None = _openable(app).select_for_update().filter(pk=file_id).first()
    if stored is None or (is_shown and is_protected(stored.labels)):
        raise Problem(NOT_FOUND)
    before = Showing.objects.filter(file=stored).values_list("is_shown", flat=True).first()
    if before is not is_shown:
        said = {"is_shown": is_shown, "decided_by": str(actor), "decided_at": clock.now()}
        Showing.objects.update_or_create(file=stored, tenant_id=app.tenant_id, defaults=said)
        action = AuditAction.FILE_SHOWN if is_shown else AuditAction.FILE_HIDDEN
        record(action, actor=actor, app_id=app.id, subject=f"file:{stored.id}", name=stored.name)
    return stored


def _openable(app: MicroApp) -> QuerySet[StoredFile]:
    files: QuerySet[StoredFile] = StoredFile.objects.filter(app=app, trashed_at=None, locked_at=None)
    return files
