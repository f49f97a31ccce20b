"""A workspace owner's apps and members."""

from django.contrib import admin

from tenancy.administration import OwnedAdmin
from tenancy.models import Membership, MicroApp


@admin.register(MicroApp)
class MicroAppAdmin(OwnedAdmin):
    """Apps; how they are paused comes with the platform's controls."""

    list_display = ("name", "workspace", "created_by", "created_at", "paused_at")
    search_fields = ("name",)
    fields = ("name", "workspace", "slug", "publishable_id", "created_by", "created_at", "paused_at")


@admin.register(Membership)
class MembershipAdmin(OwnedAdmin):
    """Who belongs to the workspace."""

    list_display = ("user", "role", "workspace", "created_at")
    list_filter = ("role",)
    fields = ("user", "role", "workspace", "created_at")
