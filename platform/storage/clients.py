"""Clients of the configured S3 endpoint, by how long they wait."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from django.conf import settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def s3_client(
    answer_seconds: float | None = None, *, connect_seconds: float | None = None, tries: int = 2
) -> "S3Client":
    """A client with short waits and one retry, so that a dead storage is noticed in seconds.

    The waits are for the connection, and for each piece of an answer; those that aren't given are the settings'.
    """
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=settings.S3_ENDPOINT_URL,
        region_name=settings.S3_REGION,
        aws_access_key_id=settings.S3_ACCESS_KEY_ID,
        aws_secret_access_key=settings.S3_SECRET_ACCESS_KEY,
        config=Config(
            signature_version="s3v4",
            connect_timeout=connect_seconds or settings.S3_CONNECT_SECONDS,
            read_timeout=answer_seconds or settings.S3_ANSWER_SECONDS,
            retries={"total_max_attempts": tries, "mode": "standard"},
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    return client


def prompt_client() -> "S3Client":
    """A client for what storage does at once and somebody waits for: to look at an object, to begin one in parts."""
    return s3_client(settings.S3_PROMPT_ANSWER_SECONDS, connect_seconds=settings.S3_PROMPT_CONNECT_SECONDS)
