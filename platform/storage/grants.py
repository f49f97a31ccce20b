"""What Gatehouse hands out for one object: a form to upload it once, a link to read it for a minute or so."""

import base64
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings

from kernel.object_keys import ObjectKey
from storage import encryption
from storage.models import StoredFile, Upload
from storage.parts import length_of
from storage.signing import Signer, sign_get, sign_post, sign_put

METADATA_PREFIX = "x-amz-meta-"


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A form that storage accepts once it is sent with the fields as they are and the file as the last one."""

    url: str
    fields: Mapping[str, str]


@cache
def _signer() -> Signer:
    return Signer(settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY, settings.S3_REGION)


def object_metadata(upload: Upload) -> dict[str, str]:
    """The metadata that the object must carry: whose it is, which labels it has. Lower-case names, ASCII values."""
    return {
        "gatehouse-tenant": str(upload.tenant_id),
        "gatehouse-app": str(upload.app_id),
        "gatehouse-upload": str(upload.id),
        **{f"gatehouse-{name}": value for name, value in upload.labels.items()},
        **{f"app-{name}": quote(str(value), safe=" -_.~/:") for name, value in upload.metadata.items()},
    }


def object_tags(stored: Upload | StoredFile) -> dict[str, str]:
    """The tags that lifecycle and cost reports go by."""
    return {"tenant": str(stored.tenant_id), "app": str(stored.app_id), **stored.labels}


def upload_form(upload: Upload, now: dt.datetime, then: str = "") -> UploadForm:
    """The signed form for exactly this upload: one key, one type, at most the declared size, every label.

    A browser that sends it without a script is led on to the address `then` (S3: `success_action_redirect`).
    """
    fields = {
        "key": str(upload.quarantine_key),
        "Content-Type": upload.content_type,
        **({"success_action_redirect": then} if then else {"success_action_status": "201"}),
        **encryption.form_fields(upload.encryption_key),
        **_tag_field(tuple(object_tags(upload).items())),
        **{METADATA_PREFIX + name: value for name, value in object_metadata(upload).items()},
        **_checksum_fields(upload.declared_sha256),
    }
    signed = sign_post(
        _signer(),
        bucket=settings.S3_BUCKET,
        fields=fields,
        size_range=(1, upload.declared_size),
        expires_at=upload.expires_at,
        now=now,
    )
    return UploadForm(url=f"{settings.S3_PUBLIC_ENDPOINT_URL}/{settings.S3_BUCKET}/", fields=signed)


def part_url(upload: Upload, number: int, *, lives_seconds: int, now: dt.datetime) -> str:
    """Where exactly this part of this upload goes, of exactly its length."""
    endpoint = urlsplit(settings.S3_PUBLIC_ENDPOINT_URL)
    signed = sign_put(
        _signer(),
        host=endpoint.netloc,
        path=f"{endpoint.path}/{settings.S3_BUCKET}/{upload.quarantine_key}",
        query={"partNumber": str(number), "uploadId": upload.multipart_id},
        size=length_of(upload, number),
        lives_seconds=lives_seconds,
        now=now,
    )
    return f"{endpoint.scheme}://{endpoint.netloc}{signed}"


def download_url(key: ObjectKey, *, answer_headers: Mapping[str, str], lives_seconds: int, now: dt.datetime) -> str:
    """A link that reads one object until `lives_seconds` after `now`, answered with these headers only."""
    endpoint = urlsplit(settings.S3_PUBLIC_ENDPOINT_URL)
    signed = sign_get(
        _signer(),
        host=endpoint.netloc,
        path=f"{endpoint.path}/{settings.S3_BUCKET}/{key}",
        query={f"response-{name}": value for name, value in answer_headers.items()},
        lives_seconds=lives_seconds,
        now=now,
    )
    return f"{endpoint.scheme}://{endpoint.netloc}{signed}"


def attachment_named(name: str) -> str:
    """A Content-Disposition that saves under this name and never opens in the page (RFC 6266 §4.3)."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def sha256_as_base64(hexadecimal: str) -> str:
    """S3 writes checksums in base64."""
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


@lru_cache(maxsize=1024)
def _tag_field(tags: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """AWS takes an XML `tagging` field in a POST, SeaweedFS only the header's form under the header's name.

    Kept, as one app's uploads mostly carry the same tags.
    """
    if settings.S3_POST_TAG_FIELD == "x-amz-tagging":
        return MappingProxyType({"x-amz-tagging": urlencode(tags)})
    entries = "".join(f"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>" for key, value in tags)
    return MappingProxyType({"tagging": f"<Tagging><TagSet>{entries}</TagSet></Tagging>"})


def _checksum_fields(sha256: str) -> dict[str, str]:
    if not sha256:
        return {}
    return {"x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-sha256": sha256_as_base64(sha256)}
