"""The port to cheaper storage: an object goes there and comes back, and what is said of it is what storage confirmed.

Where the engine keeps the class that the settings name, the object is copied onto itself with it and looked at again.
Where it doesn't, the object gets a tag, for a lifecycle rule of the storage's own to go by; Gatehouse then says no more
than that it is marked. So does an object under a customer's key: copied, it would have another ETag than its file.
"""

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.exceptions import ClientError
from django.conf import settings

from kernel.errors import STORAGE_UNAVAILABLE, Problem
from kernel.object_keys import ObjectKey
from storage import encryption
from storage.answers import ObjectChangedError, storage_answers, storage_circuit
from storage.object_store import LONGEST_COPY_SECONDS, s3_client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TAG = "tag"
"""Archived as: marked only."""

TAG_NAME, TAG_VALUE = "archive", "yes"
HOURS_TO_FETCH: Mapping[str, int] = {"GLACIER": 12, "DEEP_ARCHIVE": 48}
"""The classes whose objects must be fetched before they can be read, and how long that takes at most (S3's
documentation of RestoreObject, standard retrievals)."""

_DAYS_FETCHED = 2
_KEEPS_NO_CLASS = {"InvalidStorageClass", "NotImplemented", "InvalidRequest"}
"""What engines say that know no such class; for SeaweedFS a copy onto itself in another class changes nothing."""

_KNOWS_NO_FETCHING = {"NotImplemented", "MethodNotAllowed", "InvalidObjectState", "InvalidRequest", "405", "501"}


class Archive(Protocol):
    """Both raise ObjectChangedError for an object that isn't the one of this ETag, Problem STORAGE_UNAVAILABLE."""

    def put_away(self, key: ObjectKey, etag: str, tags: Mapping[str, str]) -> str:
        """Archive an object that has these tags; returns as what storage confirmed it: a class, or TAG."""

    def fetch(self, key: ObjectKey, etag: str, tags: Mapping[str, str], archived_as: str) -> bool:
        """Bring it back, or ask for that; whether it is back."""


class S3Archive:
    """Any S3-compatible engine, through boto3; `wanted` is a storage class, or empty for the tag."""

    def __init__(self, client: "S3Client", bucket: str, wanted: str, *, patient: "S3Client | None" = None) -> None:
        """The `patient` client waits while storage copies a large object."""
        self._client, self._bucket, self._wanted, self._patient = client, bucket, wanted, patient or client
        self._circuit = storage_circuit()

    def put_away(self, key: ObjectKey, etag: str, tags: Mapping[str, str]) -> str:
        """CopyObject onto itself and HeadObject, else PutObjectTagging and GetObjectTagging."""
        with storage_answers(self._circuit):
            facts = self._require_same(key, etag)
            is_there = bool(self._wanted) and facts.get("StorageClass") == self._wanted  # nobody waited for its copy
            can_be_copied = self._wanted and not facts.get("SSEKMSKeyId")
            if is_there or (can_be_copied and self._keeps_class(key, etag, self._wanted)):
                return self._wanted
            self._tag(key, {**tags, TAG_NAME: TAG_VALUE})
            return TAG

    def fetch(self, key: ObjectKey, etag: str, tags: Mapping[str, str], archived_as: str) -> bool:
        """RestoreObject for the slow classes; then CopyObject onto itself as STANDARD, or the tags without the mark."""
        with storage_answers(self._circuit):
            self._require_same(key, etag)
            if archived_as == TAG:
                self._tag(key, tags)
                return True
            if archived_as in HOURS_TO_FETCH and not self._is_readable(key):
                return False
            self._copy_as(key, etag, "STANDARD")
            return True

    def _require_same(self, key: ObjectKey, etag: str) -> dict[str, Any]:
        facts = self._head(key)
        if facts["ETag"].strip('"') != etag:
            raise ObjectChangedError
        return facts

    def _keeps_class(self, key: ObjectKey, etag: str, wanted: str) -> bool:
        """Whether storage took the class, by what it says afterwards."""
        try:
            self._copy_as(key, etag, wanted)
        except ClientError as error:
            if _code(error) in _KEEPS_NO_CLASS:
                return False
            raise
        return self._head(key).get("StorageClass") == wanted

    def _is_readable(self, key: ObjectKey) -> bool:
        """Whether it was fetched; asks for it where nobody did. An engine that knows no fetching reads at once."""
        restoring = self._head(key).get("Restore", "")
        if restoring:
            return 'ongoing-request="false"' in restoring
        try:
            self._client.restore_object(Bucket=self._bucket, Key=str(key), RestoreRequest={"Days": _DAYS_FETCHED})
        except ClientError as error:
            if _code(error) in _KNOWS_NO_FETCHING:
                return True
            raise
        return False

    def _copy_as(self, key: ObjectKey, etag: str, storage_class: str) -> None:
        """The version that it was stays below it until the next reconcile, where the bucket keeps versions."""
        self._patient.copy_object(
            Bucket=self._bucket,
            Key=str(key),
            CopySource={"Bucket": self._bucket, "Key": str(key)},
            CopySourceIfMatch=f'"{etag}"',
            MetadataDirective="COPY",
            TaggingDirective="COPY",
            StorageClass=cast("Any", storage_class),
            **encryption.parameters(""),
        )
        self._require_same(key, etag)

    def _tag(self, key: ObjectKey, tags: Mapping[str, str]) -> None:
        """Raises Problem STORAGE_UNAVAILABLE where storage doesn't have them afterwards."""
        wanted = [{"Key": name, "Value": value} for name, value in tags.items()]
        self._client.put_object_tagging(Bucket=self._bucket, Key=str(key), Tagging={"TagSet": cast("Any", wanted)})
        kept = self._client.get_object_tagging(Bucket=self._bucket, Key=str(key))["TagSet"]
        if {tag["Key"]: tag["Value"] for tag in kept} != dict(tags):
            raise Problem(STORAGE_UNAVAILABLE)

    def _head(self, key: ObjectKey) -> dict[str, Any]:
        try:
            return dict(self._client.head_object(Bucket=self._bucket, Key=str(key)))
        except ClientError as error:
            if _code(error) in {"404", "NoSuchKey", "NotFound"}:
                raise ObjectChangedError from error
            raise


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@functools.cache
def archive() -> Archive:
    """The process's archive."""
    patient = s3_client(LONGEST_COPY_SECONDS)
    return S3Archive(s3_client(), settings.S3_BUCKET, settings.S3_ARCHIVE_CLASS, patient=patient)
