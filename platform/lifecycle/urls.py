"""The addresses of lifecycle's pages."""

from django.urls import path

from lifecycle import views

urlpatterns = [
    path("apps/<slug:slug>/keeping/", views.keeping_page, name="keeping"),
    path("apps/<slug:slug>/keeping/holds/", views.place_hold, name="hold-place"),
    path("apps/<slug:slug>/keeping/holds/<uuid:hold_id>/lift/", views.lift_hold, name="hold-lift"),
]
