"""An emergency update: a safer version of a template reaches every app of it, and their owners are told."""

import uuid

import structlog

from accounts.models import User
from kernel.errors import NOT_ALLOWED, Problem
from marketplace.installing import trusted
from marketplace.models import Installation, TemplateVersion
from marketplace.versions import move_in_emergency
from notices.kinds import Kind
from notices.outbox import tell
from tenancy.addresses import tenants_with_apps
from tenancy.principals import Principal, user_principal
from tenancy.scoping import tenant_scope

_log = structlog.get_logger(__name__)


def update_all(version: TemplateVersion, person: User, reason: str) -> int:
    """Move every app of the template that has an older version; how many were moved. Running it again moves the rest.

    One tenant's trouble holds up no other's. Raises Problem NOT_ALLOWED for anyone but the platform's people,
    TEMPLATE_REFUSED for a version that isn't what was published or is withdrawn, ValueError without a reason.
    """
    if not (person.is_active and person.is_staff):
        raise Problem(NOT_ALLOWED)
    if not reason.strip():
        raise ValueError("Apps are updated in an emergency for a reason.")
    trusted(version)
    actor = user_principal(person.pk)
    return sum(update_tenant(tenant_id, version, actor, reason.strip()[:300]) for tenant_id in tenants_with_apps())


def update_tenant(tenant_id: uuid.UUID, version: TemplateVersion, actor: Principal, reason: str) -> int:
    """The same for one tenant, each app in a transaction of its own."""
    with tenant_scope(tenant_id):
        rows = Installation.objects.filter(version__template_id=version.template_id).exclude(version=version)
        ids = list(rows.values_list("pk", flat=True))
    return sum(_update(tenant_id, each, version, actor, reason) for each in ids)


def _update(tenant_id: uuid.UUID, which: uuid.UUID, version: TemplateVersion, actor: Principal, reason: str) -> bool:
    with tenant_scope(tenant_id):
        app = Installation.objects.select_related("app__workspace").get(pk=which).app
        change = move_in_emergency(app, version, actor, reason)
        if change is None:
            return False
        facts = {"version": version.version, "reason": reason}
        tell(Kind.APP_UPDATED, workspace=app.workspace, app=app, key=str(change.pk), facts=facts)
    _log.warning("app_updated_in_emergency", app=str(app.pk), template=str(version))
    return True
