"""The addresses of the citizen developer's pages."""

from django.urls import path

from marketplace.views import activity, apps, console, files, go, templates

urlpatterns = [
    path("", templates.home, name="home"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/<slug:slug>/", templates.template_detail, name="template"),
    path("templates/<slug:slug>/new/", templates.app_new, name="app-new"),
    path("apps/", apps.app_list, name="apps"),
    path("apps/<slug:slug>/", apps.app_detail, name="app"),
    path("apps/<slug:slug>/live/", apps.app_live, name="app-live"),
    path("apps/<slug:slug>/files/", files.app_files, name="app-files"),
    path("apps/<slug:slug>/activity/", activity.app_activity, name="app-activity"),
    path("apps/<slug:slug>/activity/live/", activity.app_activity_live, name="app-activity-live"),
    path("apps/<slug:slug>/activity.csv", activity.app_activity_csv, name="app-activity-csv"),
    path("apps/<slug:slug>/try/", console.console_page, name="app-try"),
    path("apps/<slug:slug>/try/trail/", console.console_trail, name="app-try-trail"),
    path("go/<slug:slug>/", go.go, name="go"),
]
