"""A server app of the demo's builder, for the bench: prints its id and its secret."""

# ruff: noqa: E402 - models can be imported only once Django is set up

import django

django.setup()

from django.db import transaction

from accounts.models import User
from broker.clients import make_secret
from marketplace.installing import Choices, install
from marketplace.models import TemplateVersion
from tenancy.memberships import memberships_of
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope


def main() -> None:
    builder = User.objects.get(email="builder@acme.example")
    with transaction.atomic():
        membership = memberships_of(builder.pk)[0]
    version = TemplateVersion.objects.filter(template__slug="team-file-share").latest("published_at")
    with tenant_scope(membership.tenant_id):
        app = install(version, membership, Choices("Bench", version.document.regions[0]))
        print(app.publishable_id, make_secret(app, actor=user_principal(builder.pk)))


if __name__ == "__main__":
    main()
