"""Making an app from a template: app, address, OAuth client, quota and policy in one transaction."""

import secrets
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify
from oauth2_provider.models import Application

from accounts.models import User
from audit.actions import AuditAction
from audit.record import record
from kernel.errors import NAME_TAKEN, NOT_ALLOWED, REGION_BLOCKED, TEMPLATE_NOT_READY, TEMPLATE_REFUSED, Problem
from kernel.language import said
from kernel.regions import place_of
from marketplace.customer_keys import key_for
from marketplace.models import Installation, TamperedError, TemplateVersion
from marketplace.readiness import missing
from marketplace.sandbox_limits import require_room
from policy.abilities import here
from policy.actions import Action
from policy.document import Document, as_terms
from quotas.models import Quota
from storage.models import Keeping
from tenancy import addresses
from tenancy.models import Membership, MicroApp
from tenancy.principals import user_principal
from tenancy.roles import MAY_CREATE_APPS

_SLUG_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the app's maker decided."""

    name: str
    region: str
    extra_permissions: frozenset[Action] = field(default_factory=frozenset)
    options: frozenset[str] | None = None
    """The names of the template's choices that are turned on; None leaves each as the template has it."""


def install(version: TemplateVersion, membership: Membership, choices: Choices, slug: str = "") -> MicroApp:
    """The new app, ready for its first file, at a new address unless one was chosen by `new_slug` before.

    Must run in the tenant's scope. Raises Problem as `checked` does.
    """
    document = checked(version, membership, choices)
    app = _create_app(membership, choices.name, slug or new_slug(choices.name))
    Installation.objects.create(
        tenant_id=app.tenant_id,
        app=app,
        version=version,
        region=choices.region,
        extra_permissions=sorted(choices.extra_permissions & set(document.permissions.optional)),
        options=_turned(document, choices.options),
    )
    _set_bounds(app, document)
    addresses.announce(app)
    _record(app, version, choices, membership)
    return app


def _turned(document: Document, chosen: frozenset[str] | None) -> dict[str, bool]:
    """Each of the document's choices, on or off; none that it doesn't have."""
    return {} if chosen is None else {option.name: option.name in chosen for option in document.options}


def checked(version: TemplateVersion, membership: Membership, choices: Choices) -> Document:
    """The document that these choices can be installed from.

    Raises Problem TEMPLATE_REFUSED, NOT_ALLOWED, TEMPLATE_NOT_READY, CUSTOMER_KEY_MISSING, REGION_BLOCKED or
    NAME_TAKEN.
    """
    document = trusted(version)
    _check(document, membership, choices)
    return document


def _set_bounds(app: MicroApp, document: Document) -> None:
    """The space that the app begins with, and how long its files stay."""
    Quota.objects.create(
        tenant_id=app.tenant_id,
        workspace_id=app.workspace_id,
        app=app,
        bytes_limit=document.quota.app_bytes,
        objects_limit=document.quota.app_objects,
    )
    Keeping.objects.create(
        tenant_id=app.tenant_id,
        app=app,
        delete_after_days=document.lifecycle.delete_after_days,
        minimum_days=document.retention.minimum_days,
        longest_days=document.lifecycle.delete_after_days,
        label=document.retention.label,
        archive_after_days=document.lifecycle.archive_after_days,
        latest_archive_days=document.lifecycle.archive_after_days,
        terms=as_terms(document.lifecycle),
    )


def trusted(version: TemplateVersion) -> Document:
    """The document, once its signature was verified and if nobody withdrew it. Raises Problem TEMPLATE_REFUSED."""
    name = version.content.get("name", version.template.slug)
    if version.withdrawn_at is not None:
        raise Problem(TEMPLATE_REFUSED, name=name, why=f"{said('It was withdrawn.')} {version.withdrawn_reason}")
    try:
        return version.document
    except TamperedError as error:
        raise Problem(TEMPLATE_REFUSED, name=name, why="It is not what was published.") from error


def _check(document: Document, membership: Membership, choices: Choices) -> None:
    if membership.role not in MAY_CREATE_APPS:
        raise Problem(NOT_ALLOWED)
    require_room(membership.workspace)
    if lacking := missing(document, here()):
        raise Problem(TEMPLATE_NOT_READY, name=document.name, missing=", ".join(lacking))
    key_for(document, membership.workspace)
    if choices.region not in document.regions:
        raise Problem(REGION_BLOCKED, place=f" {said('or')} ".join(said(place_of(code)) for code in document.regions))
    if MicroApp.objects.filter(workspace_id=membership.workspace_id, name=choices.name).exists():
        raise Problem(NAME_TAKEN, name=choices.name)


def _create_app(membership: Membership, name: str, slug: str) -> MicroApp:
    app = MicroApp(
        tenant_id=membership.tenant_id,
        workspace_id=membership.workspace_id,
        name=name,
        slug=slug,
        created_by_id=membership.user_id,
    )
    app.application = _oauth_client(app, membership.user)
    app.save(force_insert=True)
    return app


def _oauth_client(app: MicroApp, maker: User) -> Application:
    """A public client: browsers can't keep a secret, so it has none that could be used.

    Left to itself the library would draw one and hash it slowly, which took most of the time of making an app.
    """
    client: Application = Application.objects.create(
        client_id=app.publishable_id,
        name=app.name,
        user=maker,
        client_type=Application.CLIENT_PUBLIC,
        client_secret=make_password(None),
        hash_client_secret=False,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris="",
    )
    return client


def new_slug(name: str) -> str:
    """A readable address with 30 random bits: no clash, and no tenant learns another's names from one."""
    ending = "".join(secrets.choice(_SLUG_ALPHABET) for _ in range(6))
    return f"{slugify(name)[:60].strip('-') or 'app'}-{ending}"


def _record(app: MicroApp, version: TemplateVersion, choices: Choices, membership: Membership) -> None:
    record(
        AuditAction.APP_INSTALLED,
        actor=user_principal(membership.user_id),
        app_id=app.id,
        subject=f"app:{app.id}",
        template=str(version),
        digest=version.digest,
        region=choices.region,
        extra_permissions=sorted(choices.extra_permissions),
    )
