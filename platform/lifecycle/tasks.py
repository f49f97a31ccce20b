"""The rounds that the scheduler orders, one tenant's scope at a time."""

import datetime as dt
import uuid
from collections.abc import Callable

import structlog
from celery import shared_task
from django.db import DatabaseError

from kernel import clock
from kernel.errors import Problem
from lifecycle.abandoned import clear_quarantine as clear_quarantine_of
from lifecycle.abandoned import expire_lapsed as expire_lapsed_of
from lifecycle.archiving import archive_due as archive_due_of
from lifecycle.archiving import fetch_asked as fetch_asked_of
from lifecycle.binding import bind_holds as bind_holds_in
from lifecycle.deletion import delete_all_due
from lifecycle.holds import BIND
from lifecycle.reconcile import reconcile as reconcile_with_storage
from lifecycle.warnings import warn_of_deletions as warn_of_deletions_of
from storage.archive import archive
from storage.inventory import inventory
from storage.object_lock import object_lock
from storage.object_store import object_store
from storage.retention import keep_files
from tenancy.addresses import tenants_with_apps

RECONCILE = "lifecycle.reconcile_one"
LONGEST_ASKING = dt.timedelta(minutes=10)
"""How long a round asks storage what it locks; the next one goes on elsewhere."""

_log = structlog.get_logger(__name__)


def _for_each_tenant(step: Callable[[uuid.UUID], object]) -> None:
    """One tenant's trouble, such as a key that was taken away, must not keep the others waiting."""
    for tenant_id in tenants_with_apps():
        try:
            step(tenant_id)
        except (Problem, DatabaseError) as error:
            _log.warning("round_failed", tenant=str(tenant_id), reason=str(error))


@shared_task(name="lifecycle.expire_lapsed")
def expire_lapsed() -> None:
    """End uploads that never arrived."""
    _for_each_tenant(lambda tenant_id: expire_lapsed_of(object_store(), tenant_id))


@shared_task(name="lifecycle.clear_quarantine")
def clear_quarantine() -> None:
    """Delete what came to quarantine after its upload had ended."""
    _for_each_tenant(lambda tenant_id: clear_quarantine_of(object_store(), tenant_id))


@shared_task(name="lifecycle.delete_due")
def delete_due() -> None:
    """Delete files whose time is over."""
    _for_each_tenant(lambda tenant_id: delete_all_due(object_store(), tenant_id))


@shared_task(name="lifecycle.archive_due")
def archive_due() -> None:
    """Move files to the archive whose time has come, and bring back those that were asked for."""
    _for_each_tenant(lambda tenant_id: fetch_asked_of(archive(), tenant_id))
    _for_each_tenant(lambda tenant_id: archive_due_of(archive(), tenant_id))


@shared_task(name="lifecycle.bind_holds")
def bind_holds() -> None:
    """Bring storage under the legal holds that stand, and let go of what none covers any more."""
    _for_each_tenant(lambda tenant_id: bind_holds_in(object_lock(), tenant_id))


@shared_task(name=BIND, autoretry_for=(Problem,), throws=(Problem,), max_retries=5, retry_backoff=1)
def bind_holds_of(tenant_id: str) -> None:
    """The same for one tenant, right after one of its holds was placed or lifted."""
    bind_holds_in(object_lock(), uuid.UUID(tenant_id))


@shared_task(name="lifecycle.keep_retained")
def keep_retained() -> None:
    """Have storage keep what must stay: what came by another way than a scan, and what must stay longer by now."""
    _for_each_tenant(lambda tenant_id: keep_files(object_lock(), tenant_id))


@shared_task(name="lifecycle.warn_of_deletions")
def warn_of_deletions() -> None:
    """Tell whose files go within a week."""
    _for_each_tenant(warn_of_deletions_of)


@shared_task(name="lifecycle.reconcile")
def reconcile() -> None:
    """Have each tenant's storage and records made to agree, by whichever workers are free."""
    for tenant_id in tenants_with_apps():
        reconcile_one.delay(str(tenant_id))


@shared_task(name=RECONCILE, throws=(Problem,))
def reconcile_one(tenant_id: str) -> None:
    """The same for one tenant; what only a person can mend is in the log and in the command's report."""
    report = reconcile_with_storage(
        object_store(),
        inventory(),
        uuid.UUID(tenant_id),
        repair=True,
        lock=object_lock(),
        lock_until=clock.now() + LONGEST_ASKING,
    )
    _log.info("reconciled", tenant=tenant_id, objects=report.objects, files=report.files, **report.counts())
