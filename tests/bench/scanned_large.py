"""Two gigabytes: `python -m tests.bench.scanned_large` brings them into quarantine and prints tenant and upload.

With these two as arguments it scans them and prints what that took as JSON: seconds, and the highest memory of this
process and of its children, in bytes.
"""

# ruff: noqa: E402 - models can be imported only once Django is set up

import json
import random
import resource
import sys
import time
import uuid

import django

django.setup()

from django.conf import settings

from scanning import pipeline
from scanning.engines.registry import engines
from storage.object_store import object_store, s3_client
from tests.bench.scanned import roomy_app
from tests.scanning.world import announced, received

SIZE_BYTES = 2_000_000_000
_PART_BYTES = 50_000_000


def bring() -> None:
    """In parts of the same noise, since nothing here looks for what repeats."""
    upload = announced(roomy_app(), SIZE_BYTES, "application/octet-stream", "large.bin")
    place = {"Bucket": settings.S3_BUCKET, "Key": str(upload.quarantine_key)}
    client, noise = s3_client(), random.Random(7).randbytes(_PART_BYTES)
    sent = client.create_multipart_upload(**place, ContentType="application/octet-stream")["UploadId"]
    parts = []
    for number in range(1, SIZE_BYTES // _PART_BYTES + 1):
        etag = client.upload_part(**place, UploadId=sent, PartNumber=number, Body=noise)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    client.complete_multipart_upload(**place, UploadId=sent, MultipartUpload={"Parts": parts})
    received(upload, object_store())
    print(json.dumps({"tenant": str(upload.tenant_id), "upload": str(upload.id)}))


def scan(tenant_id: uuid.UUID, upload_id: uuid.UUID) -> None:
    began = time.perf_counter()
    ended = pipeline.scan_upload(object_store(), engines(settings.CLAMD_URL), tenant_id, upload_id)
    told = {"seconds": time.perf_counter() - began, "state": ended.state if ended else ""}
    for name, whose in (("process", resource.RUSAGE_SELF), ("children", resource.RUSAGE_CHILDREN)):
        told[name] = resource.getrusage(whose).ru_maxrss * 1024
    print(json.dumps(told))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        scan(*map(uuid.UUID, sys.argv[1:]))
    else:
        bring()
