"""Two organisations that know nothing of each other: Acme with an owner and a builder, Globex with an outsider."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User
from kernel.identifiers import new_id
from kernel.sizes import GB
from marketplace import customer_keys
from quotas.models import Quota
from tenancy.memberships import memberships_of
from tenancy.models import Membership, Tenant, Workspace
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope

WORKSPACE_BYTES, WORKSPACE_FILES = 50 * GB, 100_000


@dataclass(frozen=True, slots=True)
class Person:
    """One of the demo's people."""

    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Organisation:
    """One of the demo's tenants, with its only workspace."""

    name: str
    slug: str
    workspace: str
    region: str
    people: tuple[Person, ...]


DEMO = (
    Organisation(
        "Acme",
        "acme",
        "Acme Marketing",
        "eu-central-1",
        (
            Person("owner@acme.example", "Olivia Owner", Role.OWNER),
            Person("builder@acme.example", "Ben Builder", Role.BUILDER),
            Person("member@acme.example", "Mia Member", Role.MEMBER),
        ),
    ),
    Organisation(
        "Globex",
        "globex",
        "Globex Research",
        "eu-west-1",
        (Person("outsider@globex.example", "Otto Outsider", Role.OWNER),),
    ),
)


PLATFORM_OWNER = "platform@gatehouse.example"


@transaction.atomic
def seed(password: str, customer_key: str = "") -> None:
    """Make the organisations that aren't there yet, and the platform's owner, who belongs to none of them.

    The first organisation's files are encrypted with the customer's key, where one is named. Raises Problem
    CUSTOMER_KEY_REFUSED.
    """
    if not User.objects.filter(email=PLATFORM_OWNER).exists():
        owner = User.objects.create_superuser(PLATFORM_OWNER, password, name="Paula Platform")
        EmailAddress.objects.create(user=owner, email=PLATFORM_OWNER, verified=True, primary=True)
    for organisation in DEMO:
        people = [(_account(person, password), person.role) for person in organisation.people]
        if not memberships_of(people[0][0].pk):
            made = found(organisation.name, organisation.slug, organisation.workspace, organisation.region, people)
            if customer_key and organisation is DEMO[0]:
                with tenant_scope(made.tenant_id):
                    customer_keys.use(made, customer_key, actor=user_principal(people[0][0].pk))


def found(name: str, slug: str, workspace_name: str, region: str, people: list[tuple[User, Role]]) -> Workspace:
    """Make a tenant with one workspace, its quota and its people."""
    tenant_id = new_id()
    with tenant_scope(tenant_id):
        tenant = Tenant.objects.create(id=tenant_id, name=name, slug=slug)
        workspace: Workspace = Workspace.objects.create(tenant=tenant, name=workspace_name, slug="main", region=region)
        Quota.objects.create(
            tenant=tenant, workspace=workspace, bytes_limit=WORKSPACE_BYTES, objects_limit=WORKSPACE_FILES
        )
        for user, role in people:
            Membership.objects.create(tenant=tenant, workspace=workspace, user=user, role=role)
    return workspace


def _account(person: Person, password: str) -> User:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(person.email, password, name=person.name)
        EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
    return user
