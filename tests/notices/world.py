"""A workspace with an owner, the builder who made its app, and another tenant's outsider."""

from dataclasses import dataclass
from typing import Any

from django.test import Client
from oauth2_provider.models import Application

from accounts.models import User
from kernel.identifiers import new_id
from kernel.sizes import GB
from notices.endpoints import add
from notices.kinds import HEARD_BY_WEBHOOKS, Kind
from notices.models import Delivery, Notice, NoticePreference, WebhookEndpoint
from notices.outbox import tell
from quotas.models import Quota
from tenancy import addresses
from tenancy.models import Membership, MicroApp, Tenant, Workspace
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope

REASON = "It contains a virus."


@dataclass
class Office:
    app: MicroApp
    owner: User
    builder: User

    @property
    def tenant_id(self) -> Any:
        return self.app.tenant_id

    @property
    def workspace(self) -> Workspace:
        return self.app.workspace

    def hire(self, role: Role, **fields: Any) -> User:
        user = new_user(**fields)
        with tenant_scope(self.tenant_id):
            Membership.objects.create(tenant_id=self.tenant_id, workspace=self.workspace, user=user, role=role)
        return user

    def dismiss(self, user: User) -> None:
        with tenant_scope(self.tenant_id):
            Membership.objects.filter(user=user).delete()

    def tell(self, kind: Kind = Kind.FILE_REJECTED, key: str = "", **changes: Any) -> Notice | None:
        known = {"file": "cat.jpg", "reason": REASON, "time": "10:42 UTC", "of": "Photos", "used": "1", "limit": "2"}
        facts = known | {name: changes.pop(name) for name in list(changes) if name not in {"href", "now", "app"}}
        wish: dict[str, Any] = {"app": self.app} | changes
        with tenant_scope(self.tenant_id):
            return tell(kind, workspace=self.workspace, key=key or new_id().hex, facts=facts, **wish)

    def deliveries(self, **which: Any) -> list[Delivery]:
        with tenant_scope(self.tenant_id):
            rows = Delivery.objects.filter(**which).select_related("notice", "user", "endpoint")
            return list(rows.order_by("id"))

    def prefer(self, user: User, **wishes: Any) -> NoticePreference:
        with tenant_scope(self.tenant_id):
            key = {"tenant_id": self.tenant_id, "user": user}
            preference: NoticePreference = NoticePreference.objects.update_or_create(**key, defaults=wishes)[0]
        return preference

    def listen(self, url: str, *kinds: Kind) -> tuple[WebhookEndpoint, str]:
        chosen = kinds or [known.kind for known in HEARD_BY_WEBHOOKS]
        with tenant_scope(self.tenant_id):
            return add(self.workspace, url, chosen, actor=user_principal(self.owner.pk))

    def endpoint(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        with tenant_scope(self.tenant_id):
            found: WebhookEndpoint = WebhookEndpoint.objects.get(pk=endpoint.pk)
        return found

    def fill(self, used: int, limit: int = GB, *, files: int = 0) -> None:
        with tenant_scope(self.tenant_id):
            Quota.objects.filter(app=self.app).update(bytes_used=used, bytes_limit=limit, objects_used=files)

    def quota(self) -> Quota:
        with tenant_scope(self.tenant_id):
            quota: Quota = Quota.objects.get(app=self.app)
        return quota


def new_office(name: str = "Photos") -> Office:
    owner, builder = new_user(name="Olivia Owner"), new_user(name="Ben Builder")
    tenant_id, slug = new_id(), f"a-{new_id().hex}"
    with tenant_scope(tenant_id):
        tenant = Tenant.objects.create(id=tenant_id, name="Acme", slug=slug)
        workspace = Workspace.objects.create(tenant=tenant, name="Marketing", slug="marketing", region="eu-central-1")
        for user, role in ((owner, Role.OWNER), (builder, Role.BUILDER)):
            Membership.objects.create(tenant=tenant, workspace=workspace, user=user, role=role)
        app = _new_app(workspace, name, slug, builder)
        for holder in (None, app):
            Quota.objects.create(tenant=tenant, workspace=workspace, app=holder, bytes_limit=GB, objects_limit=100)
    return Office(app, owner, builder)


def new_user(**fields: Any) -> User:
    return User.objects.create_user(f"{new_id().hex}@acme.example", **fields)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _new_app(workspace: Workspace, name: str, slug: str, maker: User) -> MicroApp:
    client = Application.objects.create(
        name=slug, client_type="public", authorization_grant_type="authorization-code", hash_client_secret=False
    )
    app: MicroApp = MicroApp.objects.create(
        tenant_id=workspace.tenant_id, workspace=workspace, name=name, slug=slug, application=client, created_by=maker
    )
    addresses.announce(app)
    return app
