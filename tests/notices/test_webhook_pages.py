"""An owner's webhooks: adding, the secret shown once, what was missed, sending it again, turning it off, the record."""

import html
import re
from typing import Any

import pytest
from standardwebhooks import Webhook

from audit.models import AuditEvent
from notices.deliveries import deliver_due
from notices.endpoints import MAX_ENDPOINTS
from notices.kinds import Channel
from notices.models import Delivery, WebhookEndpoint
from tenancy.scoping import tenant_scope
from tests.notices.servers import Mailbox, Receiver
from tests.notices.world import Office, signed_in

ADDRESS = "/w/marketing/webhooks/"
PUBLIC = "https://hooks.example.com/gatehouse"


def add(office: Office, url: str = PUBLIC, **changes: Any) -> Any:
    return signed_in(office.owner).post(ADDRESS, {"url": url, "kinds": ["quota.full", "file.rejected"]} | changes)


def endpoints(office: Office) -> list[WebhookEndpoint]:
    with tenant_scope(office.tenant_id):
        return list(WebhookEndpoint.objects.order_by("id"))


def recorded(office: Office) -> list[str]:
    with tenant_scope(office.tenant_id):
        events = AuditEvent.objects.filter(action__startswith="notices:").order_by("id")
        return [str(event.action) for event in events]


def of(office: Office, step: str = "") -> str:
    return f"{ADDRESS}{endpoints(office)[0].pk}/{step}"


def test_the_secret_is_shown_once_and_verifies_what_comes(office: Office, mailbox: Mailbox, receiver: Receiver) -> None:
    answer = add(office, receiver.url)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    secret = html.unescape(re.findall(r"whsec_[^<]+", answer.content.decode())[0])
    office.tell()
    deliver_due(office.tenant_id)
    assert Webhook(secret).verify(receiver.calls[0].body, receiver.calls[0].headers)["type"] == "file.rejected"
    client = signed_in(office.owner)
    for address in (ADDRESS, of(office), f"/admin/notices/webhookendpoint/{endpoints(office)[0].pk}/change/"):
        shown = client.get(address)
        assert shown.status_code == 200
        assert "whsec_" not in shown.content.decode()


def test_adding_is_on_the_record_without_the_secret_or_the_path(office: Office) -> None:
    add(office)
    with tenant_scope(office.tenant_id):
        event = AuditEvent.objects.get(action="notices:webhook:added")
    assert event.detail == {"host": "hooks.example.com", "kinds": ["file.rejected", "quota.full"]}
    assert event.actor == f"user:{office.owner.pk}"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://hooks.example.com/"}, "The address must begin with https://."),
        ({"url": "https://169.254.169.254/latest"}, "This address is inside a private network."),
        ({"url": "<script>alert(1)</script>"}, "The address must begin with https://."),
        ({"url": ""}, "This field is required."),
        ({"kinds": []}, "This field is required."),
        ({"kinds": ["webhook.test"]}, "webhook.test is not one of the available choices"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_is_added(office: Office, changes: dict[str, Any], words: str) -> None:
    answer = signed_in(office.owner).post(ADDRESS, {"url": PUBLIC, "kinds": ["quota.full"]} | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert endpoints(office) == []


def test_an_address_is_added_once(office: Office) -> None:
    add(office)
    again = add(office)
    assert again.status_code == 422
    assert "There is already something called" in again.content.decode()
    assert len(endpoints(office)) == 1


def test_a_workspace_has_ten_at_most(office: Office) -> None:
    for number in range(MAX_ENDPOINTS):
        office.listen(f"{PUBLIC}/{number}")
    assert f"at most {MAX_ENDPOINTS} webhooks" in add(office).content.decode()
    assert len(endpoints(office)) == MAX_ENDPOINTS


def test_a_test_arrives_and_is_seen_on_the_page(office: Office, mailbox: Mailbox, receiver: Receiver) -> None:
    add(office, receiver.url)
    client = signed_in(office.owner)
    client.post(of(office, "test/"))
    deliver_due(office.tenant_id)
    assert len(receiver.calls) == 1
    shown = client.get(of(office)).content.decode()
    assert "A test for 127.0.0.1" in shown
    assert "Arrived" in shown


def test_what_was_missed_is_seen_and_sent_again(office: Office, mailbox: Mailbox, receiver: Receiver) -> None:
    add(office, receiver.url)
    for name in ("one.jpg", "two.jpg", "three.jpg"):
        office.tell(file=name)
    with tenant_scope(office.tenant_id):
        Delivery.objects.filter(channel=Channel.WEBHOOK).update(state="dead", last_error="The address answered: 500.")
    client = signed_in(office.owner)
    shown = client.get(of(office)).content.decode()
    assert "What it missed (3)" in shown
    assert "The address answered: 500." in shown
    first = office.deliveries(channel=Channel.WEBHOOK)[0]
    client.post(of(office, f"deliveries/{first.pk}/again/"))
    deliver_due(office.tenant_id)
    assert len(receiver.calls) == 1
    client.post(of(office, "again/"))
    deliver_due(office.tenant_id)
    assert len(receiver.calls) == 3
    assert recorded(office) == ["notices:webhook:added"] + ["notices:delivery:sent-again"] * 3


def test_it_is_turned_off_on_and_removed_and_each_is_on_the_record_once(office: Office) -> None:
    add(office)
    client = signed_in(office.owner)
    for step in ("off/", "off/", "on/", "on/"):
        assert client.post(of(office, step)).status_code == 302
    client.post(of(office), {"kinds": ["file.held"]})
    assert endpoints(office)[0].kinds == ["file.held"]
    client.post(of(office, "remove/"))
    assert endpoints(office) == []
    assert recorded(office) == [
        "notices:webhook:added",
        "notices:webhook:changed",
        "notices:webhook:changed",
        "notices:webhook:changed",
        "notices:webhook:removed",
    ]


@pytest.mark.parametrize("step", ["nonsense/", "__init__/"])
def test_a_button_that_is_not_there_is_not_there(office: Office, step: str) -> None:
    add(office)
    assert signed_in(office.owner).post(of(office, step)).status_code == 404


@pytest.mark.parametrize("step", ["off/", "remove/", "test/", "again/"])
def test_looking_changes_nothing(office: Office, step: str) -> None:
    add(office)
    assert signed_in(office.owner).get(of(office, step)).status_code == 405
    assert endpoints(office)[0].disabled_at is None


def test_the_pages_have_one_h1_one_primary_button_and_no_style(office: Office) -> None:
    added = add(office).content.decode()
    client = signed_in(office.owner)
    for shown in (added, client.get(ADDRESS).content.decode(), client.get(of(office)).content.decode()):
        assert len(re.findall(r"<h1[ >]", shown)) == 1
        assert len(re.findall(r'class="button primary"', shown)) == 1
        assert "style=" not in shown
        assert "<script>" not in shown
