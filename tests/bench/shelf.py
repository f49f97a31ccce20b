"""The demo's builder with an app of folders of many files: prints a token, and each folder's deep cursor, as JSON.

Filled past the models, since a million files by them takes an hour; what is measured reads them through the gateway.
"""

# ruff: noqa: E402 - models can be imported only once Django is set up

import json
import os

import django

django.setup()

import psycopg
from django.db import connection, transaction

from accounts.models import User
from broker.consents import agree
from broker.issuing import issue
from gateway.api.pagination import Listing
from gateway.grants import grants
from marketplace.installing import Choices, install
from marketplace.models import TemplateVersion
from policy.actions import Action
from policy.narrowing import Reach
from quotas.models import Quota
from storage.folders import ensure
from storage.listing import Cursor, Part, Wish
from storage.models import Folder
from tenancy.memberships import memberships_of
from tenancy.models import MicroApp
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope

SIZES = (10_000, 100_000, 1_000_000)
_RESERVE = """
INSERT INTO quotas_reservation (id, tenant_id, app_id, size, state, created_at)
SELECT md5(%(folder)s || n::text)::uuid, %(tenant)s, %(app)s, 7, 'settled', now()
FROM generate_series(1, %(files)s) n"""
_FILE = """
INSERT INTO storage_storedfile (id, tenant_id, app_id, folder_id, reservation_id, name, size, content_type, labels,
  etag, has_thumbnail, created_by, created_at)
SELECT md5(%(folder)s || n::text)::uuid, %(tenant)s, %(app)s, %(folder)s::uuid, md5(%(folder)s || n::text)::uuid,
  lpad(n::text, 8, '0') || '.jpg', 7, 'image/jpeg', '{}', 'e', false, 'user:bench', now()
FROM generate_series(1, %(files)s) n"""


def main() -> None:
    builder = User.objects.get(email="builder@acme.example")
    with transaction.atomic():
        membership = memberships_of(builder.pk)[0]
    version = TemplateVersion.objects.filter(template__slug="team-photo-share").latest("published_at")
    everything = frozenset({Action.FILES_READ, Action.FOLDERS_CREATE})
    with tenant_scope(membership.tenant_id):
        app = install(version, membership, Choices("Shelf", version.document.regions[0], everything))
        Quota.objects.update(bytes_limit=10**15, objects_limit=10**12)
        cursors = {str(size): fill(app, size) for size in SIZES}
        grant = grants(app.publishable_id).grant(membership.role)
        agree(app, builder.pk, grant.consent)
        reach = Reach(grant.reach.actions, "", 3600)
        token = issue(app, user_principal(builder.pk), grant, reach).value
    with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE storage_storedfile")
    print(json.dumps({"token": token, "cursors": cursors, "file": first_file(app)}))


def fill(app: MicroApp, files: int) -> str:
    """A folder of so many files; the cursor of the page at nine tenths."""
    folder, _made = ensure(app, f"of {files}", "user:bench")
    assert isinstance(folder, Folder)
    facts = {"tenant": app.tenant_id, "app": app.pk, "folder": str(folder.pk), "files": files}
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, facts)
        cursor.execute(_FILE, facts)
    deep = Cursor(Part.FILES, f"{files * 9 // 10:08}.jpg")
    return Listing(app.pk, f"of {files}", Wish()).text(deep) or ""


def first_file(app: MicroApp) -> str:
    with tenant_scope(app.tenant_id), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM storage_storedfile WHERE app_id = %s LIMIT 1", [app.pk])
        return str(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
