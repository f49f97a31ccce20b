"""Making the bucket, closed to everyone, with the CORS rule that lets our pages upload and show thumbnails."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from django.conf import settings

from storage.websites import let_in, open_to

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_THERE_ALREADY = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


def provision(client: "S3Client") -> None:
    """Bring the bucket to the state that Gatehouse needs; running it again changes nothing, other websites stay."""
    _ensure_bucket(client)
    open_to(client, let_in(client))


def _ensure_bucket(client: "S3Client") -> None:
    try:
        if settings.S3_REGION == "us-east-1":
            client.create_bucket(Bucket=settings.S3_BUCKET)
        else:
            place = {"LocationConstraint": settings.S3_REGION}
            client.create_bucket(Bucket=settings.S3_BUCKET, CreateBucketConfiguration=place)  # type: ignore[arg-type]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _THERE_ALREADY:
            raise
