"""Template › TemplateVersion › Installation. A published version never changes."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.identifiers import new_id
from policy import document as documents
from policy.canonical import canonical_bytes, digest
from policy.document import Document
from tenancy.models import MicroApp, TenantModel, UUIDField

JSON = models.JSONField


class Template(models.Model):
    """One template; the platform's, not a tenant's."""

    id = UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=63, unique=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.slug


class TemplateVersion(models.Model):
    """One immutable version: the document, and the SHA-256 of its canonical form."""

    id = UUIDField(primary_key=True, default=new_id, editable=False)
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions", editable=False)
    version = models.CharField(max_length=20, editable=False)
    content = JSON(editable=False)
    digest = models.CharField(max_length=71, editable=False)
    published_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("template", "version", name="template_version_once"),
            models.CheckConstraint(condition=Q(digest__startswith="sha256:"), name="template_version_has_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.template.slug} {self.version}"

    @property
    def document(self) -> Document:
        """The typed document. Raises ValueError when the row is not what was published."""
        if digest(self.content) != self.digest:
            raise ValueError(f"{self} differs from its digest.")
        return documents.parse(canonical_bytes(self.content))


class Installation(TenantModel):
    """An app and the version that it was made from, with what its maker chose."""

    app = models.OneToOneField(MicroApp, on_delete=models.PROTECT, related_name="installation")
    version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=32)
    extra_permissions = models.JSONField(default=list)
    installed_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.app} from {self.version}"
