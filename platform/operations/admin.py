"""People in the admin, for platform owners. It stands up here because ending an account ends its tokens too."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from accounts.identity import signed_in_id
from accounts.models import User
from admission.models import Level
from admission.revocations import revoke
from audit.actions import AuditAction
from audit.record import record_for_platform
from broker.tokens import user_in_tenant
from tenancy.memberships import memberships_of
from tenancy.principals import user_principal


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Passwords are never shown or set here: recovery mails and identity providers do that."""

    list_display = ("email", "name", "is_active", "is_staff", "date_joined")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "is_superuser", "groups", "user_permissions")
    ordering: ClassVar = ["email"]

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
