"""Keeping what engines said: one row for each version of an engine's rules that looked at a file."""

import uuid
from collections.abc import Mapping

from django.db.models import Q, QuerySet

from kernel import clock
from notices.inert import one_line
from scanning.engines.port import Clean, Held, Rejected, Verdict, Version
from scanning.models import ScanVerdict
from storage.models import StoredFile, Upload
from tenancy.scoping import tenant_scope

_LONGEST_VERSION = 200
_BY = ("upload", "copy_id", "engine", "engine_version", "signature_version")
_SAID = ("outcome", "code", "detail", "created_at")
_OUTCOMES = {
    Clean: ScanVerdict.Outcome.CLEAN,
    Held: ScanVerdict.Outcome.HELD,
    Rejected: ScanVerdict.Outcome.REJECTED,
}


def keep(upload: Upload, engine: str, version: Version, verdict: Verdict) -> None:
    """Write the verdict down. Said again by the same rules, after a crash, it replaces what they said before."""
    with tenant_scope(upload.tenant_id):
        _write(upload.tenant_id, {"upload_id": upload.id, "copy_id": None}, engine, version, verdict)


def keep_rescan(stored: StoredFile, engine: str, version: Version, verdict: Verdict) -> None:
    """Write down what newer rules say of a file. Of clean words the first and the latest stay, of others all.

    Must run in the tenant's scope.
    """
    of_upload = Upload.objects.filter(pk=stored.pk).exists()
    about = {"upload_id": stored.pk, "copy_id": None} if of_upload else {"upload_id": None, "copy_id": stored.pk}
    said = ScanVerdict.objects.filter(**about, engine=engine)
    first = said.order_by("created_at", "id").first()
    _write(stored.tenant_id, about, engine, version, verdict)
    clean = said.filter(outcome=ScanVerdict.Outcome.CLEAN).exclude(pk=first.pk if first else None)
    latest = clean.order_by("-created_at", "-id").first()
    clean.exclude(pk=latest.pk if latest else None).delete()


def _write(
    tenant_id: uuid.UUID, about: Mapping[str, uuid.UUID | None], engine: str, version: Version, verdict: Verdict
) -> None:
    said = ScanVerdict(
        tenant_id=tenant_id,
        **about,
        engine=engine,
        engine_version=version.engine[:_LONGEST_VERSION],
        signature_version=version.signatures[:_LONGEST_VERSION],
        outcome=_OUTCOMES[type(verdict)],
        code="" if isinstance(verdict, Clean) else verdict.problem.code,
        detail=one_line(verdict.detail),
        created_at=clock.now(),
    )
    ScanVerdict.objects.bulk_create([said], update_conflicts=True, unique_fields=_BY, update_fields=_SAID)


def of(file_id: uuid.UUID) -> "QuerySet[ScanVerdict]":
    """All that was ever said of an upload, of the file that it became, or of a copy; the newest first.

    Must run in the tenant's scope.
    """
    said: QuerySet[ScanVerdict] = ScanVerdict.objects.filter(Q(upload_id=file_id) | Q(copy_id=file_id))
    return said.order_by("-created_at", "-id")
