"""What storage really holds: listed for comparing with what the database says, in the order of the keys."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from storage.object_store import s3_client
from storage.object_versions import ObjectVersion, ObjectVersions

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Listed:
    """One object as the listing has it. Size in bytes."""

    key: str
    size: int
    etag: str
    modified: dt.datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One multipart upload that was begun and neither completed nor aborted."""

    key: str
    upload_id: str
    begun: dt.datetime


class Inventory(Protocol):
    """An optional ability of a store: saying what it holds of one tenant."""

    def objects(self, tenant_id: uuid.UUID) -> Iterator[Listed]:
        """Every object below the tenant's prefix, in the order of the keys."""

    def hidden(self, tenant_id: uuid.UUID) -> Iterator[ObjectVersion]:
        """What `objects` doesn't show: versions below the latest, and marks of deletion."""

    def versions(self, key: str) -> list[ObjectVersion]:
        """All of one key, the latest last."""

    def remove(self, version: ObjectVersion) -> bool:
        """Delete one version; False where storage's own lock keeps it."""

    def unfinished(self, tenant_id: uuid.UUID) -> Iterator[Unfinished]:
        """Every multipart upload below the tenant's prefix that isn't finished."""

    def discard(self, found: Unfinished) -> None:
        """Abort one; one that is gone is fine."""


class S3Inventory:
    """ListObjectsV2 and ListMultipartUploads, page by page."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket
        self._versions = ObjectVersions(client, bucket)

    def objects(self, tenant_id: uuid.UUID) -> Iterator[Listed]:
        """Every object below the tenant's prefix, in the order of the keys."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{tenant_id}/")
        for page in pages:
            for entry in page.get("Contents", []):
                yield Listed(entry["Key"], entry["Size"], entry["ETag"].strip('"'), entry["LastModified"])

    def hidden(self, tenant_id: uuid.UUID) -> Iterator[ObjectVersion]:
        """ListObjectVersions without what is plain to see; nothing where the bucket keeps no versions."""
        if self._versions.are_kept():
            below = self._versions.below(f"{tenant_id}/")
            yield from (version for version in below if version.is_mark or not version.is_latest)

    def versions(self, key: str) -> list[ObjectVersion]:
        """All of one key, the latest last."""
        return self._versions.of(key)

    def remove(self, version: ObjectVersion) -> bool:
        """Delete one version; False where storage's own lock keeps it."""
        return self._versions.remove(version)

    def unfinished(self, tenant_id: uuid.UUID) -> Iterator[Unfinished]:
        """Every multipart upload below the tenant's prefix that isn't finished."""
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=f"{tenant_id}/"
        )
        for page in pages:
            for entry in page.get("Uploads", []):
                yield Unfinished(entry["Key"], entry["UploadId"], entry["Initiated"])

    def discard(self, found: Unfinished) -> None:
        """Abort one; one that is gone is fine."""
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=found.key, UploadId=found.upload_id)
        except self._client.exceptions.NoSuchUpload:
            return


def inventory() -> Inventory:
    """The inventory of the configured store."""
    return S3Inventory(s3_client(), settings.S3_BUCKET)
