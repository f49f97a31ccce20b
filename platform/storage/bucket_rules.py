"""The rule that storage keeps by itself: what was begun in parts and never finished is discarded there too.

A backstop behind the reconcile, which does the same within hours. Nothing that a row needs is ever that old: parts
come within the minutes that their links live. Quarantine has no such rule on purpose, since what waits there for a
person's decision waits as long as it takes; no more do files, whose days change with their labels and their owner.
"""

import enum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from django.conf import settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UNFINISHED_DAYS = 7
_NAME = "gatehouse-unfinished-uploads"
_HAS_NO_RULES = {"NotImplemented", "MethodNotAllowed", "InvalidRequest", "MalformedXML", "501", "405"}
"""In the words of engines that know no lifecycle rules, or not this one."""

_NONE_YET = {"NoSuchLifecycleConfiguration"}


class Backstop(enum.Enum):
    """What storage shows of the rule."""

    KEPT = enum.auto()
    MISSING = enum.auto()
    UNKNOWN_TO_STORAGE = enum.auto()


def set_backstop(client: "S3Client") -> Backstop:
    """PutBucketLifecycleConfiguration, and what storage shows afterwards; others' rules stay as they are."""
    try:
        rules = _rules(client)
        if _is_kept(rules):
            return Backstop.KEPT
        others = [rule for rule in rules if rule.get("ID") != _NAME]
        wanted: Any = {"Rules": [*others, _rule()]}
        client.put_bucket_lifecycle_configuration(Bucket=settings.S3_BUCKET, LifecycleConfiguration=wanted)
    except ClientError as error:
        if _code(error) in _HAS_NO_RULES:
            return Backstop.UNKNOWN_TO_STORAGE
        raise
    return backstop(client)


def backstop(client: "S3Client") -> Backstop:
    """GetBucketLifecycleConfiguration."""
    try:
        return Backstop.KEPT if _is_kept(_rules(client)) else Backstop.MISSING
    except ClientError as error:
        if _code(error) in _HAS_NO_RULES:
            return Backstop.UNKNOWN_TO_STORAGE
        raise


def _rule() -> dict[str, Any]:
    return {
        "ID": _NAME,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
    }


def _rules(client: "S3Client") -> list[Any]:
    try:
        return list(client.get_bucket_lifecycle_configuration(Bucket=settings.S3_BUCKET).get("Rules", []))
    except ClientError as error:
        if _code(error) in _NONE_YET:
            return []
        raise


def _is_kept(rules: list[Any]) -> bool:
    """Whether our own rule is on, for the whole bucket; engines add fields and leave empty ones out."""
    ours: Any = next((rule for rule in rules if rule.get("ID") == _NAME), {})
    days = ours.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation")
    is_for_all = not ours.get("Filter", {}).get("Prefix") and not ours.get("Prefix")
    return ours.get("Status") == "Enabled" and days == UNFINISHED_DAYS and is_for_all


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
