"""The port to storage's own lock: holds and retention that bind whoever has storage's keys, as far as storage shows it.

What is said of them is what storage answered when it was asked again. SeaweedFS takes a hold on bytes that came
before their bucket had versions, and doesn't keep it: such a hold is refused here.
"""

import datetime as dt
import functools
from typing import TYPE_CHECKING, Protocol, cast

from botocore.exceptions import ClientError
from django.conf import settings

from kernel.object_keys import ObjectKey
from storage.answers import ObjectChangedError, storage_answers, storage_circuit
from storage.object_store import s3_client
from storage.object_versions import Mode, ObjectVersion, ObjectVersions, Retention

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_HAS_NONE = {"ObjectLockConfigurationNotFoundError", "NotImplemented", "MethodNotAllowed", "501", "405"}


class HoldNotKeptError(RuntimeError):
    """Storage took the hold, or its end, and shows something else when it is asked."""


class RetentionNotKeptError(RuntimeError):
    """Storage took the retention, and shows a shorter one or none when it is asked."""


class ObjectLock(Protocol):
    """What Gatehouse needs of a storage that locks. All raise Problem STORAGE_UNAVAILABLE."""

    def is_there(self) -> bool:
        """Whether the bucket has object lock; what can't be told is an error, never a no."""

    def hold(self, key: ObjectKey, etag: str) -> None:
        """Hold the newest version that has this ETag; again changes nothing.

        Raises ObjectChangedError where none has it, HoldNotKeptError.
        """

    def release(self, key: ObjectKey) -> None:
        """End the hold on every version of the key; one that isn't there is fine. Raises HoldNotKeptError."""

    def retain(self, key: ObjectKey, etag: str, until: dt.datetime) -> dt.datetime:
        """Keep the newest version that has this ETag at least until then; until when storage shows that it does.

        What is kept longer already stays so. Raises ObjectChangedError where none has it, RetentionNotKeptError.
        """

    def kept_until(self, key: ObjectKey, etag: str) -> dt.datetime | None:
        """Until when storage shows that it keeps that version, as strictly as is set; None where it doesn't.

        Raises ObjectChangedError where none has this ETag.
        """

    def is_held(self, key: ObjectKey, etag: str) -> bool:
        """Whether storage shows a hold on that version. Raises ObjectChangedError where none has this ETag."""


class S3ObjectLock:
    """Any S3-compatible engine, through boto3."""

    def __init__(self, client: "S3Client", bucket: str, mode: Mode = "GOVERNANCE") -> None:
        self._client, self._bucket, self._mode = client, bucket, mode
        self._versions, self._circuit = ObjectVersions(client, bucket), storage_circuit()
        self._was_there = False

    def is_there(self) -> bool:
        """GetObjectLockConfiguration, until it said yes: nothing takes object lock from a bucket."""
        if not self._was_there:
            with storage_answers(self._circuit):
                self._was_there = self._is_configured()
        return self._was_there

    def hold(self, key: ObjectKey, etag: str) -> None:
        """PutObjectLegalHold, and GetObjectLegalHold to see it."""
        with storage_answers(self._circuit):
            wanted = [version for version in self._versions.of(str(key)) if version.etag == etag]
            if wanted and not self._versions.set_hold(wanted[-1], on=True):
                raise HoldNotKeptError
        if not wanted:
            raise ObjectChangedError

    def release(self, key: ObjectKey) -> None:
        """PutObjectLegalHold where GetObjectLegalHold shows one, and once more to see that it is gone."""
        with storage_answers(self._circuit):
            for version in self._versions.of(str(key)):
                is_held = not version.is_mark and self._versions.is_on_hold(version)
                if is_held and not self._versions.set_hold(version, on=False):
                    raise HoldNotKeptError

    def retain(self, key: ObjectKey, etag: str, until: dt.datetime) -> dt.datetime:
        """PutObjectRetention where GetObjectRetention shows less, and that once more. Storage counts in seconds."""
        wanted = Retention(self._mode, until.replace(microsecond=0) + dt.timedelta(seconds=1))
        with storage_answers(self._circuit):
            version = self._newest(key, etag)
            if version is not None:
                if not _covers(self._versions.retention(version), wanted):
                    self._versions.set_retention(version, wanted)
                kept = self._versions.retention(version)
        if version is None:
            raise ObjectChangedError
        if kept is None or not _covers(kept, wanted):
            raise RetentionNotKeptError
        return kept.until

    def kept_until(self, key: ObjectKey, etag: str) -> dt.datetime | None:
        """GetObjectRetention."""
        with storage_answers(self._circuit):
            version = self._newest(key, etag)
            kept = self._versions.retention(version) if version else None
        if version is None:
            raise ObjectChangedError
        return kept.until if kept is not None and _is_as_strict(kept, self._mode) else None

    def is_held(self, key: ObjectKey, etag: str) -> bool:
        """GetObjectLegalHold."""
        with storage_answers(self._circuit):
            version = self._newest(key, etag)
            held = version is not None and self._versions.is_on_hold(version)
        if version is None:
            raise ObjectChangedError
        return held

    def _newest(self, key: ObjectKey, etag: str) -> ObjectVersion | None:
        return next((one for one in reversed(self._versions.of(str(key))) if one.etag == etag), None)

    def _is_configured(self) -> bool:
        try:
            answer = self._client.get_object_lock_configuration(Bucket=self._bucket)
        except ClientError as error:
            if _code(error) in _HAS_NONE:
                return False
            raise
        return answer.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"


def _covers(kept: Retention | None, wanted: Retention) -> bool:
    """Whether what storage keeps is as strict and as long."""
    return kept is not None and kept.until >= wanted.until and _is_as_strict(kept, wanted.mode)


def _is_as_strict(kept: Retention, mode: Mode) -> bool:
    return kept.mode in {mode, "COMPLIANCE"}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@functools.cache
def object_lock() -> ObjectLock:
    """The process's lock."""
    return S3ObjectLock(s3_client(), settings.S3_BUCKET, cast("Mode", settings.S3_RETENTION_MODE))
