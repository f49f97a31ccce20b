"""The addresses of the operations."""

from django.urls import path, re_path

from gateway.api import file_views, folder_views, upload_views
from gateway.api.one_call import RequestUploadView
from gateway.api.problems import not_found

urlpatterns = [
    path("folders", folder_views.FoldersView.as_view(), name="createFolder"),
    path("uploads", upload_views.UploadsView.as_view(), name="uploadStart"),
    path("folders/batch", folder_views.FolderBatchView.as_view(), name="createFolderBatch"),
    path("uploads/batch", upload_views.StartBatchView.as_view(), name="uploadStartBatch"),
    path("uploads/batch/complete", upload_views.CompleteBatchView.as_view(), name="uploadCompleteBatch"),
    path("files/batch/signed-url", file_views.SignedUrlBatchView.as_view(), name="getSignedUrlBatch"),
    path("uploads/<uuid:upload_id>", upload_views.UploadView.as_view(), name="uploadState"),
    path("uploads/<uuid:upload_id>/complete", upload_views.CompleteView.as_view(), name="uploadComplete"),
    path("uploads/<uuid:upload_id>/abort", upload_views.AbortView.as_view(), name="uploadAbort"),
    path("uploads/<uuid:upload_id>/parts", upload_views.PartsView.as_view(), name="uploadParts"),
    path("request-upload", RequestUploadView.as_view(), name="requestUpload"),
    path("files", file_views.FilesView.as_view(), name="list"),
    path("files/<uuid:file_id>", file_views.FileView.as_view(), name="file"),
    path("files/<uuid:file_id>/copy", file_views.CopyView.as_view(), name="copyFile"),
    path("files/<uuid:file_id>/restore", file_views.RestoreView.as_view(), name="restoreFile"),
    path("trash", file_views.TrashView.as_view(), name="listTrash"),
    path("folders/<uuid:folder_id>", folder_views.FolderView.as_view(), name="folder"),
    path("files/<uuid:file_id>/signed-url", file_views.SignedUrlView.as_view(), name="getSignedUrl"),
    re_path(r"", not_found),
]
