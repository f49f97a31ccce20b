"""The demo's builder with an app, and beside it as many apps and files as are asked for: prints tokens, as JSON.

`python -m tests.bench.grown <apps> <files>`: a token of an app without files, and one of an app with so many of them.
Copied past the models, as `tests.bench.shelf` does.
"""

# ruff: noqa: E402 - models can be imported only once Django is set up

import json
import os
import sys

import django

django.setup()

import psycopg
from django.db import connection, transaction

from accounts.models import User
from broker.consents import agree
from broker.issuing import issue
from gateway.grants import grants
from marketplace.installing import Choices, install
from marketplace.models import TemplateVersion
from policy.actions import Action
from policy.narrowing import Reach
from quotas.models import Quota
from tenancy.memberships import memberships_of
from tenancy.models import Membership, MicroApp
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope
from tests.bench.shelf import fill

SLUG = "team-photo-share"
_NEW_ID = "md5(%(table)s || n)::uuid"
_APP = "md5('app' || n)::uuid"
_COPIED = {
    "oauth2_provider_application": {"id": "1000000 + n", "client_id": "'app_copy' || n"},
    "tenancy_microapp": {
        "id": _APP, "name": "'Copy ' || n", "slug": "'copy-' || n", "publishable_id": "'app_copy' || n",
        "application_id": "1000000 + n",
    },
    "tenancy_appaddress": {"app_id": _APP, "slug": "'copy-' || n", "publishable_id": "'app_copy' || n"},
    "marketplace_installation": {"id": _NEW_ID, "app_id": _APP},
    "quotas_quota": {"id": _NEW_ID, "app_id": _APP},
    "storage_keeping": {"id": _NEW_ID, "app_id": _APP},
}  # fmt: skip
"""What an app is made of, and what differs from one to the next."""
_OWN = {"oauth2_provider_application": ("id", "application_id"), "tenancy_microapp": ("id", "pk")}


def main(apps: int, files: int) -> None:
    builder = User.objects.get(email="builder@acme.example")
    with transaction.atomic():
        membership = memberships_of(builder.pk)[0]
    with tenant_scope(membership.tenant_id):
        empty, full = installed("Empty", membership), installed("Full", membership)
        Quota.objects.update(bytes_limit=10**15, objects_limit=10**12)
        copy(empty, apps)
        if files:
            fill(full, files)
    with tenant_scope(membership.tenant_id):
        told = {"empty": token(empty, membership), "full": token(full, membership)}
    with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    print(json.dumps(told))


def installed(name: str, membership: Membership) -> MicroApp:
    version = TemplateVersion.objects.filter(template__slug=SLUG).latest("published_at")
    return install(version, membership, Choices(name, version.document.regions[0], frozenset({Action.FILES_READ})))


def copy(app: MicroApp, times: int) -> None:
    """So many more of the app, whose policies are announced by the database as ever."""
    for table, differs in _COPIED.items():
        pairs = ", ".join(f"'{column}', {value}" for column, value in differs.items())
        own, which = _OWN.get(table, ("app_id", "pk"))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} SELECT made.* FROM {table} one, generate_series(1, %(times)s) n, "
                f"jsonb_populate_record(one, jsonb_build_object({pairs})) made WHERE one.{own} = %(one)s",
                {"table": table, "times": times, "one": getattr(app, which)},
            )


def token(app: MicroApp, membership: Membership) -> str:
    grant = grants(app.publishable_id).grant(membership.role)
    agree(app, membership.user_id, grant.consent)
    return issue(app, user_principal(membership.user_id), grant, Reach(grant.reach.actions, "", 3600)).value


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
