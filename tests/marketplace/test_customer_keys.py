"""A key of the workspace's own: tried before anything depends on it, and from then on storage encrypts by no other."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from django.conf import settings as configured
from django.test import Client

from audit.models import AuditEvent
from embedded import parts
from kernel.errors import Problem
from kernel.object_keys import Area
from marketplace.models import CustomerKey, Installation
from marketplace.safety_facts import safety_facts
from policy.actions import Action
from scanning import pipeline
from scanning.decisions import release
from scanning.pictures import make_thumbnail
from storage.grants import object_metadata
from storage.models import StoredFile, Upload
from storage.object_store import object_store, s3_client
from tenancy.models import Membership
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, bucket, file_away, new_person, send
from tests.marketplace.own_keys import new_key, use_new_key
from tests.media.photographs import jpeg
from tests.scanning.doubts import CARDS, Doubter
from tests.scanning.making import pdf
from tests.web import web

__all__ = ["bucket"]
INVOICE, PHOTO = pdf("Invoice 2041, Miller"), jpeg()


@pytest.fixture
def photos(transactional_db: None, bucket: None) -> Person:
    """An app that goes by the workspace's own key where there is one."""
    return new_person("team-file-share", frozenset({Action.FOLDERS_CREATE, Action.FILES_READ}))


def page_of(person: Person) -> str:
    with tenant_scope(person.app.tenant_id):
        return f"/w/{person.app.workspace.slug}/encryption/"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def key_of(person: Person) -> str:
    with tenant_scope(person.app.tenant_id):
        return use_new_key(person.app.workspace, person.user.pk).name


def encrypted_by(key: Any) -> str:
    """The customer's key that storage names for the object; empty for its own."""
    told = s3_client().head_object(Bucket=configured.S3_BUCKET, Key=str(key))
    return told.get("SSEKMSKeyId", "") if told["ServerSideEncryption"] == "aws:kms" else ""


def stored(person: Person, file_id: str) -> StoredFile:
    with tenant_scope(person.app.tenant_id):
        found: StoredFile = StoredFile.objects.get(pk=file_id)
    return found


def upload_of(person: Person, upload_id: str) -> Upload:
    with tenant_scope(person.app.tenant_id):
        found: Upload = Upload.objects.get(pk=upload_id)
    return found


def test_an_owner_names_a_key_and_it_is_tried_first(photos: Person) -> None:
    client, key = signed_in(photos), new_key()
    wrong = client.post(page_of(photos), {"name": "k-nobody-has-this"})
    assert wrong.status_code == 422
    assert "This key can&#x27;t be used. Storage could not use it." in wrong.content.decode()
    assert client.post(page_of(photos), {"name": key}).status_code == 302
    page = client.get(page_of(photos)).content.decode()
    assert key in page
    assert "encrypts what comes since" in page
    with tenant_scope(photos.app.tenant_id):
        assert [row.name for row in CustomerKey.objects.all()] == [key]
        told = AuditEvent.objects.get(action="marketplace:customer-key:used")
    assert (told.detail["key"], told.actor) == (key, f"user:{photos.user.pk}")


@pytest.mark.parametrize("name", ["", "a key", "../keys/x", "x" * 513, "k\r\nx: y"])
def test_what_is_no_keys_name_is_not_even_tried(photos: Person, name: str) -> None:
    assert signed_in(photos).post(page_of(photos), {"name": name}).status_code == 422
    with tenant_scope(photos.app.tenant_id):
        assert not CustomerKey.objects.exists()


def test_the_next_upload_is_encrypted_with_it_in_every_place(photos: Person, settings: Any) -> None:
    before = file_away(photos, settings.CLAMD_URL)
    key = key_of(photos)
    started = photos.start(path="later.jpg").json()
    fields = started["upload"]["fields"]
    assert fields["x-amz-server-side-encryption-aws-kms-key-id"] == key
    assert send(started["upload"], PICTURE).status_code == 201
    assert encrypted_by(upload_of(photos, started["id"]).quarantine_key) == key
    after = file_away(photos, settings.CLAMD_URL, PHOTO, path="last.jpg")
    make_thumbnail(object_store(), photos.app.tenant_id, uuid.UUID(after))
    file = stored(photos, after)
    assert {encrypted_by(file.key(area)) for area in (Area.FILES, Area.THUMBS, Area.PREVIEWS)} == {key}
    assert encrypted_by(stored(photos, before).key()) == ""
    link = photos.call("post", f"/files/{after}/signed-url", {}).json()["url"]
    assert web.get(link).content == PHOTO


def test_what_turns_out_to_need_protection_gets_the_key_though_its_template_uses_none(
    transactional_db: None, bucket: None
) -> None:
    album = new_person("team-photo-share")
    key, started = key_of(album), album.start().json()
    assert send(started["upload"], PICTURE).status_code == 201
    assert album.call("post", f"/uploads/{started['id']}/complete", {}).status_code == 202
    upload = upload_of(album, started["id"])
    doubters = [Doubter(CARDS, name=name) for name in upload.engines]
    pipeline.scan_upload(object_store(), doubters, upload.tenant_id, upload.pk)
    assert encrypted_by(upload.quarantine_key) == ""
    release(upload, album.user.pk, "The customer agreed.")
    pipeline.scan_upload(object_store(), doubters, upload.tenant_id, upload.pk)
    file = stored(album, started["id"])
    assert (file.labels["classification"], file.encryption_key, encrypted_by(file.key())) == ("regulated", key, key)
    link = album.call("post", f"/files/{file.pk}/signed-url", {}).json()["url"]
    assert web.get(link).content == PICTURE


