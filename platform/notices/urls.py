"""The addresses of the pages about notices."""

from django.urls import path

from notices.views import inbox, preferences, webhooks

_WEBHOOK = "w/<slug:slug>/webhooks/<uuid:endpoint_id>/"

urlpatterns = [
    path("notices/", inbox.inbox, name="notices"),
    path("notices/read/", inbox.read_all, name="notices-read"),
    path("notices/<uuid:delivery_id>/read/", inbox.read_one, name="notice-read"),
    path("notices/settings/", preferences.preferences, name="notice-settings"),
    path("w/<slug:slug>/webhooks/", webhooks.webhook_list, name="webhooks"),
    path(_WEBHOOK, webhooks.webhook_detail, name="webhook"),
    path(f"{_WEBHOOK}<str:step>/", webhooks.webhook_step, name="webhook-step"),
    path(f"{_WEBHOOK}deliveries/<uuid:delivery_id>/again/", webhooks.delivery_again, name="delivery-again"),
]
