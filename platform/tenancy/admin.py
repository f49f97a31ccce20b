"""A workspace owner's apps. Members stand a few floors up, where changes of roles are recorded."""

from django.contrib import admin

from tenancy.administration import OwnedAdmin
from tenancy.models import MicroApp


@admin.register(MicroApp)
class MicroAppAdmin(OwnedAdmin):
    """Apps; how they are paused comes with the platform's controls."""

    list_display = ("name", "workspace", "created_by", "created_at", "paused_at")
    search_fields = ("name",)
    fields = ("name", "workspace", "slug", "publishable_id", "created_by", "created_at", "paused_at")
