"""From a document on disk to a published, immutable version."""

from pathlib import Path

from django.db import transaction

from kernel.errors import FieldError
from marketplace.models import Template, TemplateVersion
from policy import document as documents
from policy.canonical import digest
from policy.document import Document, DocumentError
from policy.rego.asking import module_of
from policy.rego.inspection import RefusedModuleError
from policy.rego.port import BrokenPolicyError

CATALOGUE = Path(__file__).parent / "catalogue"


class VersionTakenError(ValueError):
    """This version is published already with another content: a change needs a new number."""


@transaction.atomic
def publish(raw: bytes) -> TemplateVersion:
    """Publish a document; the same one again changes nothing.

    Raises policy.document.DocumentError, or VersionTakenError.
    """
    document = documents.parse(raw)
    check_module(document)
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


def check_module(document: Document) -> None:
    """Refuse a document whose module can't be used. Raises DocumentError, or PolicyBusyError."""
    try:
        module_of(document)
    except RefusedModuleError as refusal:
        errors = (FieldError("/rego", f"Line {each.line}: {each.words}") for each in refusal.complaints)
        raise DocumentError(*errors) from refusal
    except BrokenPolicyError as error:
        raise DocumentError(FieldError("/rego", f"The module {error}")) from error


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
