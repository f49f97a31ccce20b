"""Every address, and which room answers it."""

from django.contrib import admin
from django.urls import include, path

from accounts.language import choose_language
from broker.urls import broker_urls
from gateway.document.views import document_json, document_yaml, explorer, reference
from gateway.grants import grants
from gateway.hooks import storage_events
from gateway.surface import surface
from operations.metrics import metrics
from operations.views import livez, readyz

urlpatterns = [
    path("livez", livez),
    path("readyz", readyz),
    path("metrics", metrics),
    path("hooks/storage", storage_events),
    path("api/openapi.json", document_json, name="openapi-json"),
    path("api/openapi.yaml", document_yaml, name="openapi-yaml"),
    path("api/docs/", reference, name="api-reference"),
    path("api/docs/explore/", explorer, name="api-explorer"),
    path("api/v1/", include("gateway.api.urls")),
    path("", include(broker_urls(grants))),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("go/<slug:slug>/surface.json", surface, name="surface"),
    path("gallery/", include("gateway.gallery_urls")),
    path("upload/", include("gateway.plain_upload_urls")),
    path("help/", include("operations.help.urls")),
    path("", include("operations.urls")),
    path("language/", choose_language, name="set_language"),
    path("", include("notices.urls")),
    path("", include("lifecycle.urls")),
    path("", include("scanning.outside.urls")),
    path("", include("scanning.urls")),
    path("", include("marketplace.urls")),
]

handler400 = "config.errors.unusable"
handler404 = "config.errors.not_found"
handler500 = "config.errors.failed"
