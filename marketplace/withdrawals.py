"""Telling the owners of apps whose version was withdrawn. Their apps go on; no other can be made."""

import uuid

from marketplace.handing_over import TELL_WITHDRAWN, hand_over
from marketplace.models import Installation, TemplateVersion
from notices.kinds import Kind
from notices.outbox import tell
from tenancy.addresses import tenants_with_apps
from tenancy.scoping import tenant_scope


def tell_owners(version: TemplateVersion) -> None:
    """Have them told after the commit."""
    hand_over(TELL_WITHDRAWN, str(version.pk))


def tell_all(version: TemplateVersion) -> int:
    """Tell them, one tenant after the other; how many apps it is about. Telling again tells nobody twice."""
    return sum(_tell_tenant(tenant_id, version) for tenant_id in tenants_with_apps())


def _tell_tenant(tenant_id: uuid.UUID, version: TemplateVersion) -> int:
    with tenant_scope(tenant_id):
        rows = Installation.objects.filter(version=version).select_related("app__workspace")
        return sum(_tell(installation, version) for installation in rows)


def _tell(installation: Installation, version: TemplateVersion) -> bool:
    app = installation.app
    facts = {
        "template": str(version.content["name"]), "template_slug": version.template.slug, "version": version.version,
        "reason": version.withdrawn_reason,
    }  # fmt: skip
    key = f"{version.pk}:{app.pk}"
    return tell(Kind.TEMPLATE_WITHDRAWN, workspace=app.workspace, app=app, key=key, facts=facts) is not None
