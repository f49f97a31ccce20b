"""The addresses of the catalogue, of authors, and of reviewers."""

from django.urls import path

from marketplace.views import catalogue

urlpatterns = [
    path("templates/", catalogue.template_list, name="templates"),
    path("templates/<slug:slug>/", catalogue.template_detail, name="template"),
    path("templates/<slug:slug>/versions/<str:number>/", catalogue.template_version, name="template-version"),
    path(
        "templates/<slug:slug>/versions/<str:number>/bundle.tar.gz",
        catalogue.template_bundle,
        name="template-bundle",
    ),
]
