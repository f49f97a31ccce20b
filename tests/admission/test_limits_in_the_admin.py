"""Costs and rates in the admin: what the platform's owner saves is in force everywhere within two seconds."""

import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from accounts.models import User
from admission import rules
from admission.limits import Layer, Rate, default_limits
from admission.limits_form import filled_with
from admission.models import LimitsRevision
from admission.operations import Kind, Operation
from audit.actions import AuditAction
from audit.models import PlatformEvent
from kernel.identifiers import new_id
from tests.broker.server import running
from tests.gateway.conftest import Person, bucket, new_person

__all__ = ["bucket"]
pytestmark = pytest.mark.usefixtures("transactional_db")
ADD = "/admin/admission/limitsrevision/add/"


@pytest.fixture
def owner() -> Iterator[Client]:
    client = Client()
    client.force_login(User.objects.create_superuser(f"{new_id().hex}@platform.example"))
    yield client
    rules.set_limits({}, actor="user:test", reason="after a test")


def save(owner: Client, **changes: Any) -> Any:
    fields = filled_with(rules.stored()) | {"reason": "a test of limits"} | changes
    return owner.post(ADD, {name: str(value) for name, value in fields.items()})


def errors_of(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


def test_the_form_shows_what_is_in_force_and_saving_it_unchanged_changes_nothing(owner: Client) -> None:
    page = owner.get(ADD).content.decode()
    assert 'name="cost_multipartStart" value="5"' in page
    assert "One person in one organisation" in page
    assert save(owner).status_code == 302
    assert rules.stored() == default_limits()
    assert LimitsRevision.objects.latest().document == {"costs": {}, "limits": {}, "weights": {}}


def test_a_change_is_laid_over_the_defaults_and_on_the_record(owner: Client) -> None:
    changes = {"cost_copy": 7, "user_write_per_minute": 30, "user_write_burst": 9, "weights": "some-app 3\n\n"}
    assert save(owner, **changes).status_code == 302
    stored = rules.stored()
    assert stored.costs[Operation.COPY] == 7
    assert stored.rates[Layer.USER, Kind.WRITE] == Rate(30, 9)
    assert stored.rates[Layer.APP, Kind.WRITE] == default_limits().rates[Layer.APP, Kind.WRITE]
    assert stored.weights == {"some-app": 3}
    event = PlatformEvent.objects.filter(action=AuditAction.LIMITS_CHANGED).order_by("-id").first()
    assert event is not None
    assert event.detail["document"]["costs"] == {"copy": 7}
    assert event.detail["reason"] == "a test of limits"
    assert event.actor.startswith("user:")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"cost_copy": 30, "user_write_burst": 20}, "cost_copy", "copy costs 30, but one user may spend 20 on write"),
        ({"cost_copy": 0}, "cost_copy", "greater than or equal to 1"),
        ({"cost_copy": 1001}, "cost_copy", "less than or equal to 1000"),
        ({"app_read_per_minute": ""}, "app_read_per_minute", "required"),
        ({"app_read_burst": "many"}, "app_read_burst", "whole number"),
        ({"weights": "some-app"}, "weights", "“some-app” is not an app's id and a weight"),
        ({"weights": "some-app 101"}, "weights", "from 1 to 100"),
        ({"reason": ""}, "reason", "required"),
    ],
)
def test_what_can_not_hold_is_said_at_its_field_and_changes_nothing(
    owner: Client, changes: dict[str, Any], field: str, words: str
) -> None:
    before = LimitsRevision.objects.count()
    answer = save(owner, **changes)
    assert answer.status_code == 200
    assert words in " ".join(errors_of(answer)[field])
    assert LimitsRevision.objects.count() == before


def test_what_was_decided_can_be_read_and_not_changed(owner: Client) -> None:
    save(owner, cost_copy=7)
    address = f"/admin/admission/limitsrevision/{LimitsRevision.objects.latest().pk}/change/"
    page = owner.get(address).content.decode()
    assert "&quot;copy&quot;: 7" in page
    assert 'name="_save"' not in page
    assert owner.post(address, {"reason": "another"}).status_code == 404
    assert owner.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 404
    assert "a test of limits" in owner.get("/admin/admission/limitsrevision/").content.decode()


def test_nobody_else_finds_them(person: Person) -> None:
    client = Client()
    client.force_login(person.user)
    for address in ("/admin/admission/limitsrevision/", ADD):
        assert client.get(address).status_code == 404


@pytest.fixture
def person(bucket: None) -> Person:
    return new_person()


def test_a_saved_rate_holds_in_every_process_within_two_seconds(owner: Client, person: Person, tmp_path: Path) -> None:
    with running(tmp_path, configured.REDIS_URL, SITE_URL=configured.SITE_URL) as address:
        token = person.token()
        assert bursts(address, token) == {"100000"}
        assert save(owner, platform_read_burst=90_000).status_code == 302
        saved = time.monotonic()
        while bursts(address, token) != {"90000"}:
            assert time.monotonic() - saved < 2


def bursts(address: str, token: str) -> set[str]:
    """What both of the server's processes say of the widest layer."""
    asked = urllib.request.Request(f"{address}/api/v1/files", headers={"Authorization": f"Bearer {token}"})
    told = set()
    for _ in range(8):
        with urllib.request.urlopen(asked, timeout=5) as answer:
            policy = answer.headers["RateLimit-Policy"]
        told.add(policy.partition('"platform";q=')[2].partition(";")[0])
    return told
