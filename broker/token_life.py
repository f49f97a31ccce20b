"""The global cut of token life: one write, and older tokens are dead everywhere."""

import datetime as dt
from dataclasses import dataclass

from admission.revocations import longest_life, set_longest_life
from audit.actions import AuditAction
from audit.record import record_for_platform
from broker.models import ScopedToken
from kernel import clock
from tenancy.addresses import tenants_with_apps
from tenancy.principals import Principal
from tenancy.scoping import tenant_scope


@dataclass(frozen=True, slots=True)
class Preview:
    """What a cut would do: tokens that live now, those of them that would die at once, apps that hold one of these."""

    seconds: int
    living: int
    dying: int
    apps: int


def current() -> int | None:
    """The longest life in seconds that holds now, or None without a cut."""
    return longest_life()


def preview(seconds: int) -> Preview:
    """What a cut to this life would do now, over every tenant. Tokens that were stopped already still count."""
    now = clock.now()
    oldest = now - dt.timedelta(seconds=seconds)
    living = dying = apps = 0
    for tenant_id in tenants_with_apps():
        with tenant_scope(tenant_id):
            alive = ScopedToken.objects.filter(expires_at__gt=now)
            too_old = alive.filter(issued_at__lte=oldest)
            living += alive.count()
            dying += too_old.count()
            apps += too_old.values("app_id").distinct().count()
    return Preview(seconds, living, dying, apps)


def cut(seconds: int, *, lasts: dt.timedelta, reason: str, actor: Principal | str) -> None:
    """No token lives longer than this, whenever it was issued. Must run in a transaction."""
    ends_at = clock.now() + lasts
    set_longest_life(seconds, actor=str(actor), reason=reason, expires_at=ends_at)
    record_for_platform(
        AuditAction.TOKEN_LIFE_CUT,
        actor=actor,
        subject="token-life",
        seconds=seconds,
        reason=reason,
        ends_at=ends_at.isoformat(),
    )


def lift(*, actor: Principal | str) -> None:
    """End the cut. Tokens that it killed had ended by themselves meanwhile. Must run in a transaction."""
    set_longest_life(None, actor=str(actor), reason="lifted", expires_at=None)
    record_for_platform(AuditAction.TOKEN_LIFE_CUT, actor=actor, subject="token-life", seconds=None, reason="lifted")
