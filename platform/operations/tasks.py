"""Jobs that reach over several rooms."""

import uuid

from celery import shared_task

from marketplace.sandbox_cleaning import clean_up
from operations.first_uploads import measure
from operations.sandbox_samples import fill
from storage.object_store import object_store
from tenancy.addresses import tenants_with_apps


@shared_task(name="operations.fill_sandbox")
def fill_sandbox(tenant_id: str, app_id: str) -> None:
    """Bring a new sandbox's sample files in."""
    fill(uuid.UUID(tenant_id), uuid.UUID(app_id))


@shared_task(name="operations.measure_first_uploads")
def measure_first_uploads() -> None:
    """Measure the way to a first safe file, of all organisations together."""
    measure(tenants_with_apps())


@shared_task(name="operations.clean_up_sandboxes")
def clean_up_sandboxes() -> None:
    """End the sandboxes whose day is over."""
    clean_up(object_store())
