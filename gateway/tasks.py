"""The gateway's jobs, one tenant's scope at a time."""

from celery import shared_task

from gateway import kept_answers
from tenancy.addresses import tenants_with_apps


@shared_task(name="gateway.forget_old_keys")
def forget_old_keys() -> None:
    """Forget the answers that were kept for a day."""
    for tenant_id in tenants_with_apps():
        kept_answers.forget_old(tenant_id)
