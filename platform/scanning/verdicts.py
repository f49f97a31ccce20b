"""Keeping what engines said, one row for each engine and upload."""

from kernel import clock
from scanning.engines.port import Rejected, Verdict
from scanning.models import ScanVerdict
from storage.models import Upload
from tenancy.scoping import tenant_scope

_LONGEST_DETAIL = 300
_LONGEST_VERSION = 200


def keep(upload: Upload, engine: str, version: str, verdict: Verdict) -> None:
    """Write the verdict down. A file that is scanned again, after a crash or with newer rules, keeps the latest."""
    outcome = ScanVerdict.Outcome.REJECTED if isinstance(verdict, Rejected) else ScanVerdict.Outcome.CLEAN
    with tenant_scope(upload.tenant_id):
        ScanVerdict.objects.update_or_create(
            upload_id=upload.id,
            engine=engine,
            defaults={
                "tenant_id": upload.tenant_id,
                "engine_version": version[:_LONGEST_VERSION],
                "outcome": outcome,
                "detail": verdict.detail[:_LONGEST_DETAIL],
                "created_at": clock.now(),
            },
        )
