"""People in the admin, for platform owners."""

from typing import ClassVar

from django.contrib import admin

from accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Passwords are never shown or set here: recovery mails and identity providers do that."""

    list_display = ("email", "name", "is_active", "is_staff", "date_joined")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "is_superuser", "groups", "user_permissions")
    filter_horizontal = ("groups", "user_permissions")
    ordering: ClassVar = ["email"]
