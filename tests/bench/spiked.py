"""Apps of two templates: prints tokens of the one that bots attack and of its neighbour, as JSON.

`python -m tests.bench.spiked limit` and `… lift` put the emergency limit on the attacked template and take it off.
"""

# ruff: noqa: E402 - models can be imported only once Django is set up

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.db import transaction

from accounts.models import User
from admission.limits import Rate
from admission.rules import lift_template_limit, limit_template
from broker.consents import agree
from broker.issuing import issue
from gateway.grants import grants
from kernel import clock
from marketplace.installing import Choices, install
from marketplace.models import TemplateVersion
from policy.actions import Action
from policy.narrowing import Reach
from quotas.models import Quota
from tenancy.memberships import memberships_of
from tenancy.models import Membership
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope

ATTACKED, NEIGHBOUR = "team-photo-share", "event-gallery"
BOTS = 16
RATE = Rate(60, 10)


def main() -> None:
    builder = User.objects.get(email="builder@acme.example")
    with transaction.atomic():
        membership = memberships_of(builder.pk)[0]
    with tenant_scope(membership.tenant_id):
        told = {"bots": tokens(ATTACKED, membership, BOTS), "neighbour": tokens(NEIGHBOUR, membership, 1)[0]}
        Quota.objects.update(bytes_limit=10**15, objects_limit=10**12)
    print(json.dumps(told))


def tokens(slug: str, membership: Membership, count: int) -> list[str]:
    """So many tokens of one new app of the template."""
    version = TemplateVersion.objects.filter(template__slug=slug).latest("published_at")
    app = install(version, membership, Choices(slug, version.document.regions[0], frozenset({Action.FILES_READ})))
    grant = grants(app.publishable_id).grant(membership.role)
    agree(app, membership.user_id, grant.consent)
    reach = Reach(grant.reach.actions, "", 3600)
    return [issue(app, user_principal(membership.user_id), grant, reach).value for _ in range(count)]


def slow_down() -> None:
    until = clock.now() + timedelta(hours=1)
    limit_template(ATTACKED, RATE, until=until, actor="user:bench", reason="bots")


def let_go() -> None:
    lift_template_limit(ATTACKED, actor="user:bench", reason="over")


if __name__ == "__main__":
    {"": main, "limit": slow_down, "lift": let_go}["".join(sys.argv[1:])]()
