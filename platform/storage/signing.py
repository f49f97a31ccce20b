"""Signature Version 4 for the requests that Gatehouse hands out: a browser's POST, the PUT of one part, and a GET.

Own code, since it is on the path of every upload: signing takes microseconds here and milliseconds in the SDK, which
the tests use as the oracle. Source: Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)":
"Creating a POST policy" and "Using query parameters".
"""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import orjson

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Signer:
    """A storage credential that signs and is never handed out. Its repr hides the secret."""

    access_key_id: str
    secret_access_key: str
    region: str

    def __repr__(self) -> str:
        return f"Signer({self.access_key_id!r}, region={self.region!r})"

    def scope(self, now: dt.datetime) -> str:
        """The credential scope of a day: date, region, service, terminator."""
        return f"{now:%Y%m%d}/{self.region}/s3/aws4_request"

    def credential(self, now: dt.datetime) -> str:
        """What the request names as its signer."""
        return f"{self.access_key_id}/{self.scope(now)}"

    def sign(self, text: str, now: dt.datetime) -> str:
        """The hex signature of a string to sign."""
        key = _day_key(self.secret_access_key, f"{now:%Y%m%d}", self.region)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=8)
def _day_key(secret: str, date: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def sign_post(
    signer: Signer,
    *,
    bucket: str,
    fields: Mapping[str, str],
    size_range: tuple[int, int],
    expires_at: dt.datetime,
    now: dt.datetime,
) -> dict[str, str]:
    """The form fields of a POST that storage accepts for exactly these fields, within `size_range` bytes.

    Every field is a condition: a value that the browser changes makes storage refuse the whole form.
    """
    stamped = {
        **fields,
        "x-amz-algorithm": _ALGORITHM,
        "x-amz-credential": signer.credential(now),
        "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
    }
    conditions: list[Mapping[str, str] | Sequence[str | int]] = [{"bucket": bucket}]
    conditions += [{name: value} for name, value in stamped.items()]
    conditions.append(["content-length-range", *size_range])
    policy = {"expiration": f"{expires_at:%Y-%m-%dT%H:%M:%S.000Z}", "conditions": conditions}
    encoded = base64.b64encode(orjson.dumps(policy)).decode()
    return {**stamped, "policy": encoded, "x-amz-signature": signer.sign(encoded, now)}


def sign_get(
    signer: Signer, *, host: str, path: str, query: Mapping[str, str], lives_seconds: int, now: dt.datetime
) -> str:
    """The path and query of a GET that storage answers until `lives_seconds` after `now`.

    `query` overrides what storage answers (`response-content-disposition`…); it is signed, so it can't be changed.
    """
    return _sign_query(signer, "GET", path, query, {"host": host}, lives_seconds, now)


def sign_put(
    signer: Signer,
    *,
    host: str,
    path: str,
    query: Mapping[str, str],
    size: int,
    lives_seconds: int,
    now: dt.datetime,
) -> str:
    """The path and query of a PUT of exactly `size` bytes, which must begin within `lives_seconds` after `now`.

    The length is a signed header: a body of another length, or of none that is told beforehand, is refused.
    """
    headers = {"content-length": str(size), "host": host}
    return _sign_query(signer, "PUT", path, query, headers, lives_seconds, now)


def _sign_query(
    signer: Signer,
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    lives_seconds: int,
    now: dt.datetime,
) -> str:
    """The path with its signed query; `headers` are signed too, named in small letters and in their order."""
    signed_headers = ";".join(headers)
    parameters = {
        **query,
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Credential": signer.credential(now),
        "X-Amz-Date": f"{now:%Y%m%dT%H%M%SZ}",
        "X-Amz-Expires": str(lives_seconds),
        "X-Amz-SignedHeaders": signed_headers,
    }
    encoded_path = quote(path, safe="/-_.~")
    encoded_query = "&".join(f"{_escape(name)}={_escape(parameters[name])}" for name in sorted(parameters))
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"{method}\n{encoded_path}\n{encoded_query}\n{lines}\n{signed_headers}\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"{_ALGORITHM}\n{parameters['X-Amz-Date']}\n{signer.scope(now)}\n{digest}"
    return f"{encoded_path}?{encoded_query}&X-Amz-Signature={signer.sign(text, now)}"


def _escape(text: str) -> str:
    return quote(text, safe="-_.~")
