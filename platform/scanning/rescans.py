"""Looking at files again when what is known of malware has changed: what is found later is locked at once.

A verdict by the newest signatures is the mark of a file that was looked at, so a round that is killed goes on where it
was, and two rounds at once do no harm.
"""

import datetime as dt
import functools
import operator
import uuid
from collections.abc import Iterable

import structlog
from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel import clock
from kernel.errors import FILE_INFECTED, Problem
from scanning import locks, verdicts
from scanning.engines.port import Engine, Rejected, Version
from scanning.models import ScanVerdict
from scanning.quarantine import FiledFile
from storage.archive import HOURS_TO_FETCH
from storage.models import StoredFile
from storage.object_store import ObjectChangedError, ObjectStore
from tenancy.scoping import tenant_scope

CHECK = "malware"
ENGINES = ("rules", "malware")
"""Those whose signatures change under them; the others' rules change with a release of the platform."""

FILES_OF_LAST = dt.timedelta(days=90)
"""How far back files are looked at again: signatures for what came in earlier have long been written."""

BATCH = 200
_log = structlog.get_logger(__name__)


def due(engines: Iterable[Engine], tenant_id: uuid.UUID) -> list[uuid.UUID]:
    """The tenant's files that an engine's newest signatures haven't seen, the newest first; at most 200.

    Raises EngineUnavailableError.
    """
    versions = [(engine.name, engine.version()) for engine in _asked(engines)]
    with tenant_scope(tenant_id):
        unseen = [Q(~Exists(_seen(name, version))) for name, version in versions]
        recent = StoredFile.objects.filter(created_at__gte=clock.now() - FILES_OF_LAST, locked_at=None)
        recent = recent.exclude(archived_as__in=HOURS_TO_FETCH)  # unreadable until they are back; then their turn comes
        return list(
            recent.filter(functools.reduce(operator.or_, unseen, Q()))
            .order_by("-id")
            .values_list("id", flat=True)[:BATCH]
        )


def rescan(store: ObjectStore, engines: Iterable[Engine], tenant_id: uuid.UUID, file_id: uuid.UUID) -> bool:
    """Look at one file again; True where it had to be locked. Raises EngineUnavailableError, STORAGE_UNAVAILABLE."""
    with tenant_scope(tenant_id):
        stored: StoredFile | None = StoredFile.objects.filter(pk=file_id, locked_at=None).first()
    if stored is None:
        return False
    try:
        return any(_asks(engine, store, stored) for engine in _asked(engines))
    except ObjectChangedError:
        _log.warning("rescan_skipped", reason="the object is not the one that was scanned", file=str(file_id))
        return False


def _asks(engine: Engine, store: ObjectStore, stored: StoredFile) -> bool:
    with FiledFile(store, stored) as file:
        version, verdict = engine.version(), engine.examine(file)
        fingerprint = file.fingerprint() if isinstance(verdict, Rejected) else ""
    with tenant_scope(stored.tenant_id):
        if not StoredFile.objects.filter(pk=stored.pk).exists():
            return False
        verdicts.keep_rescan(stored, engine.name, version, verdict)
        if not isinstance(verdict, Rejected) or verdict.problem is not FILE_INFECTED:
            return False
        problem = Problem.of(verdict.problem, {"name": stored.name, **verdict.facts})
        return locks.lock(stored.pk, problem, sha256=fingerprint)


def _asked(engines: Iterable[Engine]) -> list[Engine]:
    return [engine for engine in engines if engine.check == CHECK and engine.name in ENGINES]


def _seen(engine: str, version: Version) -> "QuerySet[ScanVerdict]":
    """Subquery for the verdict of these signatures about a file or a copy."""
    said: QuerySet[ScanVerdict] = ScanVerdict.objects.filter(
        Q(upload_id=OuterRef("pk")) | Q(copy_id=OuterRef("pk")),
        engine=engine,
        signature_version=version.signatures[:200],
    )
    return said
