"""The addresses of the citizen developer's pages."""

from django.urls import path

from marketplace import app_urls, template_urls
from marketplace.views import apps, console, go, promotion, proof, sandbox, templates

urlpatterns = [
    path("", templates.home, name="home"),
    *template_urls.urlpatterns,
    path("apps/", apps.app_list, name="apps"),
    path("apps/<slug:slug>/", apps.app_detail, name="app"),
    path("apps/<slug:slug>/live/", apps.app_live, name="app-live"),
    path("apps/<slug:slug>/try/", console.console_page, name="app-try"),
    path("apps/<slug:slug>/try/trail/", console.console_trail, name="app-try-trail"),
    path("sandbox/", sandbox.begin, name="sandbox"),
    path("sandbox/return/", sandbox.come_back, name="sandbox-return"),
    path("sandbox/bill/", sandbox.bill_page, name="sandbox-bill"),
    path("sandbox/promote/", promotion.promote, name="sandbox-promote"),
    path("sandbox/promote/<slug:slug>/", sandbox.take_along, name="sandbox-take-along"),
    path("proof/challenge", proof.challenge, name="proof-challenge"),
    path("go/<slug:slug>/", go.go, name="go"),
    *app_urls.urlpatterns,
]
