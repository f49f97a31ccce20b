"""The addresses of the platform owner's pages."""

from django.urls import path

from operations import first_uploads_page, slowing_page

urlpatterns = [
    path("platform/first-uploads/", first_uploads_page.first_uploads_page, name="first-uploads"),
    path("platform/controls/template-rate/", slowing_page.slowing_page, name="template-rate"),
    path("platform/controls/template-rate/lift/", slowing_page.lift, name="template-rate-lift"),
]
