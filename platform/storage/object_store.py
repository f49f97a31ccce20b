"""Object storage as S3 is asked for it, behind the port (`object_port`)."""

import functools
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError
from django.conf import settings

from kernel.errors import STORAGE_UNAVAILABLE, Problem
from kernel.object_keys import Area, ObjectKey
from storage import encryption
from storage.answers import ObjectChangedError, storage_answers, storage_circuit
from storage.clients import prompt_client, s3_client
from storage.object_port import Carried, ObjectFacts, ObjectStore
from storage.object_versions import ObjectVersions

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = [
    "CHUNK_BYTES",
    "LONGEST_COPY_SECONDS",
    "Carried",
    "ObjectChangedError",
    "ObjectFacts",
    "ObjectStore",
    "S3ObjectStore",
    "object_store",
    "s3_client",
]

CHUNK_BYTES = 256 * 1024
COPIED_AT_ONCE_BYTES = 50_000_000
LONGEST_COPY_SECONDS = 600.0
"""For the largest object that CopyObject takes, 5 GB, at less than 10 MB/s."""

_ABSENT = {"404", "NoSuchKey", "NotFound"}


class S3ObjectStore:
    """Any S3-compatible engine, through boto3."""

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        *,
        patient: "S3Client | None" = None,
        prompt: "S3Client | None" = None,
    ) -> None:
        """The `patient` client waits for what takes storage long, the `prompt` one hardly, for what takes none."""
        self._client, self._bucket = client, bucket
        self._patient, self._prompt = patient or client, prompt or client
        self._circuit = storage_circuit()
        self._versions, self._keeps_versions = ObjectVersions(client, bucket), False

    def head(self, key: ObjectKey) -> ObjectFacts | None:
        """HEAD with the stored checksum."""
        with storage_answers(self._circuit):
            try:
                answer = self._prompt.head_object(Bucket=self._bucket, Key=str(key), ChecksumMode="ENABLED")
            except ClientError as error:
                if _is_absent(error):
                    return None
                raise
        if "ContentLength" not in answer or "ETag" not in answer:  # the connection was cut among the headers
            raise Problem(STORAGE_UNAVAILABLE)
        return _facts(dict(answer))

    def look_again(self, key: ObjectKey) -> ObjectFacts | None:
        """GET of the first byte: it comes after the headers, so these are whole once it is there."""
        with storage_answers(self._circuit):
            try:
                answer = self._prompt.get_object(Bucket=self._bucket, Key=str(key), Range="bytes=0-0")
            except ClientError as error:
                if _is_absent(error):
                    return None
                raise
            with closing(answer["Body"]) as body:
                has_come = bool(body.read(1))
        size = answer.get("ContentRange", "").rpartition("/")[2]
        if not has_come or not size.isdecimal():
            raise Problem(STORAGE_UNAVAILABLE)
        return replace(_facts(dict(answer)), size=int(size))

    def read(self, key: ObjectKey, etag: str, first_bytes: int | None = None) -> Iterator[bytes]:
        """GET with If-Match, the first bytes alone where asked."""
        extent: dict[str, Any] = {"Range": f"bytes=0-{first_bytes - 1}"} if first_bytes else {}
        client = self._prompt if first_bytes else self._client
        with storage_answers(self._circuit):
            answer = client.get_object(Bucket=self._bucket, Key=str(key), IfMatch=f'"{etag}"', **extent)
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(CHUNK_BYTES)

    def copy(
        self,
        source: ObjectKey,
        etag: str,
        target: ObjectKey,
        tags: Mapping[str, str],
        *,
        encryption_key: str,
        size: int = 0,
        carrying: Carried | None = None,
    ) -> str:
        """CopyObject with x-amz-copy-source-if-match; tags are replaced, no hold comes along."""
        with storage_answers(self._circuit):
            client = self._patient if size > COPIED_AT_ONCE_BYTES else self._client
            answer = client.copy_object(
                Bucket=self._bucket,
                Key=str(target),
                CopySource={"Bucket": self._bucket, "Key": str(source)},
                CopySourceIfMatch=f'"{etag}"',
                TaggingDirective="REPLACE",
                Tagging=urlencode(dict(tags)),
                **_said_by(carrying),
                **encryption.parameters(encryption_key),
            )
            if source.area == Area.FILES and answer.get("VersionId"):
                self._versions.let_go(str(target), answer["VersionId"])
        return _plain_etag(answer["CopyObjectResult"]["ETag"])

    def put(
        self,
        key: ObjectKey,
        body: bytes,
        content_type: str,
        tags: Mapping[str, str],
        metadata: Mapping[str, str] | None = None,
        *,
        encryption_key: str,
    ) -> str:
        """PutObject, encrypted at rest."""
        with storage_answers(self._circuit):
            answer = self._client.put_object(
                Bucket=self._bucket,
                Key=str(key),
                Body=body,
                ContentType=content_type,
                Metadata=dict(metadata or {}),
                Tagging=urlencode(dict(tags)),
                **encryption.parameters(encryption_key),
            )
        return _plain_etag(answer["ETag"])

    def delete(self, key: ObjectKey) -> None:
        """DeleteObject, which S3 answers alike for what isn't there; each version's where the bucket keeps versions.

        The first answer tells which: it names the version that is, or only marks, the deletion.
        """
        with storage_answers(self._circuit):
            if not self._keeps_versions:
                answer = self._client.delete_object(Bucket=self._bucket, Key=str(key))
                self._keeps_versions = bool(answer.get("VersionId") or answer.get("DeleteMarker"))
            if self._keeps_versions:
                self._versions.remove_all(str(key))


def _said_by(carrying: Carried | None) -> dict[str, Any]:
    if carrying is None:
        return {"MetadataDirective": "COPY"}
    said = {"ContentType": carrying.content_type, "Metadata": dict(carrying.metadata)}
    return {"MetadataDirective": "REPLACE", **said}


def _is_absent(error: ClientError) -> bool:
    return str(error.response.get("Error", {}).get("Code", "")) in _ABSENT


def _plain_etag(etag: str) -> str:
    return etag.strip('"')


def _facts(answer: Mapping[str, Any]) -> ObjectFacts:
    overridable = (
        "CacheControl",
        "ContentDisposition",
        "ContentEncoding",
        "ContentLanguage",
        "WebsiteRedirectLocation",
    )
    return ObjectFacts(
        size=answer["ContentLength"],
        etag=_plain_etag(answer["ETag"]),
        content_type=answer.get("ContentType", ""),
        metadata=answer.get("Metadata", {}),
        encryption=answer.get("ServerSideEncryption", ""),
        encryption_key=answer.get("SSEKMSKeyId", ""),
        sha256=answer.get("ChecksumSHA256", ""),
        overrides={name: answer[name] for name in overridable if answer.get(name)},
    )


@functools.cache
def object_store() -> ObjectStore:
    """The process's store; boto3 clients may be shared between threads."""
    patient = s3_client(LONGEST_COPY_SECONDS)
    return S3ObjectStore(s3_client(), settings.S3_BUCKET, patient=patient, prompt=prompt_client())