def test_storage_refuses_a_form_with_another_key_or_without(photos: Person) -> None:
    key_of(photos)
    started = photos.start().json()
    other = send(started["upload"], PICTURE, **{"x-amz-server-side-encryption-aws-kms-key-id": new_key()})
    none = send(started["upload"], PICTURE, **{"x-amz-server-side-encryption": "AES256"})
    assert (other.status_code, none.status_code) == (403, 403)


def test_a_copy_is_encrypted_as_its_original(photos: Person, settings: Any) -> None:
    key = key_of(photos)
    original = file_away(photos, settings.CLAMD_URL)
    key_of(photos)
    copied = photos.call("post", f"/files/{original}/copy", {"name": "twin.jpg"}).json()
    assert encrypted_by(stored(photos, copied["id"]).key()) == key


def test_an_object_that_came_under_another_key_is_altered(photos: Person) -> None:
    key_of(photos)
    started = photos.start().json()
    assert send(started["upload"], PICTURE).status_code == 201
    upload = upload_of(photos, started["id"])
    s3_client().put_object(
        Bucket=configured.S3_BUCKET,
        Key=str(upload.quarantine_key),
        Body=PICTURE,
        ContentType=upload.content_type,
        Metadata=object_metadata(upload),
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=new_key(),
    )
    answer = photos.call("post", f"/uploads/{upload.id}/complete", {}).json()
    assert answer["problem"]["code"] == "UPLOAD_ALTERED"


def test_a_newer_key_encrypts_what_comes_and_the_older_still_opens(photos: Person, settings: Any) -> None:
    first = key_of(photos)
    old = file_away(photos, settings.CLAMD_URL)
    second = key_of(photos)
    new = file_away(photos, settings.CLAMD_URL, path="new.jpg")
    assert [encrypted_by(stored(photos, each).key()) for each in (old, new)] == [first, second]
    link = photos.call("post", f"/files/{old}/signed-url", {}).json()["url"]
    assert web.get(link).content == PICTURE
    with tenant_scope(photos.app.tenant_id):
        rows = CustomerKey.objects.order_by("used_since")
        assert [(row.name, row.used_until is None) for row in rows] == [(first, False), (second, True)]


def test_an_owner_goes_back_to_an_older_key(photos: Person) -> None:
    first, client = key_of(photos), signed_in(photos)
    key_of(photos)
    assert client.post(page_of(photos), {"name": first}).status_code == 302
    with tenant_scope(photos.app.tenant_id):
        assert [row.name for row in CustomerKey.objects.filter(used_until=None)] == [first]


def test_a_key_is_one_workspaces_alone(photos: Person) -> None:
    stranger = new_person()
    theirs = key_of(stranger)
    answer = signed_in(photos).post(page_of(photos), {"name": theirs})
    assert answer.status_code == 422
    assert "another workspace" in answer.content.decode()
    with tenant_scope(photos.app.tenant_id):
        assert not CustomerKey.objects.exists()


def test_the_page_is_its_owners_alone(photos: Person) -> None:
    stranger = new_person()
    with tenant_scope(stranger.app.tenant_id):
        Membership.objects.filter(user=stranger.user).update(role=Role.BUILDER)
    assert signed_in(stranger).get(page_of(stranger)).status_code == 404
    assert signed_in(stranger).get(page_of(photos)).status_code == 404
    assert Client().get(page_of(photos)).status_code == 302


def test_a_template_that_insists_is_refused_until_there_is_a_key(transactional_db: None, bucket: None) -> None:
    with pytest.raises(Problem) as refusal:
        new_person("invoice-inbox", frozenset())
    assert refusal.value.type.code == "CUSTOMER_KEY_MISSING"
    assert "Invoice Inbox encrypts files with a key of the workspace's own" in refusal.value.user_message


def test_the_invoice_inbox_keeps_its_promise(transactional_db: None, bucket: None, settings: Any) -> None:
    person = new_person("invoice-inbox", frozenset({Action.FILES_READ}), prepare=use_new_key)
    with tenant_scope(person.app.tenant_id):
        key = CustomerKey.objects.get().name
        facts = safety_facts(Installation.objects.select_related("version__template").get(app=person.app).version)
    assert facts.encrypted == "Encrypted with the workspace's own key"
    wish = {"path": "Miller-2041.pdf", "content_type": "application/pdf"}
    assert encrypted_by(stored(person, file_away(person, settings.CLAMD_URL, INVOICE, **wish)).key()) == key
    generic = person.call("post", "/uploads", {**wish, "path": "scan 1.pdf", "size": len(INVOICE)})
    assert (generic.status_code, generic.json()["code"]) == (403, "POLICY_REFUSED")


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[tuple[parts.KeyService, Any]]:
    with parts.key_service(tmp_path) as service, parts.seaweedfs(tmp_path, keys=service) as storage:
        client = boto3.client(
            "s3", endpoint_url=storage.url, region_name="eu-central-1", aws_access_key_id=storage.access_key_id,
            aws_secret_access_key=storage.secret_access_key,
        )  # fmt: skip
        client.create_bucket(Bucket="files")
        yield service, client


def test_without_the_key_nothing_is_stored_any_more(keys: tuple[parts.KeyService, Any]) -> None:
    service, client = keys
    service.make("mine")
    wish = {"Bucket": "files", "Key": "a", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "mine"}
    client.put_object(**wish, Body=b"mine alone")
    service.kill()
    service.boot()
    assert client.get_object(Bucket="files", Key="a")["Body"].read() == b"mine alone"
    service.take_away("mine")
    with pytest.raises(ClientError):
        client.put_object(**{**wish, "Key": "b"}, Body=b"x")
