"""From a document to a published, immutable, signed version; and back out of the catalogue."""

import datetime as dt
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from audit.actions import AuditAction
from audit.record import record_for_platform
from kernel import clock
from kernel.errors import NOT_ALLOWED, FieldError, Problem
from kernel.language import said
from marketplace.models import Review, TamperedError, Template, TemplateVersion
from marketplace.signing import Statement, sign
from policy import document as documents
from policy.canonical import canonical_bytes, digest
from policy.document import Document, DocumentError
from policy.rego.asking import cause_of, module_of
from policy.rego.inspection import RefusedModuleError
from policy.rego.port import BrokenPolicyError
from tenancy.principals import Principal, system_principal, user_principal

CATALOGUE = Path(__file__).parent / "catalogue"
_log = structlog.get_logger(__name__)


class VersionTakenError(ValueError):
    """This version is published already with another content: a change needs a new number."""


class NotPublishableError(ValueError):
    """The review doesn't lead to this version: not approved, altered, older than what is there, or another's name."""


@transaction.atomic
def publish(raw: bytes) -> TemplateVersion:
    """Publish a document of the platform's own; the same one again changes nothing.

    Raises DocumentError, VersionTakenError, CannotSignError.
    """
    document = documents.parse(raw)
    check_module(document)
    template, _ = Template.objects.get_or_create(slug=document.slug)
    return publish_document(template, document, None, system_principal("marketplace"))


@transaction.atomic
def publish_signed(review: Review) -> TemplateVersion:
    """Publish exactly what a person approved. Publishing it again changes nothing.

    Raises NotPublishableError, VersionTakenError, CannotSignError.
    """
    review = Review.objects.select_for_update().get(pk=review.pk)
    if review.state != Review.State.APPROVED or review.decided_by_id in {None, review.requested_by_id}:
        raise NotPublishableError(said("No other person approved this."))
    if digest(review.content) != review.digest:
        raise NotPublishableError(said("This is not what was approved."))
    document = documents.parse(canonical_bytes(review.content))
    check_module(document)
    template, _ = Template.objects.get_or_create(slug=document.slug, defaults={"owner_tenant": review.tenant})
    if template.owner_tenant != review.tenant:
        raise NotPublishableError(said("{slug} is somebody else's template.").format(slug=document.slug))
    _refuse_older(template, document)
    return publish_document(template, document, review, _approver(review))


@transaction.atomic
def withdraw(version: TemplateVersion, person: User, reason: str) -> TemplateVersion:
    """Take a version out of the catalogue: no app can be made of it any more; those that there are go on.

    Raises Problem NOT_ALLOWED for anyone but the platform's people, ValueError without a reason.
    """
    if not (person.is_active and person.is_staff):
        raise Problem(NOT_ALLOWED)
    if not reason.strip():
        raise ValueError("A version is withdrawn for a reason.")
    version = TemplateVersion.objects.select_for_update().select_related("template").get(pk=version.pk)
    version.withdrawn_at, version.withdrawn_reason = clock.now(), reason.strip()[:300]
    version.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    _record(AuditAction.TEMPLATE_WITHDRAWN, version, user_principal(person.pk), version.withdrawn_at)
    return version


def check_module(document: Document) -> None:
    """Refuse a document whose module can't be used. Raises DocumentError, or PolicyBusyError."""
    try:
        module_of(document)
    except RefusedModuleError as refusal:
        errors = (FieldError("/rego", str(each.with_its_line)) for each in refusal.complaints)
        raise DocumentError(*errors) from refusal
    except BrokenPolicyError as error:
        raise DocumentError(FieldError("/rego", _in_words(error))) from error


def _in_words(error: BrokenPolicyError) -> str:
    """The cause, and after it what the engine says of the module, which speaks no other language."""
    words, colon, quoted = said(cause_of(error)), *str(error).partition(": ")[1:]
    return f"{words[0].upper()}{words[1:]}{colon}{quoted}"


def publish_catalogue() -> list[TemplateVersion]:
    """Publish every template that ships with Gatehouse."""
    return [publish(file.read_bytes()) for file in sorted(CATALOGUE.glob("*.json"))]


def current_versions() -> list[TemplateVersion]:
    """The newest version of each template, in the order of their names. One that isn't ours is left out, and logged."""
    newest = _in_catalogue().order_by("template", "-published_at").distinct("template")
    return sorted((version for version in newest if _is_ours(version)), key=lambda version: version.document.name)


def current_version(slug: str) -> TemplateVersion | None:
    """The newest version of one template; None for one that isn't ours."""
    version = _in_catalogue().filter(template__slug=slug).order_by("-published_at").first()
    return version if version is not None and _is_ours(version) else None


def _in_catalogue() -> QuerySet[TemplateVersion]:
    return TemplateVersion.objects.filter(withdrawn_at=None).select_related("template")


def _is_ours(version: TemplateVersion) -> bool:
    try:
        return bool(version.document)
    except TamperedError as error:
        _log.error("template_version_tampered", template=version.template.slug, reason=str(error))
        return False


def publish_document(
    template: Template, document: Document, review: Review | None, actor: Principal
) -> TemplateVersion:
    """Sign and keep a document that was found publishable; the same one again changes nothing.

    Raises VersionTakenError, CannotSignError.
    """
    content = documents.as_json(document)
    named = digest(content)
    signature = sign(Statement(document.slug, document.version, named))
    version, is_new = TemplateVersion.objects.get_or_create(
        template=template,
        version=document.version,
        defaults={"content": content, "digest": named, "signature": signature, "review": review},
    )
    if version.digest != named:
        raise VersionTakenError(said("{version} is published with another content.").format(version=version))
    if not version.signature:
        version.signature = signature  # published before versions were signed; the content is the one at hand
        version.save(update_fields=["signature"])
    if is_new:
        _record(AuditAction.TEMPLATE_PUBLISHED, version, actor, version.published_at)
    return version


def _refuse_older(template: Template, document: Document) -> None:
    """A lower number than what is there would bring back what a newer version put right."""
    newest = max((_number(one.version) for one in template.versions.all()), default=None)
    again = template.versions.filter(version=document.version).exists()
    if newest is not None and _number(document.version) < newest and not again:
        raise NotPublishableError(said("A newer version than {version} is published.").format(version=document.version))


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _approver(review: Review) -> Principal:
    return user_principal(review.decided_by_id) if review.decided_by_id else system_principal("marketplace")


def _record(action: AuditAction, version: TemplateVersion, actor: Principal, at: dt.datetime) -> None:
    record_for_platform(
        action,
        actor=actor,
        subject=f"template:{version.template.slug}",
        version=version.version,
        digest=version.digest,
        review=str(version.review_id or ""),
        reason=version.withdrawn_reason,
        at=at.isoformat(),
    )
