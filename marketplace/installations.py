"""The policy that an app was installed with, and what of it one person may use."""

import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from kernel.errors import NOT_FOUND, TEMPLATE_REFUSED, Problem
from marketplace.models import Installation, TamperedError, TemplateVersion
from policy.actions import Action
from policy.document import Document
from policy.wishes import Ceiling
from storage.models import Keeping
from tenancy.models import MicroApp
from tenancy.roles import MAY_UPLOAD, Role

READING = frozenset({Action.FILES_LIST, Action.FILES_READ})
"""What owners and builders do in every app, to look after its files."""
_EVERYTHING = frozenset(Action)


@dataclass(frozen=True, slots=True)
class InstalledPolicy:
    """The document that binds an app, with its maker's choices."""

    document: Document
    region: str
    extra_permissions: frozenset[Action]
    chosen: frozenset[str] = frozenset()
    """The names of the document's choices that are turned on."""

    @property
    def actions(self) -> frozenset[Action]:
        """Everything that the app's tokens may do."""
        return frozenset(self.document.permissions.required) | self.extra_permissions

    @property
    def template(self) -> str:
        """The template's name and version, as tokens and labels carry it."""
        return f"{self.document.slug}/{self.document.version}"


def policy_of(app: MicroApp) -> InstalledPolicy:
    """The app's policy. Must run in the tenant's scope.

    Raises Problem NOT_FOUND for an app without one, TEMPLATE_REFUSED where it is not what was published.
    """
    installation = Installation.objects.filter(app=app).first()
    if installation is None:
        raise Problem(NOT_FOUND)
    extra = frozenset(Action(name) for name in installation.extra_permissions)
    document = _as_kept(_document(installation.version_id), Keeping.objects.filter(app=app).first())
    return InstalledPolicy(document, installation.region, extra, _chosen(document, installation.options))


def _chosen(document: Document, options: dict[str, Any]) -> frozenset[str]:
    """What is turned on, by the app's maker or, where they said nothing, by the template."""
    return frozenset(option.name for option in document.options if options.get(option.name, option.default))


def _as_kept(document: Document, keeping: Keeping | None) -> Document:
    """The document as the workspace's owner has it now, so that whatever is said of it is what is done."""
    if keeping is None:
        return document
    kept = {"delete_after_days": keeping.delete_after_days, "archive_after_days": keeping.archive_after_days}
    lifecycle = msgspec.structs.replace(document.lifecycle, **kept)
    if lifecycle == document.lifecycle:
        return document
    return msgspec.structs.replace(document, lifecycle=lifecycle)


def ceiling_of(app: MicroApp) -> Ceiling:
    """What holds above the document right now."""
    return Ceiling(paused=app.paused_at is not None)


def actions_for(policy: InstalledPolicy, role: Role) -> frozenset[Action]:
    """What a person of this role may do through the app; owners and builders may also look after its files."""
    if role in {Role.OWNER, Role.BUILDER}:
        return policy.actions | READING
    allowed = _EVERYTHING if role in MAY_UPLOAD else frozenset({Action.FILES_LIST})
    return policy.actions & allowed


@lru_cache(maxsize=512)
def _document(version_id: uuid.UUID) -> Document:
    """Versions never change, so a process reads each once."""
    version = TemplateVersion.objects.select_related("template").get(pk=version_id)
    try:
        return version.document
    except TamperedError as error:
        name = version.content.get("name", version.template.slug)
        raise Problem(TEMPLATE_REFUSED, name=name, why="It is not what was published.") from error
