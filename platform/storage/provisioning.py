"""Making the bucket, closed to everyone, with the one CORS rule that lets our pages upload and show thumbnails."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from django.conf import settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_THERE_ALREADY = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


def provision(client: "S3Client") -> None:
    """Bring the bucket to the state that Gatehouse needs; running it again changes nothing."""
    _ensure_bucket(client)
    rule = {
        "AllowedOrigins": [settings.SITE_URL],
        "AllowedMethods": ["POST", "PUT", "GET", "HEAD"],
        "AllowedHeaders": ["content-type"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 300,
    }
    client.put_bucket_cors(Bucket=settings.S3_BUCKET, CORSConfiguration={"CORSRules": [rule]})  # type: ignore[list-item]


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
