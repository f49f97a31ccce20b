"""The addresses of the operations."""

from django.urls import path, re_path

from gateway.api import views
from gateway.api.one_call import RequestUploadView
from gateway.api.problems import not_found

urlpatterns = [
    path("folders", views.FoldersView.as_view(), name="createFolder"),
    path("uploads", views.UploadsView.as_view(), name="uploadStart"),
    path("uploads/<uuid:upload_id>", views.UploadView.as_view(), name="uploadState"),
    path("uploads/<uuid:upload_id>/complete", views.CompleteView.as_view(), name="uploadComplete"),
    path("uploads/<uuid:upload_id>/abort", views.AbortView.as_view(), name="uploadAbort"),
    path("request-upload", RequestUploadView.as_view(), name="requestUpload"),
    path("files", views.FilesView.as_view(), name="list"),
    path("files/<uuid:file_id>/signed-url", views.SignedUrlView.as_view(), name="getSignedUrl"),
    re_path(r"", not_found),
]
