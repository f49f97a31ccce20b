"""The addresses of uploads without a script."""

from django.urls import path

from gateway import plain_upload

urlpatterns = [
    path("<slug:slug>/", plain_upload.begin, name="plain-upload"),
    path("<slug:slug>/<uuid:upload_id>/", plain_upload.arrived, name="plain-upload-arrived"),
]
