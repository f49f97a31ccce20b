"""Guest sandboxes: a tenant of one's own for a day, without signing up.

A guest is a person without a name in a tenant that nobody else is in, so the walls between tenants are the walls
between a sandbox and everything live. What the guest makes is made by the same code as in a live workspace.
"""

import datetime as dt
import uuid

from celery import current_app
from django.core import signing
from django.db import transaction
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from accounts.adapter import GUEST_DOMAIN
from accounts.language import remember_language
from accounts.models import User
from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.identifiers import new_id
from kernel.sizes import MB
from marketplace.installing import Choices, install
from marketplace.models import Installation
from marketplace.publishing import current_version
from marketplace.sandbox_models import GuestSandbox
from quotas.models import Quota
from tenancy.models import Membership, MicroApp, Tenant, Workspace, WorkspaceKind
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope

LIVES = dt.timedelta(hours=24)
BYTES, FILES = 100 * MB, 200
REGION = "eu-central-1"
FIRST_TEMPLATE, FIRST_APP = "team-photo-share", gettext_noop("Summer party")
_ADDRESS = "guest-{}" + GUEST_DOMAIN
_PROMOTED = signing.TimestampSigner(salt="gatehouse.sandbox.promoted")


@transaction.atomic
def begin() -> GuestSandbox:
    """A new guest's sandbox with a first app in it; its sample files arrive by a worker, through the usual checks.

    Its things are called in the guest's language.
    """
    tenant_id = new_id()
    guest = User.objects.create_user(_ADDRESS.format(tenant_id.hex), name=_("Guest"))
    remember_language(guest, get_language() or "")
    begun = GuestSandbox.objects.create(tenant_id=tenant_id, user=guest, expires_at=clock.now() + LIVES)
    with tenant_scope(tenant_id):
        membership = _found(tenant_id, guest)
        record(AuditAction.SANDBOX_BEGUN, actor=user_principal(guest.pk), subject=f"tenant:{tenant_id}")
        app = _first_app(membership)
    if app is not None:
        names = [str(tenant_id), str(app.id)]
        transaction.on_commit(lambda: current_app.send_task("operations.fill_sandbox", args=names))
    return begun


def _found(tenant_id: uuid.UUID, guest: User) -> Membership:
    tenant = Tenant.objects.create(id=tenant_id, name="Sandbox", slug=f"sandbox-{tenant_id.hex}")
    workspace = Workspace.objects.create(
        tenant=tenant, name=_("Your sandbox"), slug="sandbox", region=REGION, kind=WorkspaceKind.SANDBOX
    )
    Quota.objects.create(tenant=tenant, workspace=workspace, bytes_limit=BYTES, objects_limit=FILES)
    membership: Membership = Membership.objects.create(
        tenant=tenant, workspace=workspace, user=guest, role=Role.BUILDER
    )
    return membership


def _first_app(membership: Membership) -> MicroApp | None:
    version = current_version(FIRST_TEMPLATE)
    if version is None:
        return None
    extra = frozenset(version.document.permissions.optional)
    return install(version, membership, Choices(_(FIRST_APP), version.document.regions[0], extra))


def living(guest_id: object) -> GuestSandbox | None:
    """The sandbox of this id, while it lasts."""
    try:
        wanted = uuid.UUID(str(guest_id))
    except ValueError:
        return None
    rows = GuestSandbox.objects.filter(pk=wanted, ended_at=None, expires_at__gt=clock.now())
    return rows.select_related("user").first()


def wish_of(app: MicroApp) -> str:
    """What is taken along when the app is made live: its template and choices, signed. Files stay behind."""
    installation = Installation.objects.select_related("version__template").get(app=app)
    return _PROMOTED.sign_object(
        {
            "template": installation.version.template.slug,
            "name": app.name,
            "region": installation.region,
            "extra": sorted(installation.extra_permissions),
        },
        compress=True,
    )


def wished(signed: str) -> dict[str, object] | None:
    """What was taken along, for as long as a sandbox lives; None for anything else."""
    try:
        content: dict[str, object] = _PROMOTED.unsign_object(signed, max_age=LIVES)
    except (signing.BadSignature, ValueError):
        return None
    return content
