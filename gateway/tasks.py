"""The gateway's jobs, one tenant's scope at a time."""

from celery import shared_task
from django.db import OperationalError

from gateway import kept_answers
from gateway.completion import complete_for_client
from kernel.errors import Problem
from kernel.object_keys import ObjectKey
from storage.object_store import object_store
from storage.part_store import part_store
from tenancy.addresses import tenants_with_apps


@shared_task(name="gateway.forget_old_keys")
def forget_old_keys() -> None:
    """Forget the answers that were kept for a day."""
    for tenant_id in tenants_with_apps():
        kept_answers.forget_old(tenant_id)


@shared_task(
    name="gateway.complete_arrived", autoretry_for=(Problem, OperationalError), max_retries=5, retry_backoff=True
)
def complete_arrived(key: str) -> None:
    """Complete an upload that storage has and whose client didn't say so."""
    arrived = ObjectKey.parse(key)
    if arrived is not None:
        complete_for_client(arrived, object_store(), part_store())
