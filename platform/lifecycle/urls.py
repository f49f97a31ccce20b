"""The addresses of lifecycle's pages."""

from django.urls import path

from lifecycle import file_views, views

urlpatterns = [
    path("apps/<slug:slug>/keeping/", views.keeping_page, name="keeping"),
    path("apps/<slug:slug>/keeping/holds/", views.place_hold, name="hold-place"),
    path("apps/<slug:slug>/keeping/holds/<uuid:hold_id>/lift/", views.lift_hold, name="hold-lift"),
    path("apps/<slug:slug>/files/<uuid:file_id>/bring-back/", file_views.bring_back, name="file-bring-back"),
    path("apps/<slug:slug>/files/<uuid:file_id>/trash/", file_views.put_into_trash, name="file-trash"),
    path("apps/<slug:slug>/files/<uuid:file_id>/take-out/", file_views.take_out_of_trash, name="file-take-out"),
    path("apps/<slug:slug>/trash/", file_views.trash_page, name="trash"),
    path("apps/<slug:slug>/files/<uuid:file_id>/hold/", file_views.hold, name="file-hold"),
]
