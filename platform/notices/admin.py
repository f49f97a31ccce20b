"""Webhooks and deliveries for workspace owners: to look at, and to send again what was given up."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel.language import retold
from notices import endpoints
from notices.access import actor
from notices.kinds import Channel
from notices.models import Delivery, WebhookEndpoint
from tenancy.administration import OwnedAdmin


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(OwnedAdmin):
    """Added, changed and removed on the workspace's own page; the secret is shown nowhere."""

    list_display = ("url", "workspace", "disabled_at", "failures", "failing_since")
    fields = ("url", "workspace", "kinds", "created_at", "disabled_at", "failures", "failing_since")


@admin.register(Delivery)
class DeliveryAdmin(OwnedAdmin):
    """What left the house, or didn't. What people have in the app, and whether they read it, is theirs."""

    workspace_path = "notice__workspace"
    list_display = ("notice", "channel", "receiver", "state", "attempts", "due_at", "delivered_at", "trouble")
    list_filter = ("state", "channel")
    list_select_related = ("notice__app", "user", "endpoint")
    fields = ("notice", "channel", "receiver", "state", "message", "attempts", "due_at", "delivered_at", "trouble")
    readonly_fields = ("receiver", "trouble")
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Without the rows of the inbox."""
        return super().get_queryset(request).exclude(channel=Channel.IN_APP)

    @admin.display(description=_("to"))
    def receiver(self, delivery: Delivery) -> str:
        """The person or the address."""
        return str(delivery.endpoint or delivery.user)

    @admin.display(description=_("last error"))
    def trouble(self, delivery: Delivery) -> str:
        """Why it didn't arrive when it was tried last."""
        return retold(delivery.last_error)

    @admin.action(description=_("Send again what was given up"), permissions=["view"])
    def send_again(self, request: HttpRequest, rows: "QuerySet[Any]") -> None:
        """Take up those that are dead; the others stay as they are."""
        dead = rows.filter(state=Delivery.State.DEAD).select_related("notice")
        count = sum(endpoints.send_again(row, actor=actor(request)) for row in dead)
        messages.success(request, _("Sending again: %(count)s.") % {"count": count})
