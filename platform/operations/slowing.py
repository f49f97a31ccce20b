"""The emergency limit of a template: all of its apps together, for some hours, with what it reaches shown first."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from admission import rules
from admission.limits import Rate
from admission.models import Level, TemplateLimit
from admission.operations import Kind
from audit.actions import AuditAction
from audit.record import record_for_platform
from broker.revocation import Stop
from broker.stopping import reached_by
from kernel import clock
from marketplace.models import Installation
from tenancy.addresses import tenants_with_apps
from tenancy.principals import Principal
from tenancy.scoping import tenant_scope


@dataclass(frozen=True, slots=True)
class Slowing:
    """What is wanted: units of cost a minute and at once; without a kind, of all operations together."""

    slug: str
    kind: Kind | None
    rate: Rate
    lasts: dt.timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom it reaches: apps of the template, organisations that have some, keys that live now."""

    apps: int
    organisations: int
    keys: int


def preview(slug: str) -> Preview:
    """Counts, over every tenant; nothing is changed."""
    apps = organisations = 0
    for tenant_id in tenants_with_apps():
        with tenant_scope(tenant_id):
            here = Installation.objects.filter(version__template__slug=slug).count()
        apps += here
        organisations += bool(here)
    return Preview(apps, organisations, reached_by(Stop(Level.TEMPLATE, slug, "a preview")).tokens)


@transaction.atomic
def slow_down(wanted: Slowing, *, actor: Principal) -> TemplateLimit:
    """In force in every process once committed; replaces the template's limit before."""
    until = clock.now() + wanted.lasts
    made = rules.limit_template(
        wanted.slug, wanted.rate, until=until, actor=str(actor), reason=wanted.reason, kind=wanted.kind
    )
    record_for_platform(
        AuditAction.TEMPLATE_LIMITED,
        actor=actor,
        subject=f"template:{wanted.slug}",
        reason=wanted.reason,
        operations=wanted.kind or "all",
        per_minute=wanted.rate.per_minute,
        burst=wanted.rate.burst,
        until=until.isoformat(),
    )
    return made


@transaction.atomic
def lift(slug: str, *, reason: str, actor: Principal) -> None:
    """End it before its time; where none is in force nothing happens."""
    if slug not in {each.slug for each in rules.template_limits_in_force()}:
        return
    rules.lift_template_limit(slug, actor=str(actor), reason=reason)
    record_for_platform(
        AuditAction.TEMPLATE_LIMIT_LIFTED, actor=actor, subject=f"template:{slug}", reason=reason
    )  # fmt: skip
