"""The Gatehouse client: short-lived tokens, patient retries, uploads that go straight to storage."""

from gatehouse.async_client import AsyncGatehouse
from gatehouse.client import Gatehouse
from gatehouse.problems import (
    ConnectionBroken,
    FieldError,
    GatehouseProblem,
    RateLimited,
    Remedy,
    StorageRefused,
    TokenRefused,
)
from gatehouse.resuming import ResumeFile, ResumeState, ResumeStore
from gatehouse.retries import RETRY_DELAYS_S
from gatehouse.tokens import TokenAnswer
from gatehouse.values import (
    Folder,
    ItemResult,
    Page,
    PartPlan,
    SignedPart,
    SignedParts,
    SignedUrl,
    StartedUpload,
    StoredFile,
    StoredPart,
    TrashPage,
    Upload,
    UploadForm,
)

__all__ = [
    "RETRY_DELAYS_S",
    "AsyncGatehouse",
    "ConnectionBroken",
    "FieldError",
    "Folder",
    "Gatehouse",
    "GatehouseProblem",
    "ItemResult",
    "Page",
    "PartPlan",
    "RateLimited",
    "Remedy",
    "ResumeFile",
    "ResumeState",
    "ResumeStore",
    "SignedPart",
    "SignedParts",
    "SignedUrl",
    "StartedUpload",
    "StorageRefused",
    "StoredFile",
    "StoredPart",
    "TokenAnswer",
    "TokenRefused",
    "TrashPage",
    "Upload",
    "UploadForm",
]
