"""From an app's public names to its tenant, and from there to the app."""

import uuid

from kernel.identifiers import PUBLISHABLE_ID
from tenancy.models import AppAddress, MicroApp


def announce(app: MicroApp) -> None:
    """Make an app's public names lead to its tenant."""
    AppAddress.objects.create(app_id=app.id, tenant_id=app.tenant_id, slug=app.slug, publishable_id=app.publishable_id)


def tenant_of_publishable_id(publishable_id: str) -> uuid.UUID | None:
    """The tenant of the app with this publishable id, or None; for what can't be one nobody is asked."""
    if not PUBLISHABLE_ID.fullmatch(publishable_id):
        return None
    return AppAddress.objects.filter(publishable_id=publishable_id).values_list("tenant_id", flat=True).first()


def tenant_of_slug(slug: str) -> uuid.UUID | None:
    """The tenant of the app under this address, or None."""
    return AppAddress.objects.filter(slug=slug).values_list("tenant_id", flat=True).first()


def tenants_with_apps() -> list[uuid.UUID]:
    """Every tenant that has an app: the round that periodic jobs make, one tenant's scope at a time."""
    return list(AppAddress.objects.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def app_id_of_slug(slug: str) -> uuid.UUID | None:
    """The id of the app at this address, in whatever tenant, or None."""
    return AppAddress.objects.filter(slug=slug).values_list("app_id", flat=True).first()
