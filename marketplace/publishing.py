"""From a document on disk to a published, immutable version."""

from pathlib import Path

from django.db import transaction

from marketplace.models import Template, TemplateVersion
from policy import document as documents
from policy.canonical import digest

CATALOGUE = Path(__file__).parent / "catalogue"


class VersionTakenError(ValueError):
    """This version is published already with another content: a change needs a new number."""


@transaction.atomic
def publish(raw: bytes) -> TemplateVersion:
    """Publish a document; the same one again changes nothing.

    Raises policy.document.DocumentError, or VersionTakenError.
    """
    document = documents.parse(raw)
    content = documents.as_json(document)
    template, _ = Template.objects.get_or_create(slug=document.slug)
    version, _ = TemplateVersion.objects.get_or_create(
        template=template,
        version=document.version,
        defaults={"content": content, "digest": digest(content)},
    )
    if version.digest != digest(content):
        raise VersionTakenError(f"{document.slug} {document.version} is published with another content.")
    return version


def publish_catalogue() -> list[TemplateVersion]:
    """Publish every template that ships with Gatehouse."""
    return [publish(file.read_bytes()) for file in sorted(CATALOGUE.glob("*.json"))]


def current_versions() -> list[TemplateVersion]:
    """The newest version of each template, in the order of their names."""
    newest = TemplateVersion.objects.order_by("template", "-published_at").distinct("template")
    return sorted(newest.select_related("template"), key=lambda version: version.document.name)


def current_version(slug: str) -> TemplateVersion | None:
    """The newest version of one template."""
    versions = TemplateVersion.objects.filter(template__slug=slug).order_by("-published_at")
    return versions.select_related("template").first()
