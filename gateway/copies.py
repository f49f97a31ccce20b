"""Copying a file: space like an upload's, its own object, and the age of what it was copied from."""

import uuid
from dataclasses import dataclass

from audit.actions import AuditAction
from audit.record import record
from gateway import places
from gateway.callers import Caller
from gateway.changes import Change
from gateway.decisions import labels_of
from gateway.paths import name_of
from gateway.reach import find_available, require_not_archived, require_unlocked
from kernel.errors import CHANGED_MEANWHILE, Problem
from kernel.object_keys import Area, ObjectKey
from policy.actions import Action
from policy.classification import inherited
from policy.lifetimes import Rules
from policy.media_types import type_of
from policy.wishes import UploadWish
from quotas import reservations
from quotas.models import Reservation
from storage import filing, names
from storage.models import Folder, Keeping, StoredFile
from storage.object_store import ObjectChangedError, ObjectStore
from tenancy.scoping import tenant_scope


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is decided and held before storage copies; `name` empty for any that is free."""

    source: StoredFile
    copy_id: uuid.UUID
    folder: Folder | None
    name: str
    labels: dict[str, str]
    hold: Reservation

    @property
    def key(self) -> ObjectKey:
        """Where the copy's bytes will stand."""
        return ObjectKey(self.source.tenant_id, self.source.app_id, Area.FILES, self.copy_id)

    @property
    def folder_id(self) -> uuid.UUID | None:
        """None for the root."""
        return self.folder.pk if self.folder else None

    @property
    def tags(self) -> dict[str, str]:
        """What lifecycle and cost reports go by."""
        return {"tenant": str(self.source.tenant_id), "app": str(self.source.app_id), **self.labels}


def copy_file(caller: Caller, file_id: uuid.UUID, place: Change, store: ObjectStore, copy_id: uuid.UUID) -> StoredFile:
    """The file's copy under this id, made once: decide, hold the space, let storage copy, record.

    Killed in between, what is left is a hold and an object without a row, which the reconcile clears away. Raises
    Problem NOT_FOUND, SCOPE_NOT_GRANTED, VALIDATION, NAME_TAKEN, the policy's denials, QUOTA_APP_EXCEEDED,
    QUOTA_WORKSPACE_EXCEEDED, STORAGE_UNAVAILABLE.
    """
    caller.claims.require_action(Action.FILES_WRITE)
    caller.claims.require_action(Action.FILES_LIST)
    with tenant_scope(caller.claims.tenant):
        plan = _made(copy_id) or _plan(caller, file_id, place, copy_id)
    if isinstance(plan, StoredFile):
        return plan
    try:
        source = plan.source
        etag = store.copy(source.key(), source.etag, plan.key, plan.tags, encryption_key=source.encryption_key)
        with tenant_scope(caller.claims.tenant):
            return _file(caller, plan, etag)
    except ObjectChangedError as error:
        _give_back(plan)
        raise Problem(CHANGED_MEANWHILE) from error
    except BaseException:
        _give_back(plan)
        raise


def _made(copy_id: uuid.UUID) -> StoredFile | None:
    made: StoredFile | None = StoredFile.objects.filter(pk=copy_id).select_related("folder").first()
    return made


def _plan(caller: Caller, file_id: uuid.UUID, place: Change, copy_id: uuid.UUID) -> _Plan:
    source, app = find_available(caller, file_id), caller.app()
    require_unlocked(source)
    require_not_archived(source)
    folder = source.folder
    if place.folder is not None:
        folder = places.existing_folder(caller, app, place.folder, "/folder")
    name, policy = name_of(place.name) if place.name is not None else "", caller.policy()
    wanted = name or source.name
    if name:
        places.require_free(source.app_id, folder.pk if folder else None, name)  # before storage copies; decided after
    wish = UploadWish(wanted, source.size, type_of(wanted, source.content_type), policy.region)
    labels = inherited(caller.relabelled(labels_of(app, policy, wish)), source.labels)
    return _Plan(source, copy_id, folder, name, labels, reservations.reserve(app, source.size, caller.actor))


def _file(caller: Caller, plan: _Plan, etag: str) -> StoredFile:
    """The row, unless whoever did the same at the same time was faster."""
    source = plan.source
    names.lock(source.app_id, plan.folder_id)
    if made := _made(plan.copy_id):
        reservations.release(plan.hold)
        return made
    if plan.name:
        places.require_free(source.app_id, plan.folder_id, plan.name)
    name = plan.name or names.free(source.app_id, plan.folder_id, source.name)
    reservations.settle(plan.hold, source.size)
    copied = filing.file_copy(
        source, plan.copy_id, etag=etag, folder=plan.folder, name=name, labels=plan.labels, rules=_own_rules(plan),
        reservation=plan.hold, created_by=caller.actor,
    )  # fmt: skip
    record(
        AuditAction.FILE_COPIED,
        actor=caller.actor,
        app_id=copied.app_id,
        subject=f"file:{copied.pk}",
        token=caller.claims.token_id,
        source=str(source.pk),
        size=copied.size,
    )
    return copied


def _own_rules(plan: _Plan) -> Rules | None:
    """How long the copy stays, where its labels make that another time than its source's; None where not."""
    keeping: Keeping | None = Keeping.objects.filter(app=plan.source.app_id).first()
    if keeping is None:
        return None
    own = keeping.rules_for(plan.labels)
    return None if own == keeping.rules_for(plan.source.labels) else own


def _give_back(plan: _Plan) -> None:
    """The hold alone: the object may be that of whoever was faster."""
    with tenant_scope(plan.source.tenant_id):
        reservations.release(plan.hold)
