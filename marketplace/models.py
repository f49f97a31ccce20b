"""Template › TemplateVersion › Installation, and what leads there: TemplateDraft › Review › ReviewFinding.

A published version never changes. Templates and reviews are the platform's; drafts and installations a tenant's.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from kernel import clock
from kernel.identifiers import new_id
from kernel.language import said
from marketplace.app_models import AppRequest, Setup, VersionChange
from marketplace.customer_key_models import CustomerKey
from marketplace.price_models import RegionPrices
from marketplace.review_models import Review, ReviewFinding
from marketplace.sandbox_models import GuestSandbox
from marketplace.showing_models import Showing
from marketplace.signing import SignatureError, Statement, verify
from marketplace.transform_models import TransformRule
from policy import document as documents
from policy.canonical import canonical_bytes, digest
from policy.document import Document
from tenancy.models import MicroApp, TenantModel, UUIDField, Workspace

__all__ = [
    "AppRequest", "CustomerKey", "GuestSandbox", "Installation", "RegionPrices", "Review", "ReviewFinding", "Setup",
    "Showing", "TamperedError", "Template", "TemplateDraft", "TemplateVersion", "TransformRule",
    "VersionChange",
]  # fmt: skip

JSON = models.JSONField


class TamperedError(ValueError):
    """The row is not what was published: its digest, its signature, or its name differs."""


class Template(models.Model):
    """One template; the platform's own, or published for a tenant, whose alone its next versions are."""

    id = UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=63, unique=True)
    owner_tenant = UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.slug


class TemplateVersion(models.Model):
    """One immutable version: the document, the SHA-256 of its canonical form, and the platform's signature."""

    id = UUIDField(primary_key=True, default=new_id, editable=False)
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions", editable=False)
    version = models.CharField(max_length=20, editable=False)
    content = JSON(editable=False)
    digest = models.CharField(max_length=71, editable=False)
    signature = models.CharField(max_length=200, default="", editable=False)
    review = models.OneToOneField(
        "Review", on_delete=models.PROTECT, null=True, related_name="published", editable=False
    )
    published_at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_reason = models.CharField(max_length=300, default="", editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("template", "version", name="template_version_once"),
            models.CheckConstraint(condition=Q(digest__startswith="sha256:"), name="template_version_has_digest"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""), name="template_version_withdrawn_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template.slug} {self.version}"

    @property
    def statement(self) -> Statement:
        """What its signature is over."""
        return Statement(self.template.slug, self.version, self.digest)

    @property
    def document(self) -> Document:
        """The typed document. Raises TamperedError when the row is not what was published."""
        if digest(self.content) != self.digest:
            raise TamperedError(said("{version} differs from its digest.").format(version=self))
        try:
            verify(self.statement, self.signature)
        except SignatureError as error:
            raise TamperedError(said("{version} can't be trusted. {why}").format(version=self, why=error)) from error
        document = documents.parse(canonical_bytes(self.content))
        if (document.slug, document.version) != (self.template.slug, self.version):
            other = f"{document.slug} {document.version}"
            raise TamperedError(said("{version} holds the document of {other}.").format(version=self, other=other))
        return document


class Installation(TenantModel):
    """An app and the version that it was made from, with what its maker chose."""

    app = models.OneToOneField(MicroApp, on_delete=models.PROTECT, related_name="installation")
    version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=32)
    extra_permissions = models.JSONField(default=list)
    options = models.JSONField(default=dict, db_default={})
    installed_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return _("%(app)s from %(version)s") % {"app": self.app, "version": self.version}


class TemplateDraft(TenantModel):
    """A template that somebody in a workspace is making; its content always is a document."""

    class Origin(models.TextChoices):
        """What it was made from."""

        APP = "app", "An app"
        FORM = "form", "A form"
        YAML = "yaml", "YAML"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    content = JSON()
    origin = models.CharField(max_length=8, choices=Origin.choices, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(origin__in=["app", "form", "yaml"]), name="draft_origin_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.content['name']} {self.content['version']}"

    @property
    def document(self) -> Document:
        """The typed document."""
        return documents.parse(canonical_bytes(self.content))
