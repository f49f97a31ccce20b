"""An optional ability of a bucket: keeping every version of an object, as one with object lock must.

There a deletion only hides: the bytes stay below a mark of deletion until each version is deleted by its own name.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, TypeAlias

import structlog
from botocore.exceptions import ClientError

from kernel import clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_log = structlog.get_logger(__name__)
_KNOWS_NO_VERSIONS = {"NotImplemented", "MethodNotAllowed", "501", "405"}
_REFUSED = {"AccessDenied", "403"}
_NOT_HELD = {"NoSuchObjectLegalHold", "NoSuchObjectLockConfiguration", "InvalidRequest"}
"""In the words of SeaweedFS and of S3; the last where the bucket has no object lock at all."""


Mode: TypeAlias = Literal["GOVERNANCE", "COMPLIANCE"]

_NOT_RETAINED = {*_NOT_HELD, "ObjectLockConfigurationNotFoundError"}
"""The last is SeaweedFS's word for a version that has no retention in a bucket that locks."""


@dataclass(frozen=True, slots=True)
class Retention:
    """`GOVERNANCE` yields to whoever has the right to pass it, `COMPLIANCE` to nobody."""

    mode: Mode
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version as the listing has it. Size in bytes; a mark of deletion has neither size nor ETag."""

    key: str
    version_id: str
    modified: dt.datetime
    is_latest: bool
    size: int = 0
    etag: str = ""

    @property
    def is_mark(self) -> bool:
        """Whether it says no more than that the object is deleted."""
        return not self.etag


class ObjectVersions:
    """ListObjectVersions and DeleteObject by version, of any S3-compatible engine. Errors are boto3's own."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def are_kept(self) -> bool:
        """Whether the bucket keeps versions, or did so once."""
        try:
            return bool(self._client.get_bucket_versioning(Bucket=self._bucket).get("Status"))
        except ClientError as error:
            if _code(error) in _KNOWS_NO_VERSIONS:
                return False
            raise

    def of(self, key: str) -> list[ObjectVersion]:
        """All of one key, the oldest first and the latest last."""
        found = [version for version in self.below(key) if version.key == key]
        return sorted(found, key=attrgetter("is_latest", "modified"))

    def below(self, prefix: str) -> Iterator[ObjectVersion]:
        """All of the keys that begin so, key after key, page by page."""
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix):
            for entry in page.get("Versions", []):
                etag = entry["ETag"].strip('"')
                yield ObjectVersion(
                    entry["Key"], entry["VersionId"], entry["LastModified"], entry["IsLatest"], entry["Size"], etag
                )
            for mark in page.get("DeleteMarkers", []):
                yield ObjectVersion(mark["Key"], mark["VersionId"], mark["LastModified"], mark["IsLatest"])

    def remove_all(self, key: str) -> None:
        """Delete every version of a key, except what storage's own lock keeps.

        The latest goes last: killed in between, the object is still listed, so the reconcile finds it.
        """
        for version in self.of(key):
            self.remove(version)

    def remove(self, version: ObjectVersion) -> bool:
        """Delete one version; False where storage's own lock keeps it."""
        try:
            self._client.delete_object(Bucket=self._bucket, Key=version.key, VersionId=version.version_id)
        except ClientError as error:
            if _code(error) not in _REFUSED or not self._is_locked(version):
                raise
            _log.warning("storage_keeps_version", key=version.key, version=version.version_id)
            return False
        return True

    def is_on_hold(self, version: ObjectVersion) -> bool:
        """Whether a legal hold keeps one version, as storage shows it."""
        try:
            answer = self._client.get_object_legal_hold(
                Bucket=self._bucket, Key=version.key, VersionId=version.version_id
            )
        except ClientError as error:
            if _code(error) in _NOT_HELD:
                return False
            raise
        return answer["LegalHold"].get("Status") == "ON"

    def set_hold(self, version: ObjectVersion, *, on: bool) -> bool:
        """Place or end a legal hold on one version; whether storage shows it so afterwards."""
        self._client.put_object_legal_hold(
            Bucket=self._bucket,
            Key=version.key,
            VersionId=version.version_id,
            LegalHold={"Status": "ON" if on else "OFF"},
        )
        return self.is_on_hold(version) == on

    def let_go(self, key: str, version_id: str) -> None:
        """End the hold of one version that is just made, if any: SeaweedFS gives a copy the hold of its source."""
        made = [version for version in self.of(key) if version.version_id == version_id]
        for version in made:
            if self.is_on_hold(version):
                self.set_hold(version, on=False)

    def retention(self, version: ObjectVersion) -> "Retention | None":
        """Until when storage keeps one version, and how strictly; None where it doesn't."""
        try:
            answer = self._client.get_object_retention(
                Bucket=self._bucket, Key=version.key, VersionId=version.version_id
            )["Retention"]
        except ClientError as error:
            if _code(error) in _NOT_RETAINED:
                return None
            raise
        if "RetainUntilDate" not in answer or "Mode" not in answer:
            return None
        return Retention(answer["Mode"], answer["RetainUntilDate"])

    def set_retention(self, version: ObjectVersion, wanted: "Retention") -> None:
        """Keep one version until then. Storage refuses to shorten what it keeps already."""
        self._client.put_object_retention(
            Bucket=self._bucket,
            Key=version.key,
            VersionId=version.version_id,
            Retention={"Mode": wanted.mode, "RetainUntilDate": wanted.until},
        )

    def _is_locked(self, version: ObjectVersion) -> bool:
        """Asked after a refusal, which may also mean that our credential lacks the right to delete versions."""
        return self.is_on_hold(version) or self._is_retained(version)

    def _is_retained(self, version: ObjectVersion) -> bool:
        try:
            kept = self.retention(version)
        except ClientError:
            return False
        return kept is not None and kept.until > clock.now()


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
