"""People in the admin, for platform owners. It stands up here because ending an account ends its tokens too."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.identity import signed_in_id
from accounts.models import User
from admission.models import Level
from admission.revocations import revoke
from audit.actions import AuditAction
from audit.record import record_for_platform
from broker.tokens import user_in_tenant
from tenancy.memberships import memberships_of
from tenancy.principals import user_principal

_DOES = {"add": _("add"), "change": _("change"), "delete": _("delete"), "view": _("look at")}


class PermissionsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Permissions as `Apps: look at`; Django's own names of them are kept in English."""

    def label_from_instance(self, obj: Permission) -> str:
        """What is allowed, with what."""
        does, _underscore, _model = obj.codename.partition("_")
        model = obj.content_type.model_class()
        return f"{model._meta.verbose_name_plural if model else ''}: {_DOES.get(does, obj.name)}"


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Passwords are never shown or set here: recovery mails and identity providers do that."""

    list_display = ("email", "name", "is_active", "is_staff", "date_joined")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "is_superuser", "groups", "user_permissions")
    ordering: ClassVar = ["email"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kw: Any) -> Any:
        """Permissions of what the administration has, in words; any other opens nothing."""
        if db_field.name == "user_permissions":
            shown = ContentType.objects.get_for_models(*self.admin_site._registry).values()  # noqa: SLF001 - Django tells them no other way
            rows = Permission.objects.filter(content_type__in=shown).select_related("content_type")
            kw |= {"form_class": PermissionsField, "queryset": rows}
        return super().formfield_for_manytomany(db_field, request, **kw)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Write it; who may no longer sign in holds no living token either, in any tenant."""
        super().save_model(request, obj, form, change)
        if "is_active" in form.changed_data and not obj.is_active:
            end_tokens(obj, actor=str(user_principal(signed_in_id(request))))


@transaction.atomic
def end_tokens(user: User, *, actor: str) -> None:
    """Stop everything that speaks for this person, wherever they are a member."""
    subject = str(user_principal(user.pk))
    for tenant_id in {membership.tenant_id for membership in memberships_of(user.pk)}:
        revoke(
            Level.USER,
            user_in_tenant(tenant_id, subject),
            tenant_id=tenant_id,
            actor=actor,
            reason="the account was closed",
        )
    record_for_platform(AuditAction.ACCESS_REVOKED, actor=actor, subject=subject, reason="the account was closed")
