"""The addresses of a workspace's own scanners."""

from django.urls import path

from scanning.outside import views

urlpatterns = [
    path("w/<slug:slug>/scanners/", views.scanners, name="scanners"),
    path("w/<slug:slug>/scanners/<uuid:scanner_id>/<str:step>/", views.scanner_step, name="scanner-step"),
]
