"""Folders to which people agree apart: nothing comes into one under a token that was given without the agreement."""

from broker.consents import why_missing
from gateway.callers import Caller
from kernel.errors import Problem
from marketplace.snapshots import Snapshot
from tenancy.scoping import tenant_scope


def require_agreed(caller: Caller, snapshot: Snapshot, path: str) -> None:
    """Raises Problem CONSENT_REQUIRED or CONSENT_WITHDRAWN unless whoever asks may put a file at this cleaned path."""
    for surface in snapshot.policy.document.surfaces or ():
        if surface.covers(path) and surface.name not in caller.claims.surfaces:
            with tenant_scope(caller.claims.tenant):
                raise Problem(why_missing(caller.claims.app, caller.actor, surface.name))
