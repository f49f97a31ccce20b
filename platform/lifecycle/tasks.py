"""The rounds that the scheduler orders, one tenant's scope at a time."""

import uuid

import structlog
from celery import shared_task

from kernel.errors import Problem
from lifecycle.abandoned import clear_quarantine as clear_quarantine_of
from lifecycle.abandoned import expire_lapsed as expire_lapsed_of
from lifecycle.archiving import archive_due as archive_due_of
from lifecycle.archiving import fetch_asked as fetch_asked_of
from lifecycle.binding import bind_holds as bind_holds_in
from lifecycle.deletion import delete_due as delete_due_of
from lifecycle.holds import BIND
from lifecycle.reconcile import reconcile as reconcile_with_storage
from lifecycle.warnings import warn_of_deletions as warn_of_deletions_of
from storage.archive import archive
from storage.inventory import inventory
from storage.object_lock import object_lock
from storage.object_store import object_store
from tenancy.addresses import tenants_with_apps

_log = structlog.get_logger(__name__)


@shared_task(name="lifecycle.expire_lapsed")
def expire_lapsed() -> None:
    """End uploads that never arrived."""
    for tenant_id in tenants_with_apps():
        expire_lapsed_of(object_store(), tenant_id)


@shared_task(name="lifecycle.clear_quarantine")
def clear_quarantine() -> None:
    """Delete what came to quarantine after its upload had ended."""
    for tenant_id in tenants_with_apps():
        clear_quarantine_of(object_store(), tenant_id)


@shared_task(name="lifecycle.delete_due")
def delete_due() -> None:
    """Delete files whose time is over."""
    for tenant_id in tenants_with_apps():
        delete_due_of(object_store(), tenant_id)


@shared_task(name="lifecycle.archive_due")
def archive_due() -> None:
    """Move files to the archive whose time has come, and bring back those that were asked for."""
    for tenant_id in tenants_with_apps():
        fetch_asked_of(archive(), tenant_id)
        archive_due_of(archive(), tenant_id)


@shared_task(name="lifecycle.bind_holds")
def bind_holds() -> None:
    """Bring storage under the legal holds that stand, and let go of what none covers any more."""
    for tenant_id in tenants_with_apps():
        bind_holds_in(object_lock(), tenant_id)


@shared_task(name=BIND, autoretry_for=(Problem,), throws=(Problem,), max_retries=5, retry_backoff=1)
def bind_holds_of(tenant_id: str) -> None:
    """The same for one tenant, right after one of its holds was placed or lifted."""
    bind_holds_in(object_lock(), uuid.UUID(tenant_id))


@shared_task(name="lifecycle.warn_of_deletions")
def warn_of_deletions() -> None:
    """Tell whose files go within a week."""
    for tenant_id in tenants_with_apps():
        warn_of_deletions_of(tenant_id)


@shared_task(name="lifecycle.reconcile")
def reconcile() -> None:
    """Make storage and records agree; what only a person can mend is in the log and in the command's report."""
    for tenant_id in tenants_with_apps():
        report = reconcile_with_storage(object_store(), inventory(), tenant_id, repair=True)
        _log.info("reconciled", tenant=str(tenant_id), objects=report.objects, files=report.files, **report.counts())
