"""The platform's rules for metadata and labels, from the platform owner's page to the object in storage."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from audit.models import PlatformEvent
from kernel.identifiers import new_id
from marketplace.models import TransformRule
from storage.object_store import s3_client
from tests.gateway import shelf
from tests.gateway.conftest import PICTURE, Person, file_away, new_person
from tests.marketplace.app_world import browser_of, text_of

ADD = "/admin/marketplace/transformrule/add/"
LABEL = {"position": "0", "target": "label", "does": "put", "name": "cost-centre", "value": "{app}-4711",
         "reason": "Finance asks for it.", "organisation": "", "template": ""}  # fmt: skip
NOTE = LABEL | {"target": "metadata", "name": "tenant-name", "value": "{tenant}"}
NO_PLACES = LABEL | {"target": "metadata", "does": "strip", "name": "gps-*", "value": ""}


@pytest.fixture
def platform(transactional_db: None) -> Iterator[Client]:
    """The platform owner's browser; what they made is for all, so it goes with the test."""
    yield browser_of(User.objects.create_superuser(f"{new_id().hex}@platform.example"))
    TransformRule.objects.all().delete()


def made(platform: Client, **rule: str) -> Any:
    answer = platform.post(ADD, rule)
    assert answer.status_code == 302, text_of(answer)
    return TransformRule.objects.latest("created_at")


def in_storage(person: Person, file_id: str) -> tuple[dict[str, str], dict[str, str]]:
    """The object's metadata and tags, as storage itself tells them."""
    key = str(shelf.row(person, file_id).key())
    head = s3_client().head_object(Bucket=settings.S3_BUCKET, Key=key)
    tags = s3_client().get_object_tagging(Bucket=settings.S3_BUCKET, Key=key)["TagSet"]
    return head["Metadata"], {tag["Key"]: tag["Value"] for tag in tags}


def test_labels_and_notes_are_on_the_object_and_places_are_not(platform: Client, person: Person) -> None:
    for rule in (LABEL, NOTE, NO_PLACES):
        made(platform, **rule)
    sent = {"gps-lat": "41.9", "title": "Rome", "tenant-name": "somebody else"}
    filed = file_away(person, settings.CLAMD_URL, metadata=sent)
    metadata, tags = in_storage(person, filed)
    own = {name: value for name, value in metadata.items() if name.startswith("app-")}
    assert own == {"app-title": "Rome", "app-tenant-name": str(person.app.tenant_id)}
    label = f"{person.app.publishable_id}-4711"
    assert metadata["gatehouse-cost-centre"] == tags["cost-centre"] == label
    assert person.call("get", f"/files/{filed}").json()["labels"]["cost-centre"] == label
    copy = person.call("post", f"/files/{filed}/copy", {"name": "again.jpg"})
    assert (copy.status_code, copy.json()["labels"]["cost-centre"]) == (201, label)
    assert in_storage(person, copy.json()["id"])[1]["cost-centre"] == label


def test_a_rule_reaches_the_app_that_runs_already_and_ends_with_it(platform: Client, person: Person) -> None:
    token = person.token()

    def label(name: str) -> str | None:
        started = person.call(
            "post", "/uploads", {"path": name, "size": len(PICTURE), "content_type": "image/jpeg"}, token
        )
        found: str | None = started.json()["upload"]["fields"].get("x-amz-meta-gatehouse-cost-centre")
        return found

    assert label("before.jpg") is None
    rule = made(platform, **LABEL | {"value": "one"})
    assert label("with.jpg") == "one"
    platform.post(f"/admin/marketplace/transformrule/{rule.pk}/change/", LABEL | {"value": "two"})
    assert label("changed.jpg") == "two"
    platform.post(f"/admin/marketplace/transformrule/{rule.pk}/delete/", {"post": "yes"})
    assert label("after.jpg") is None


def test_the_narrower_rule_has_the_last_word_and_reaches_nobody_else(platform: Client, person: Person) -> None:
    other, elsewhere = new_person("team-file-share"), new_person()
    made(platform, **LABEL | {"value": "platform"})
    made(platform, **LABEL | {"value": "organisation", "organisation": str(person.app.tenant_id)})
    made(platform, **LABEL | {"value": "template", "template": "team-file-share"})
    labels = [
        each.start().json()["upload"]["fields"]["x-amz-meta-gatehouse-cost-centre"]
        for each in (person, other, elsewhere)
    ]
    assert labels == ["organisation", "template", "platform"]


def test_a_classification_is_raised_for_one_template(platform: Client, person: Person) -> None:
    made(platform, **LABEL | {"name": "classification", "value": "regulated", "template": "team-photo-share"})
    assert person.start().json()["upload"]["fields"]["x-amz-meta-gatehouse-classification"] == "regulated"
    made(platform, **LABEL | {"name": "classification", "value": "public"})
    assert person.start(path="b.jpg").json()["upload"]["fields"]["x-amz-meta-gatehouse-classification"] == "regulated"


def test_the_apps_page_tells_what_the_platform_sets(platform: Client, person: Person) -> None:
    page, address = browser_of(person.user), f"/apps/{person.app.slug}/settings/"
    assert "Set by the platform" not in text_of(page.get(address))
    made(platform, **LABEL)
    made(platform, **NO_PLACES)
    made(platform, **NOTE | {"organisation": str(new_id()), "reason": "Of another organisation."})
    shown = text_of(page.get(address))
    assert "Every file gets the label cost-centre: {app}-4711" in shown
    assert "Notes of an app named gps-* are left out" in shown
    assert "Finance asks for it." in shown
    assert "Of another organisation." not in shown


def test_every_change_is_on_the_platforms_record(platform: Client) -> None:
    rule = made(platform, **LABEL)
    platform.post(f"/admin/marketplace/transformrule/{rule.pk}/delete/", {"post": "yes"})
    events = PlatformEvent.objects.filter(action="marketplace:transforms:changed", subject=f"transform:{rule.pk}")
    first, last = events.order_by("id")
    assert (first.detail["value"], "taken_back" in last.detail) == (LABEL["value"], True)


@pytest.mark.parametrize(
    "changes",
    [{"name": "template"}, {"name": "Big"}, {"value": "{user}"}, {"value": "<x>"}, {"reason": ""}, {"does": "strip"},
     {"name": "gps-*"}, {"target": "file"}],
    ids=str,
)  # fmt: skip
def test_a_rule_that_cannot_be_carried_out_is_refused(platform: Client, changes: dict[str, str]) -> None:
    assert platform.post(ADD, LABEL | changes).status_code == 200
    assert not TransformRule.objects.exists()


def test_an_object_has_no_more_tags_than_storage_takes(platform: Client, person: Person) -> None:
    made(platform, **LABEL | {"name": "one"})
    assert platform.post(ADD, LABEL | {"name": "two"}).status_code == 200
    made(platform, **LABEL | {"name": "one", "value": "narrower", "template": "team-photo-share"})
    assert len(in_storage(person, file_away(person, settings.CLAMD_URL))[1]) == 8


def test_nobody_else_reaches_the_rules(platform: Client, person: Person) -> None:
    for client in (Client(), browser_of(person.user)):
        answer = client.get(ADD)
        assert answer.status_code in {302, 403, 404}
        assert answer.status_code != 302 or "/login/" in answer["Location"]
