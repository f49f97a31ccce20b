"""Jobs that reach over several rooms."""

import uuid

from celery import shared_task

from marketplace.sandbox_cleaning import clean_up
from operations.sandbox_samples import fill
from storage.object_store import object_store


@shared_task(name="operations.fill_sandbox")
def fill_sandbox(tenant_id: str, app_id: str) -> None:
    """Bring a new sandbox's sample files in."""
    fill(uuid.UUID(tenant_id), uuid.UUID(app_id))


@shared_task(name="operations.clean_up_sandboxes")
def clean_up_sandboxes() -> None:
    """End the sandboxes whose day is over."""
    clean_up(object_store())
