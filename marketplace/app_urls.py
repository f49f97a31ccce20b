"""The addresses of an app's own pages, each behind a tab."""

from django.urls import path

from marketplace.views import (
    activity,
    consent,
    embed,
    encryption,
    files,
    gallery,
    requests,
    settings,
    setup,
    share,
    update,
)

urlpatterns = [
    path("templates/<slug:slug>/new/", setup.app_new, name="app-new"),
    path("apps/<slug:slug>/setup/", setup.setup_page, name="setup"),
    path("apps/<slug:slug>/setup/next/", setup.setup_next, name="setup-next"),
    path("apps/<slug:slug>/setup/retry/", setup.setup_retry, name="setup-retry"),
    path("apps/<slug:slug>/files/", files.app_files, name="app-files"),
    path("apps/<slug:slug>/gallery/", gallery.app_gallery, name="app-gallery"),
    path("apps/<slug:slug>/activity/", activity.app_activity, name="app-activity"),
    path("apps/<slug:slug>/activity/live/", activity.app_activity_live, name="app-activity-live"),
    path("apps/<slug:slug>/activity.csv", activity.app_activity_csv, name="app-activity-csv"),
    path("apps/<slug:slug>/share/", share.app_share, name="app-share"),
    path("apps/<slug:slug>/settings/", settings.app_settings_page, name="app-settings"),
    path("apps/<slug:slug>/settings/uploads/", settings.app_uploads, name="app-settings-uploads"),
    path("apps/<slug:slug>/settings/permission/", settings.app_permission, name="app-settings-permission"),
    path("apps/<slug:slug>/update/", update.app_update, name="app-settings-update"),
    path("apps/<slug:slug>/update/back/", update.app_go_back, name="app-settings-go-back"),
    path("apps/<slug:slug>/requests/", requests.app_requests, name="app-requests"),
    path("apps/<slug:slug>/requests/new/", requests.app_request_new, name="app-requests-new"),
    path("apps/<slug:slug>/requests/<uuid:request_id>/", requests.app_request_decide, name="app-requests-decide"),
    path(
        "apps/<slug:slug>/requests/<uuid:request_id>/withdraw/",
        requests.app_request_withdraw,
        name="app-requests-withdraw",
    ),
    path("w/<slug:workspace>/encryption/", encryption.encryption_page, name="encryption"),
    path("embed/v1/safe-upload.js", embed.embed_script, name="embed-script"),
    path("go/<slug:slug>/consent/", consent.go_consent, name="go-consent"),
    path("go/<slug:slug>/embed/", embed.go_embed, name="go-embed"),
]
