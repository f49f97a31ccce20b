"""The addresses of scanning's pages."""

from django.urls import path

from scanning import views

urlpatterns = [
    path("apps/<slug:slug>/quarantine/", views.quarantine, name="app-quarantine"),
    path("apps/<slug:slug>/quarantine/<uuid:file_id>/", views.decide, name="app-quarantine-decide"),
    path("apps/<slug:slug>/files/<uuid:file_id>/", views.file_page, name="app-file"),
]
