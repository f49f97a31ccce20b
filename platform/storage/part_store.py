"""An optional ability of a store: taking one object in parts.

The promise is the store's: a multipart upload that is not there is None or nothing, never an error; what storage can't
answer in time raises Problem STORAGE_UNAVAILABLE.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from botocore.exceptions import ClientError
from django.conf import settings

from kernel.object_keys import ObjectKey
from storage import encryption
from storage.answers import storage_answers, storage_circuit
from storage.clients import prompt_client, s3_client
from storage.parts import HeldPart

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT = {"404", "NoSuchUpload", "NoSuchKey"}
_NOT_ALL = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall"}


class PartStore(Protocol):
    """What Gatehouse needs of storage for files in parts."""

    def begin(
        self,
        key: ObjectKey,
        content_type: str,
        metadata: Mapping[str, str],
        tags: Mapping[str, str],
        *,
        encryption_key: str,
    ) -> str:
        """Begin an upload whose object will have this type, metadata, tags and key; returns storage's id of it."""

    def held(self, key: ObjectKey, multipart_id: str) -> list[HeldPart] | None:
        """The parts that storage has, by number; None once it is finished or aborted."""

    def finish(self, key: ObjectKey, multipart_id: str, parts: Sequence[HeldPart]) -> None:
        """Make the object of exactly these parts; what can't be made is simply not there afterwards."""

    def discard(self, key: ObjectKey, multipart_id: str) -> None:
        """Forget the parts; an upload that isn't there is fine."""


class S3PartStore:
    """Any S3-compatible engine, through boto3."""

    def __init__(self, client: "S3Client", bucket: str, *, prompt: "S3Client | None" = None) -> None:
        """The `prompt` client hardly waits, for what takes storage no time."""
        self._client, self._bucket, self._prompt = client, bucket, prompt or client
        self._circuit = storage_circuit()

    def begin(
        self,
        key: ObjectKey,
        content_type: str,
        metadata: Mapping[str, str],
        tags: Mapping[str, str],
        *,
        encryption_key: str,
    ) -> str:
        """CreateMultipartUpload, encrypted at rest."""
        with storage_answers(self._circuit):
            answer = self._prompt.create_multipart_upload(
                Bucket=self._bucket,
                Key=str(key),
                ContentType=content_type,
                Metadata=dict(metadata),
                Tagging=urlencode(dict(tags)),
                **encryption.parameters(encryption_key),
            )
        return answer["UploadId"]

    def held(self, key: ObjectKey, multipart_id: str) -> list[HeldPart] | None:
        """ListParts, page by page."""
        pages = self._prompt.get_paginator("list_parts")
        with storage_answers(self._circuit):
            try:
                return [
                    HeldPart(part["PartNumber"], part["Size"], part["ETag"].strip('"'))
                    for page in pages.paginate(Bucket=self._bucket, Key=str(key), UploadId=multipart_id)
                    for part in page.get("Parts", [])
                ]
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise

    def finish(self, key: ObjectKey, multipart_id: str, parts: Sequence[HeldPart]) -> None:
        """CompleteMultipartUpload. Whoever asks at the same time may have been faster; the object tells."""
        named = [{"PartNumber": part.number, "ETag": f'"{part.etag}"'} for part in parts]
        with storage_answers(self._circuit):
            try:
                self._client.complete_multipart_upload(
                    Bucket=self._bucket,
                    Key=str(key),
                    UploadId=multipart_id,
                    MultipartUpload={"Parts": named},  # type: ignore[typeddict-item]
                )
            except ClientError as error:
                if _code(error) not in _ABSENT | _NOT_ALL:
                    raise

    def discard(self, key: ObjectKey, multipart_id: str) -> None:
        """AbortMultipartUpload."""
        with storage_answers(self._circuit):
            try:
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=str(key), UploadId=multipart_id)
            except ClientError as error:
                if _code(error) not in _ABSENT:
                    raise


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@functools.cache
def part_store() -> PartStore:
    """The process's store of parts."""
    return S3PartStore(s3_client(), settings.S3_BUCKET, prompt=prompt_client())
