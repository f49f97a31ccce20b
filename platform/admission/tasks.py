"""The gate's jobs."""

from celery import shared_task

from admission.allowances import settle_requests
from tenancy.addresses import tenants_with_apps


@shared_task(name="admission.settle_requests")
def settle_all_requests() -> None:
    """Bring PostgreSQL up to the requests that Redis counted."""
    for tenant_id in tenants_with_apps():
        settle_requests(tenant_id)
