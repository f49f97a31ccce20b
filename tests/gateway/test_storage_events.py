"""Storage tells what arrived: uploads whose client vanished are completed, by whoever knows the secret alone."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.conf import settings as configured
from django.test import Client

from config.celery import app as celery
from embedded.ports import Ports
from embedded.seaweedfs import SeaweedFS
from embedded.vault import Vault
from gateway.completion import complete_for_client
from gateway.storage_events import arrivals_in
from kernel.identifiers import new_id
from kernel.object_keys import Area, ObjectKey
from storage.models import Upload
from storage.object_store import object_store
from storage.part_store import part_store
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, send, together

SECRET = "the secret of storage"


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> Iterator[None]:
    """Jobs are done where they are queued."""
    settings.STORAGE_EVENTS_SECRET = SECRET
    celery.conf.task_always_eager = True
    yield
    celery.conf.task_always_eager = False


def key_of(person: Person, started: dict[str, Any]) -> ObjectKey:
    with tenant_scope(person.app.tenant_id):
        upload: Upload = Upload.objects.get(pk=started["id"])
        return upload.quarantine_key


def tell(content: Any, secret: str = SECRET, method: str = "POST") -> Any:
    body = content if isinstance(content, bytes) else json.dumps(content)
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return Client(headers=headers).generic(method, "/hooks/storage", body, content_type="application/json")


def created(key: ObjectKey | str, kind: str = "create") -> dict[str, Any]:
    return {"event_type": kind, "key": f"/buckets/{configured.S3_BUCKET}/{key}", "message": {"new_entry": {}}}


def state(person: Person, started: dict[str, Any]) -> str:
    return str(person.call("get", f"/uploads/{started['id']}").json()["state"])


def test_an_upload_whose_client_vanished_is_completed(person: Person) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE)
    assert tell(created(key_of(person, started))).status_code == 204
    assert state(person, started) in {"received", "scanning", "available"}
    assert person.held() == (0, len(PICTURE))


def test_doubled_late_and_early_events_change_nothing(person: Person) -> None:
    started = person.start().json()
    event = created(key_of(person, started))
    assert tell(event).status_code == 204
    assert state(person, started) == "started"
    send(started["upload"], PICTURE)
    for kind in ("update", "create", "create", "delete"):
        assert tell(event | {"event_type": kind}).status_code == 204
    assert person.call("post", f"/uploads/{started['id']}/complete", {}).status_code == 202
    assert person.held() == (0, len(PICTURE))


def test_storage_and_client_at_once_are_one_file_and_one_charge(person: Person) -> None:
    started, token, turns = person.start().json(), person.token(), list(range(12))
    send(started["upload"], PICTURE)
    key = key_of(person, started)

    def either() -> None:
        if turns.pop() % 2:
            complete_for_client(key, object_store(), part_store())
        else:
            person.call("post", f"/uploads/{started['id']}/complete", {}, token)

    together(either, len(turns))
    assert person.held() == (0, len(PICTURE))


def test_an_event_after_the_end_brings_nothing_back(person: Person) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE)
    person.call("post", f"/uploads/{started['id']}/abort", {})
    assert tell(created(key_of(person, started))).status_code == 204
    assert (state(person, started), person.held()) == ("aborted", (0, 0))


def test_a_key_under_another_app_or_tenant_completes_nothing(person: Person, stranger: Person) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE)
    key = key_of(person, started)
    for wrong in (
        ObjectKey(key.tenant, stranger.app.pk, key.area, key.name),
        ObjectKey(stranger.app.tenant_id, key.app, key.area, key.name),
        ObjectKey(key.tenant, key.app, Area.FILES, key.name),
    ):
        assert tell(created(wrong)).status_code == 204
    assert state(person, started) == "started"


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], "ä"])
def test_without_the_secret_nothing_is_believed(person: Person, secret: str) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE)
    assert tell(created(key_of(person, started)), secret).status_code == 401
    assert state(person, started) == "started"


def test_where_no_secret_is_set_there_is_no_such_address(settings: Any) -> None:
    settings.STORAGE_EVENTS_SECRET = ""
    assert tell({}, "").status_code == 404


def test_a_method_other_than_post_is_not_taken() -> None:
    assert tell({}, method="GET").status_code == 405


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": 1, "a": 2}', b'"' + b"x" * 1_000_001])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    assert tell(body).status_code == 422


@pytest.mark.parametrize(
    "event",
    [
        [], None, 5, {}, {"event_type": "create"}, {"event_type": "create", "key": 5}, {"Records": 5}, {"Records": [5]},
        {"Records": [{"eventName": 5}]}, {"Records": [{"eventName": "s3:ObjectCreated:Put", "s3": []}]},
        {"event_type": "create", "key": f"/buckets/{configured.S3_BUCKET}/.uploads/abc/0001.part"},
        {"event_type": "create", "key": "/buckets/.system/owners/gatehouse"},
        {"event_type": "create", "key": "/buckets/another/x"},
        {"event_type": "delete", "key": f"/buckets/{configured.S3_BUCKET}/x"},
    ],
)  # fmt: skip
def test_internal_folders_and_strange_shapes_tell_of_nothing(event: Any) -> None:
    assert arrivals_in(event) == []
    assert tell(event).status_code == 204


def test_events_in_the_words_of_s3_are_understood_too(person: Person) -> None:
    started = person.start().json()
    send(started["upload"], PICTURE)
    s3 = {"bucket": {"name": configured.S3_BUCKET}, "object": {"key": str(key_of(person, started))}}
    assert tell({"Records": [{"eventName": "s3:ObjectCreated:Post", "s3": s3}]}).status_code == 204
    assert state(person, started) != "started"


class _Forwarding(http.server.BaseHTTPRequestHandler):
    """What storage tells, handed to the platform as it came."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.headers["Authorization"], json.loads(body)))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Tests are quiet."""


@pytest.mark.parametrize("lock", [False, True])
def test_the_real_s3_server_tells_of_an_object_with_its_secret(tmp_path: Path, settings: Any, lock: bool) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Forwarding)
    server.heard = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    vault, address = Vault(tmp_path / "secrets.json"), f"http://127.0.0.1:{server.server_port}/hooks/storage"
    key = str(ObjectKey(new_id(), new_id(), Area.QUARANTINE, new_id()))
    ports = Ports(tmp_path / "ports.json")
    with SeaweedFS(tmp_path / "s3", ports.port, vault, tmp_path / "log", events_to=address) as storage:
        client = s3_of(storage)
        client.create_bucket(
            Bucket=configured.S3_BUCKET,
            CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
            ObjectLockEnabledForBucket=lock,
        )
        client.put_object(Bucket=configured.S3_BUCKET, Key=key, Body=b"hello")
        storage.process.wait_until(lambda: any(arrivals_in(event) for _, event in server.heard), 20)  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    shown, event = next((shown, event) for shown, event in server.heard if arrivals_in(event))  # type: ignore[attr-defined]
    assert shown == f"Bearer {vault.secret('storage-events')}"
    assert [str(arrived) for arrived in arrivals_in(event)] == [key]


def s3_of(storage: SeaweedFS) -> Any:
    return boto3.client(
        "s3", endpoint_url=storage.url, region_name="eu-central-1", aws_access_key_id=storage.access_key_id,
        aws_secret_access_key=storage.secret_access_key,
    )  # fmt: skip
