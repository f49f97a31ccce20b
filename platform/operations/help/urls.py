"""The addresses of help."""

from django.urls import path

from operations.help import views

urlpatterns = [
    path("", views.index, name="help"),
    path("guide/", views.guide, name="help-guide"),
    path("no-code/", views.no_code, name="help-no-code"),
    path("errors/", views.errors, name="help-errors"),
    path("errors/<str:code>/", views.error, name="help-error"),
]
