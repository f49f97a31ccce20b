"""Parts of both clients on a real S3 server: signed addresses that end, resuming, the bytes as they arrived.

The API's part is played by a small server that follows its contract with an S3 library that we did not write.
"""

import json
import math
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from gatehouse import Gatehouse

from tests.sdk.python.conftest import QUICK
from tests.sdk.python.servers import Answer, Asked

PART = 5 * 2**20
FILM = secrets.token_bytes(1000) * (2 * PART // 1000 + 300)
SDK = Path(__file__).resolve().parents[3] / "platform" / "sdk" / "javascript" / "gatehouse.js"


class Contract:
    """Uploads in parts as the API's contract says."""

    def __init__(self, storage: Any, bucket: str) -> None:
        self.storage = storage
        self.object = {"Bucket": bucket, "Key": f"quarantine/{secrets.token_hex(8)}"}
        self.upload: dict[str, str] = {}
        self.state = "started"

    def __call__(self, asked: Asked, earlier: int) -> Answer:
        match f"{asked.method} {asked.path}":
            case "POST /uploads":
                return self._start(asked.json["size"])
            case "POST /uploads/u1/parts":
                return Answer(200, {"parts": [self._sign(number) for number in asked.json["numbers"]]})
            case "GET /uploads/u1/parts":
                return Answer(200, {"parts": self.held()})
            case "POST /uploads/u1/complete":
                self._complete()
        return Answer(200, {"id": "u1", "state": self.state})

    def held(self) -> list[dict[str, Any]]:
        parts = self.storage.list_parts(**self.upload).get("Parts", [])
        return [{"number": part["PartNumber"], "size": part["Size"], "etag": part["ETag"]} for part in parts]

    def stored(self) -> bytes:
        body: bytes = self.storage.get_object(**self.object)["Body"].read()
        return body

    def _start(self, size: int) -> Answer:
        begun = self.storage.create_multipart_upload(**self.object, ServerSideEncryption="AES256")
        self.upload = {**self.object, "UploadId": begun["UploadId"]}
        count = math.ceil(size / PART)
        signed = [self._sign(number) for number in range(1, count + 1)]
        plan = {"method": "PUT", "part_size": PART, "part_count": count, "parts": signed}
        return Answer(201, {"id": "u1", "state": "started", "upload": plan})

    def _sign(self, number: int) -> dict[str, Any]:
        wanted = {**self.upload, "PartNumber": number}
        return {"number": number, "url": self.storage.generate_presigned_url("upload_part", wanted, 60)}

    def _complete(self) -> None:
        parts = [{"PartNumber": part["number"], "ETag": part["etag"]} for part in self.held()]
        self.storage.complete_multipart_upload(**self.upload, MultipartUpload={"Parts": parts})
        self.state = "received"


@pytest.fixture
def storage() -> Any:
    return boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT_URL"],
        region_name=os.environ["S3_REGION"],
        aws_access_key_id=os.environ["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=os.environ["S3_SECRET_ACCESS_KEY"],
    )


@pytest.fixture
def bucket(storage: Any) -> Iterator[str]:
    name = f"sdk-{secrets.token_hex(6)}"
    storage.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": os.environ["S3_REGION"]})
    yield name
    for item in storage.list_objects_v2(Bucket=name).get("Contents", []):
        storage.delete_object(Bucket=name, Key=item["Key"])
    storage.delete_bucket(Bucket=name)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    file = tmp_path / "film.mp4"
    file.write_bytes(FILM)
    return file


def test_the_parts_are_the_file(call: Any, serve: Any, storage: Any, bucket: str, film: Path) -> None:
    contract = Contract(storage, bucket)
    seen: list[int] = []
    end = call(serve(contract), "upload", film, on_progress=lambda sent, total: seen.append(sent))
    assert end.state == "received"
    assert contract.stored() == FILM
    assert seen[-1] == len(FILM)


def test_addresses_that_storage_refuses_are_signed_anew(serve: Any, storage: Any, bucket: str, film: Path) -> None:
    contract = Contract(storage, bucket)
    contract._sign = _spoiling(contract)  # type: ignore[method-assign]
    server = serve(contract)
    with Gatehouse(server.url, lambda refused: "token", delays=QUICK) as gatehouse:
        gatehouse.upload(film)
    assert contract.stored() == FILM
    assert server.lines().count("POST /uploads/u1/parts") >= 1


def _spoiling(contract: Contract) -> Any:
    """Spoils the first three signatures: storage refuses them with 403, as it does those that have ended."""
    real, signed = Contract._sign, []

    def sign(number: int) -> dict[str, Any]:
        part = real(contract, number)
        signed.append(number)
        return {**part, "url": part["url"].replace("X-Amz-Expires=", "X-Amz-Expires=1")} if len(signed) <= 3 else part

    return sign


def test_what_storage_holds_is_not_sent_again(serve: Any, storage: Any, bucket: str, film: Path) -> None:
    contract = Contract(storage, bucket)
    server = serve(contract)
    sent: list[int] = []

    def stop_midway(done: int, total: int) -> None:
        sent.append(done)
        if done > PART + 1000:
            raise KeyboardInterrupt

    with Gatehouse(server.url, lambda refused: "token", delays=QUICK) as gatehouse:
        with pytest.raises(KeyboardInterrupt):
            gatehouse.upload(film, parallel=1, on_progress=stop_midway)
        assert [part["number"] for part in contract.held()] == [1]
        again: list[int] = []
        gatehouse.upload(film, parallel=1, on_progress=lambda done, total: again.append(done))
    assert again[0] == PART
    assert contract.stored() == FILM


def test_node_sends_the_same_parts_and_signs_anew_too(serve: Any, storage: Any, bucket: str, film: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed.")
    contract = Contract(storage, bucket)
    contract._sign = _spoiling(contract)  # type: ignore[method-assign]
    script = f"""
      import {{ openAsBlob }} from "node:fs";
      import {{ Gatehouse }} from {json.dumps(SDK.as_uri())};
      const [api, path] = process.argv.slice(1);
      const gatehouse = new Gatehouse({{ api, tokens: () => "token" }});
      console.log((await gatehouse.upload(await openAsBlob(path), {{ path: "film.mp4" }})).state);"""
    command = [node, "--no-warnings", "--input-type=module", "-e", script, serve(contract).url, str(film)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.stderr == ""
    assert ran.stdout == "received\n"
    assert contract.stored() == FILM
