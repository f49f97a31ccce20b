"""Making the bucket, closed to everyone, with the rules that let our pages upload and clear away unfinished parts."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from django.conf import settings

from storage.bucket_rules import set_backstop
from storage.object_lock import S3ObjectLock
from storage.websites import let_in, open_to

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_THERE_ALREADY = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


class NoObjectLockError(RuntimeError):
    """Object lock is wished for, and the bucket that is there has none."""


def provision(client: "S3Client") -> None:
    """Bring the bucket to the state that Gatehouse needs; running it again changes nothing, other websites stay.

    Raises NoObjectLockError. A bucket that has been used is not given a lock here: that can't be taken back, and not
    every engine then locks what came before (SeaweedFS says that it did, and deletes it).
    """
    _ensure_bucket(client)
    if settings.S3_OBJECT_LOCK and not S3ObjectLock(client, settings.S3_BUCKET).is_there():
        raise NoObjectLockError
    open_to(client, let_in(client))
    set_backstop(client)


def _ensure_bucket(client: "S3Client") -> None:
    wishes: dict[str, Any] = {"ObjectLockEnabledForBucket": True} if settings.S3_OBJECT_LOCK else {}
    if settings.S3_REGION != "us-east-1":
        wishes["CreateBucketConfiguration"] = {"LocationConstraint": settings.S3_REGION}
    try:
        client.create_bucket(Bucket=settings.S3_BUCKET, **wishes)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _THERE_ALREADY:
            raise
