"""The addresses of galleries."""

from django.urls import path

from gateway import gallery

urlpatterns = [
    path("<slug:slug>/", gallery.gallery, name="gallery"),
    path("<slug:slug>/<uuid:file_id>/", gallery.picture, name="gallery-picture"),
    path("<slug:slug>/<uuid:file_id>/<slug:size>", gallery.opened, name="gallery-opened"),
]
