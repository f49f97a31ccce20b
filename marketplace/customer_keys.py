"""Encryption with a key of the workspace's own: proving it, using it for what comes, needing it for some templates."""

import uuid
from functools import cache

from django.conf import settings
from django.db import IntegrityError, transaction

from admission.policies import announce_policy, announced_version
from audit.actions import AuditAction
from audit.record import record
from kernel import clock
from kernel.errors import CUSTOMER_KEY_MISSING, CUSTOMER_KEY_REFUSED, STORAGE_UNAVAILABLE, Problem
from kernel.identifiers import new_id
from kernel.object_keys import Area, ObjectKey
from marketplace.models import CustomerKey
from policy.document import Document
from storage import encryption
from storage.object_store import ObjectChangedError, ObjectStore, S3ObjectStore, s3_client
from tenancy.models import MicroApp, Workspace
from tenancy.principals import Principal

_PROBE = b"Gatehouse asks whether this key can be used."


def in_use(workspace_id: uuid.UUID) -> str:
    """The name of the key that encrypts what comes into the workspace; empty where that is storage's own."""
    name: str | None = (
        CustomerKey.objects.filter(workspace_id=workspace_id, used_until=None).values_list("name", flat=True).first()
    )
    return name or ""


def key_for(document: Document, workspace: Workspace) -> str:
    """The key that an app's files are encrypted with, empty for storage's own.

    Raises Problem CUSTOMER_KEY_MISSING where the template insists on a key that the workspace hasn't.
    """
    wanted = document.encryption.customer_key
    name = "" if wanted == "unavailable" else in_use(workspace.id)
    if wanted == "required" and not name:
        raise Problem(CUSTOMER_KEY_MISSING, name=document.name, workspace=workspace.name)
    return name


def use(workspace: Workspace, name: str, *, actor: Principal) -> CustomerKey:
    """Encrypt what comes into the workspace with this key from now on, once storage has shown that it can.

    What is there stays under the key that it came with. Raises Problem CUSTOMER_KEY_REFUSED.
    """
    proven = _proven(_store(), workspace, name)
    try:
        with transaction.atomic():
            key = _put_in_use(workspace, proven, actor)
            for app_id in MicroApp.objects.filter(workspace=workspace).values_list("id", flat=True):
                announce_policy(app_id, announced_version(app_id) + 1)
            record(AuditAction.CUSTOMER_KEY_USED, actor=actor, subject=f"workspace:{workspace.id}", key=key.name)
    except IntegrityError as error:
        raise Problem(CUSTOMER_KEY_REFUSED, why="It is another workspace's.") from error
    return key


def _put_in_use(workspace: Workspace, name: str, actor: Principal) -> CustomerKey:
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    now = clock.now()
    CustomerKey.objects.filter(workspace=workspace, used_until=None).exclude(name=name).update(used_until=now)
    key: CustomerKey
    key, is_new = CustomerKey.objects.get_or_create(
        workspace=workspace,
        name=name,
        defaults={"tenant_id": workspace.tenant_id, "added_by": str(actor), "used_since": now},
    )
    if not is_new and key.used_until is not None:
        key.used_since, key.used_until, key.added_by = now, None, str(actor)
        key.save(update_fields=["used_since", "used_until", "added_by"])
    return key


def _proven(store: ObjectStore, workspace: Workspace, name: str) -> str:
    """The key's name as storage tells it, once an object was encrypted with it and read again."""
    place = ObjectKey(workspace.tenant_id, workspace.id, Area.QUARANTINE, new_id())
    try:
        etag = store.put(place, _PROBE, "text/plain", {}, encryption_key=name)
        facts, read = store.head(place), b"".join(store.read(place, etag))
        store.delete(place)
    except Problem as problem:
        if problem.type is not STORAGE_UNAVAILABLE:
            raise
        raise Problem(CUSTOMER_KEY_REFUSED, why="Storage could not use it.") from problem
    except ObjectChangedError as error:
        raise Problem(CUSTOMER_KEY_REFUSED, why="Storage could not use it.") from error
    told = facts.encryption_key if facts else ""
    if read != _PROBE or not told or not encryption.is_by(told, facts.encryption if facts else "", told):
        raise Problem(CUSTOMER_KEY_REFUSED, why="Storage did not encrypt with it.")
    return told


@cache
def _store() -> ObjectStore:
    """A store of its own: keys that can't be used must not make it look as if storage were down for uploads."""
    return S3ObjectStore(s3_client(), settings.S3_BUCKET)
