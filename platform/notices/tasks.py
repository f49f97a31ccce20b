"""The jobs of the `notify` queue. They take ids alone, and may be lost, late, doubled or killed."""

import uuid
from collections.abc import Mapping

from celery import shared_task

from notices import deliveries, forgetting, quota_watch
from notices.kinds import Kind
from notices.outbox import DELIVER
from notices.outbox import tell as tell_in_transaction
from policy.sentences import Fact
from tenancy.addresses import tenants_with_apps
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope


@shared_task(name=DELIVER)
def deliver(tenant_id: str) -> None:
    """Send what is due; where the turn ended first, queue up again behind other tenants."""
    if deliveries.deliver_due(uuid.UUID(tenant_id)):
        deliver.delay(tenant_id)


@shared_task(name="notices.deliver_all")
def deliver_all() -> None:
    """Find what is due: retries, digests, what quiet hours kept, and what a lost or killed worker left."""
    for tenant_id in tenants_with_apps():
        deliveries.give_up_old(tenant_id)
        if deliveries.has_due(tenant_id):
            deliver.delay(str(tenant_id))


@shared_task(name="notices.watch_quotas")
def watch_quotas() -> None:
    """Tell whose space runs out."""
    for tenant_id in tenants_with_apps():
        quota_watch.watch_quotas(tenant_id)


@shared_task(name="notices.forget_old")
def forget_old() -> None:
    """Delete what is half a year old."""
    for tenant_id in tenants_with_apps():
        forgetting.forget_old(tenant_id)


@shared_task(name="notices.tell")
def tell(tenant_id: str, app_id: str, kind: str, key: str, facts: Mapping[str, Fact]) -> None:
    """Tell for a room that may not import this one; twice with one key tells once."""
    with tenant_scope(uuid.UUID(tenant_id)):
        app = MicroApp.objects.select_related("workspace").get(pk=app_id)
        tell_in_transaction(Kind(kind), workspace=app.workspace, app=app, key=key, facts=facts)
