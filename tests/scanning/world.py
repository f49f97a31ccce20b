"""Apps with room for files, and uploads that have just arrived in quarantine."""

from collections.abc import Sequence

from oauth2_provider.models import Application

from accounts.models import User
from kernel import clock
from kernel.identifiers import new_id
from kernel.sizes import GB
from quotas import reservations
from quotas.models import Quota
from storage import transitions
from storage.grants import object_tags
from storage.models import StoredFile, Upload
from storage.object_store import ObjectStore
from tenancy import addresses
from tenancy.models import MicroApp, Tenant, Workspace
from tenancy.scoping import tenant_scope

BOTH = ("content_type", "malware")


def new_app() -> MicroApp:
    """An app in a tenant of its own, with a gigabyte of room."""
    tenant_id, name = new_id(), f"a-{new_id().hex}"
    user = User.objects.create_user(f"{name}@acme.example")
    with tenant_scope(tenant_id):
        tenant = Tenant.objects.create(id=tenant_id, name="Acme", slug=name)
        workspace = Workspace.objects.create(tenant=tenant, name="Main", slug="main", region="eu-central-1")
        client = Application.objects.create(
            name=name, client_type="public", authorization_grant_type="authorization-code", hash_client_secret=False
        )
        app: MicroApp = MicroApp.objects.create(
            tenant=tenant, workspace=workspace, name=name, slug=name, application=client, created_by=user
        )
        addresses.announce(app)
        for holder in (None, app):
            Quota.objects.create(tenant=tenant, workspace=workspace, app=holder, bytes_limit=GB, objects_limit=100)
    return app


def announced(
    app: MicroApp, size: int, content_type: str, name: str = "holiday.jpg", engines: Sequence[str] = BOTH
) -> Upload:
    """An upload whose bytes are still to come."""
    with tenant_scope(app.tenant_id):
        upload: Upload = Upload.objects.create(
            tenant_id=app.tenant_id,
            app=app,
            name=name,
            content_type=content_type,
            declared_size=size,
            labels={"kind": "photo"},
            engines=list(engines),
            reservation=reservations.reserve(app, size),
            started_by="user:test",
            expires_at=clock.now(),
        )
    return upload


def received(upload: Upload, store: ObjectStore) -> Upload:
    """The same once its bytes stand in quarantine and its completion was accepted."""
    facts = store.head(upload.quarantine_key)
    assert facts is not None
    with tenant_scope(upload.tenant_id):
        return transitions.receive(upload.id, size=facts.size, etag=facts.etag, actor="user:test")


def arrive(
    app: MicroApp,
    store: ObjectStore,
    body: bytes,
    content_type: str = "image/jpeg",
    name: str = "holiday.jpg",
    engines: Sequence[str] = BOTH,
) -> Upload:
    """An upload whose bytes stand in quarantine and whose completion was accepted."""
    upload = announced(app, len(body), content_type, name, engines)
    store.put(upload.quarantine_key, body, content_type, object_tags(upload), encryption_key="")
    return received(upload, store)


def file_of(upload: Upload) -> StoredFile | None:
    with tenant_scope(upload.tenant_id):
        found: StoredFile | None = StoredFile.objects.filter(pk=upload.pk).first()
    return found


def now_of(upload: Upload) -> Upload:
    """The upload as the database has it now."""
    with tenant_scope(upload.tenant_id):
        current: Upload = Upload.objects.get(pk=upload.pk)
    return current


def bytes_used(app: MicroApp) -> tuple[int, int]:
    """What the app's quota counts as used and as held."""
    with tenant_scope(app.tenant_id):
        quota = Quota.objects.get(app=app)
    return quota.bytes_used, quota.bytes_held
