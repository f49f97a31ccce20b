"""What a process holds in memory of an app: the app, its policy, and the version by which the gate judges both.

The gate names a newer version where there is one (`NewPolicyError`); then, and only then, the snapshot is read anew.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from django.db.models.signals import post_delete, post_save

from admission.allowances import allowances_of
from admission.asking import RefusedError
from admission.policies import NewPolicyError, PolicyHeld, announced_version, spread, spread_all
from kernel.decisions import Denied
from kernel.errors import KEY_REVOKED, STORAGE_UNAVAILABLE, Problem
from kernel.identifiers import PUBLISHABLE_ID
from marketplace.customer_keys import in_use, key_for
from marketplace.installations import InstalledPolicy, ceiling_of, policy_of
from marketplace.models import Installation, TransformRule
from marketplace.transforms import facts_of, transforms_for
from policy.engine import decide
from policy.transforms import Transform, labels_after, metadata_after
from policy.wishes import UploadWish
from storage.models import Keeping
from tenancy.models import AppAddress, MicroApp
from tenancy.scoping import tenant_scope

_MAX_HELD = 10_000
_ATTEMPTS = 4
_Decided = TypeVar("_Decided")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An app with its workspace, and its policy, as they were at one version. Shared between threads: never changed."""

    app: MicroApp
    policy: InstalledPolicy
    held: PolicyHeld
    encryption_key: str = ""
    """The customer's key for what comes; empty for storage's own."""
    transforms: tuple[Transform, ...] = ()
    protected_key: str = ""
    """The customer's key for what turns out to need protection, where the policy uses none; empty for none."""

    def labels_of(self, wish: UploadWish) -> dict[str, str]:
        """The labels that an object must carry. Raises the Problem of a denial."""
        decision = decide(self.policy.document, wish, ceiling_of(self.app))
        if isinstance(decision, Denied):
            raise decision.as_problem()
        return self.relabelled(decision.labels)

    def relabelled(self, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels as the platform's rules leave them."""
        return labels_after(self.transforms, labels, facts_of(self.app, labels))

    def metadata_of(self, sent: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
        """What an app sent, as the platform's rules leave it."""
        return metadata_after(self.transforms, sent, facts_of(self.app, labels))


_snapshots: dict[uuid.UUID, Snapshot] = {}
_addresses: dict[str, tuple[uuid.UUID, uuid.UUID]] = {}


def decided(tenant_id: uuid.UUID, app_id: uuid.UUID, judge: Callable[[Snapshot], _Decided]) -> _Decided:
    """What `judge` makes of the app; once more with a newer snapshot wherever the gate names one.

    A refusal comes before the gate is asked, so it counts only by the newest policy: an app that was opened again, or
    may do more now, isn't refused by what was held.

    Raises Problem KEY_REVOKED for an app that is gone, STORAGE_UNAVAILABLE where its policy changes all the time, and
    what `judge` raises.
    """
    snapshot = snapshot_of(tenant_id, app_id)
    for _attempt in range(_ATTEMPTS):
        try:
            return judge(snapshot)
        except NewPolicyError as news:
            snapshot = read(tenant_id, app_id, news.generation)
        except RefusedError:
            raise  # the gate's own word, which looked at the version first, or would say it by any
        except Problem:
            if announced_version(app_id) <= snapshot.held.version:
                raise
            snapshot = read(tenant_id, app_id, snapshot.held.generation)
    raise Problem(STORAGE_UNAVAILABLE)


def snapshot_of(tenant_id: uuid.UUID, app_id: uuid.UUID) -> Snapshot:
    """The snapshot that this process holds, whatever changed since. Raises Problem as `read` does."""
    return _snapshots.get(app_id) or read(tenant_id, app_id)


def held(app_id: uuid.UUID) -> Snapshot | None:
    """What this process happens to hold, without asking anybody."""
    return _snapshots.get(app_id)


def by_publishable_id(publishable_id: str) -> Snapshot | None:
    """The snapshot of the app that this is the public name of; None where it is no app's, or no app's any more."""
    found = _addresses.get(publishable_id) or _address(publishable_id)
    snapshot = snapshot_of(*found) if found else None
    return snapshot if snapshot and snapshot.app.publishable_id == publishable_id else None


def read(tenant_id: uuid.UUID, app_id: uuid.UUID, generation: str = "") -> Snapshot:
    """The app and its policy as they are now, to be held under the gate's generation.

    What a transaction sees of its own changes isn't held: it may be undone. Raises Problem KEY_REVOKED for an app that
    is gone, NOT_FOUND for one without a policy, TEMPLATE_REFUSED for a policy that isn't what was published,
    CUSTOMER_KEY_MISSING.
    """
    may_be_undone = connection.in_atomic_block
    with tenant_scope(tenant_id):
        version = announced_version(app_id)  # first: what changes after this is announced by a greater one
        app = MicroApp.objects.filter(pk=app_id).select_related("workspace").first()
        if app is None:
            raise Problem(KEY_REVOKED)
        policy = policy_of(app)
        key, transforms = key_for(policy.document, app.workspace), transforms_for(tenant_id, policy.document.slug)
        protected_key = "" if key else in_use(app.workspace_id)
        snapshot = Snapshot(
            app, policy, PolicyHeld(version, generation, allowances_of(app)), key, transforms, protected_key
        )
    if not may_be_undone:
        _hold(_snapshots, app_id, snapshot)
    return snapshot


def spread_changes() -> None:
    """Tell the gate of changes as soon as they are committed; those that pass by the models arrive with the lease."""
    for model in (MicroApp, Installation, Keeping):
        for signal in (post_save, post_delete):
            signal.connect(_spread, sender=model, dispatch_uid="spread_policy")
    for signal in (post_save, post_delete):
        signal.connect(_spread_to_all, sender=TransformRule, dispatch_uid="spread_policy")


def _spread(sender: type, instance: Any, **_signal: Any) -> None:
    spread(instance.pk if isinstance(instance, MicroApp) else instance.app_id)


def _spread_to_all(sender: type, **_signal: Any) -> None:
    spread_all()


def _address(publishable_id: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    if not PUBLISHABLE_ID.fullmatch(publishable_id):
        return None
    address = AppAddress.objects.filter(publishable_id=publishable_id).first()
    if address is None:
        return None
    found = (address.tenant_id, address.app_id)
    if not connection.in_atomic_block:
        _hold(_addresses, publishable_id, found)
    return found


def _hold(held: dict[Any, Any], name: object, value: object) -> None:
    if len(held) >= _MAX_HELD:
        held.clear()
    held[name] = value
