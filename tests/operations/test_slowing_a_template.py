"""A template is slowed down in an emergency: a spike of bots on its apps is stopped, everybody else's go on."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from admission import rules
from admission.models import TemplateLimit
from audit.actions import AuditAction
from audit.models import PlatformEvent
from kernel.identifiers import new_id
from operations import slowing
from tests.gateway.conftest import PICTURE, Person, bucket, new_person, together

__all__ = ["bucket"]
PAGE = "/platform/controls/template-rate/"
WISH = {"slug": "file-import", "kind": "write", "per_minute": 6, "burst": 3, "hours": 2, "reason": "a spike of bots"}


@pytest.fixture
def owner(transactional_db: None) -> Iterator[Client]:
    user = User.objects.create_superuser(f"{new_id().hex}@platform.example")
    client = Client()
    client.force_login(user)
    yield client
    for each in rules.template_limits_in_force():
        client.post(f"{PAGE}lift/", {"slug": each.slug})


@pytest.fixture
def imports(transactional_db: None, bucket: None) -> list[Person]:
    return [new_person("file-import", frozenset()) for _ in range(2)]


@pytest.fixture
def photos(transactional_db: None, bucket: None) -> Person:
    return new_person()


def in_force() -> list[TemplateLimit]:
    return [each for each in rules.template_limits_in_force() if each.slug == WISH["slug"]]


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def begin(person: Person, token: str, **wish: Any) -> Any:
    wanted = {"path": "list.csv", "size": 100, "content_type": "text/csv"} | wish
    return person.call("post", "/uploads", wanted, token)


def test_it_is_shown_whom_it_reaches_before_it_is_done(owner: Client, imports: list[Person]) -> None:
    imports[0].token()
    looked = owner.post(PAGE, WISH)
    assert looked.status_code == 200
    reach = slowing.preview("file-import")
    assert reach.apps >= 2
    assert f"{reach.apps} apps in organisations: {reach.organisations}, with {reach.keys} living keys" in text_of(
        looked
    )
    assert in_force() == []
    assert owner.post(PAGE, {**WISH, "confirm": "yes"}).status_code == 302
    assert "6 a minute, 3 at once, until" in text_of(owner.get(PAGE))


def test_a_spike_of_bots_on_one_template_is_stopped_while_other_apps_go_on(
    owner: Client, imports: list[Person], photos: Person
) -> None:
    tokens = [(person, person.token()) for person in imports]
    mine = photos.token()
    assert [begin(person, token).status_code for person, token in tokens] == [201, 201]
    owner.post(PAGE, {**WISH, "confirm": "yes"})
    answers: list[Any] = []
    others: list[Any] = []

    def spike() -> None:
        for person, token in tokens:
            answers.extend(begin(person, token) for _ in range(3))
        picture = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
        others.append(photos.call("post", "/uploads", picture, mine))

    begun = time.monotonic()
    together(spike, 6)
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[201] <= WISH["burst"] + (time.monotonic() - begun) * 0.1 + 1
    assert statuses[201] + statuses[429] == 36
    assert [answer.status_code for answer in others] == [201] * 6
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "TEMPLATE_THROTTLED"
    assert 1 <= int(refused["Retry-After"]) <= 10
    assert {person.held()[0] for person in imports} <= {100 * count for count in range(1, 6)}


def test_only_what_was_named_is_slowed_down(owner: Client, imports: list[Person]) -> None:
    person, token = imports[0], imports[0].token()
    owner.post(PAGE, {**WISH, "burst": 1, "confirm": "yes"})
    statuses = [begin(person, token).status_code for _ in range(4)]
    assert statuses[-1] == 429
    upload = person.call("get", "/uploads/" + str(new_id()), token=token)
    assert upload.status_code == 404


def test_it_ends_at_the_press_of_a_button_and_all_of_it_is_on_the_record(owner: Client, imports: list[Person]) -> None:
    owner.post(PAGE, {**WISH, "kind": "all", "burst": 1, "confirm": "yes"})
    person, token = imports[0], imports[0].token()
    assert 429 in {begin(person, token).status_code for _ in range(3)}
    assert owner.post(f"{PAGE}lift/", {"slug": "file-import"}).status_code == 302
    assert {begin(person, token).status_code for _ in range(3)} == {201}
    events = PlatformEvent.objects.filter(subject="template:file-import").order_by("-id")[:2]
    assert [event.action for event in events] == [
        AuditAction.TEMPLATE_LIMIT_LIFTED, AuditAction.TEMPLATE_LIMITED,
    ]  # fmt: skip
    assert events[1].detail["reason"] == "a spike of bots"
    assert (events[1].detail["operations"], events[1].detail["per_minute"]) == ("all", 6)
    assert in_force() == []
    assert "file-import: ended" in text_of(owner.get(PAGE))


def test_a_limit_that_is_not_there_is_lifted_without_a_trace(owner: Client) -> None:
    before = PlatformEvent.objects.count(), TemplateLimit.objects.count()
    assert owner.post(f"{PAGE}lift/", {"slug": "team-file-share"}).status_code == 302
    assert owner.post(f"{PAGE}lift/", {"slug": "no such"}).status_code == 404
    assert (PlatformEvent.objects.count(), TemplateLimit.objects.count()) == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slug": "no-such-template"}, "no-such-template"),
        ({"per_minute": 0}, "greater than or equal to 1"),
        ({"burst": ""}, "required"),
        ({"hours": 721}, "less than or equal to 720"),
        ({"reason": ""}, "Say why: it stands in the record."),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_happens(
    owner: Client, imports: list[Person], changes: dict[str, Any], words: str
) -> None:
    answer = owner.post(PAGE, {**WISH, **changes, "confirm": "yes"})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert in_force() == []


def test_the_page_is_there_for_the_platforms_owner_alone(photos: Person) -> None:
    client = Client()
    client.force_login(photos.user)
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}lift/", {"slug": "file-import"}).status_code == 404
    assert Client().get(PAGE).status_code == 404
