"""Which websites' pages may send to storage and read from it, as storage tells browsers (the Fetch standard's CORS).

This is a courtesy to browsers, not a lock: what a page may do is said by the signature that it was given.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog
from botocore.exceptions import ClientError
from django.conf import settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST_WEBSITES = 1_000
"""An S3 server takes 64 kB of rules; a website's name has 40 bytes as a rule, and at most 300."""

_METHODS = ["POST", "PUT", "GET", "HEAD"]
_NONE_YET = {"NoSuchCORSConfiguration"}
_log = structlog.get_logger(__name__)


def open_to(client: "S3Client", websites: Sequence[str]) -> None:
    """Let our own pages and those of exactly these websites in; nothing is written where it is so already.

    The first `MOST_WEBSITES` are let in, the others are logged.
    """
    if len(websites) > MOST_WEBSITES:
        _log.error("too_many_websites_for_storage", left_out=len(websites) - MOST_WEBSITES)
    others = [site for site in websites[:MOST_WEBSITES] if site != settings.SITE_URL]
    wanted = [_rule([settings.SITE_URL]), *([_rule(others)] if others else [])]
    if _told(client) != [_essence(rule) for rule in wanted]:
        client.put_bucket_cors(Bucket=settings.S3_BUCKET, CORSConfiguration={"CORSRules": wanted})  # type: ignore[typeddict-item]


def let_in(client: "S3Client") -> list[str]:
    """The other websites that storage lets in now."""
    return [site for _methods, sites in _told(client) for site in sites if site != settings.SITE_URL]


def _rule(websites: Sequence[str]) -> dict[str, Any]:
    return {
        "AllowedOrigins": list(websites),
        "AllowedMethods": _METHODS,
        "AllowedHeaders": ["content-type"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 300,
    }


def _essence(rule: Any) -> tuple[list[str], list[str]]:
    return sorted(rule.get("AllowedMethods", [])), list(rule.get("AllowedOrigins", []))


def _told(client: "S3Client") -> list[tuple[list[str], list[str]]]:
    try:
        answer = client.get_bucket_cors(Bucket=settings.S3_BUCKET)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _NONE_YET:
            return []
        raise
    return [_essence(rule) for rule in answer.get("CORSRules", [])]
