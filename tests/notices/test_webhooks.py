"""Webhooks, to a real HTTP server that verifies them with the specification's own library."""

import datetime as dt
import json
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from kernel import clock
from notices.deliveries import deliver_due, give_up_old
from notices.endpoints import send_again, turn_off, turn_on
from notices.kinds import Channel, Kind
from notices.models import Delivery, WebhookEndpoint
from notices.retries import MAX_ATTEMPTS
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope
from tests.notices.servers import Receiver
from tests.notices.world import Office

pytestmark = pytest.mark.usefixtures("mailbox")
FAILED = (500, {})


def of_endpoint(office: Office) -> Delivery:
    return office.deliveries(channel=Channel.WEBHOOK)[-1]


def fail_until_given_up(office: Office, receiver: Receiver) -> Delivery:
    receiver.answers = [FAILED] * MAX_ATTEMPTS
    deliver_due(office.tenant_id)
    while (delivery := of_endpoint(office)).state == "waiting":
        resting = delivery.endpoint.resting_until if delivery.endpoint else None
        deliver_due(office.tenant_id, max(delivery.due_at, resting or delivery.due_at))
    return delivery


def test_a_receiver_can_verify_and_read_it(office: Office, receiver: Receiver) -> None:
    endpoint, secret = office.listen(receiver.url)
    office.tell(Kind.QUOTA_NEAR, of="Photos", used="800 MB", limit="1 GB", quota=str(office.quota().pk))
    deliver_due(office.tenant_id)
    (call,) = receiver.calls
    message = Webhook(secret).verify(call.body, call.headers)
    assert message["type"] == "quota.near"
    assert message["data"]["words"].startswith("Photos has used 800 MB of its 1 GB.")
    assert message["data"]["app"] == {"id": office.app.publishable_id, "name": "Photos"}
    assert message["data"]["remedies"][0]["label"] == "Give it more space"
    assert message["data"]["remedies"][0]["url"].endswith(f"/admin/quotas/quota/{office.quota().pk}/change/")
    assert of_endpoint(office).state == "delivered"
    assert office.endpoint(endpoint).failures == 0


@pytest.mark.parametrize("spoil", ["secret", "body", "id", "old", "signature"])
def test_a_receiver_refuses_what_was_spoiled_or_replayed(office: Office, receiver: Receiver, spoil: str) -> None:
    _, secret = office.listen(receiver.url)
    _, other_secret = office.listen(receiver.url + "/2")
    office.tell()
    deliver_due(office.tenant_id)
    call = next(call for call in receiver.calls if call.path == "/hooks")
    body, headers = call.body, dict(call.headers)
    match spoil:
        case "secret":
            secret = other_secret
        case "body":
            body = body.replace(b"cat.jpg", b"dog.jpg")
        case "id":
            headers["webhook-id"] += "0"
        case "old":
            headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 3600)
        case "signature":
            del headers["webhook-signature"]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_an_endpoint_hears_of_what_was_chosen_alone(office: Office, receiver: Receiver) -> None:
    office.listen(receiver.url, Kind.FILE_HELD)
    office.tell(Kind.FILE_REJECTED)
    office.tell(Kind.FILE_HELD)
    deliver_due(office.tenant_id)
    assert [json.loads(call.body)["type"] for call in receiver.calls] == ["file.held"]


def test_another_tenants_endpoint_hears_nothing(office: Office, stranger: Office, receiver: Receiver) -> None:
    stranger.listen(receiver.url)
    office.tell()
    deliver_due(office.tenant_id)
    deliver_due(stranger.tenant_id)
    assert receiver.calls == []


def test_what_fails_comes_again_later_under_the_same_id(office: Office, receiver: Receiver) -> None:
    office.listen(receiver.url)
    office.tell()
    receiver.answers = [FAILED, (503, {}), (302, {"Location": "/elsewhere"})]
    waits = []
    for _ in range(4):
        before = of_endpoint(office)
        resting = before.endpoint.resting_until if before.endpoint else None
        now = max(before.due_at, resting or before.due_at)
        deliver_due(office.tenant_id, now)
        waits.append(of_endpoint(office).due_at - now)
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert len(receiver.calls) == 4
    assert of_endpoint(office).state == "delivered"
    assert waits[0] < waits[1] < waits[2]
    assert dt.timedelta(seconds=2.5) <= waits[0] <= dt.timedelta(seconds=5)


def test_what_never_arrives_is_given_up_and_the_owner_hears_of_it_once(office: Office, receiver: Receiver) -> None:
    endpoint, _ = office.listen(receiver.url)
    office.tell()
    dead = fail_until_given_up(office, receiver)
    assert (dead.state, dead.attempts, dead.last_error) == ("dead", MAX_ATTEMPTS, "The address answered: 500.")
    office.tell()
    fail_until_given_up(office, receiver)
    told = office.deliveries(notice__kind=Kind.WEBHOOK_FAILING, channel=Channel.IN_APP)
    assert [(each.person, each.notice.title) for each in told] == [
        (office.owner, "Notices no longer reach 127.0.0.1"),
    ]
    assert office.endpoint(endpoint).failing_since is not None


def test_an_owner_sends_again_what_was_given_up(office: Office, receiver: Receiver) -> None:
    endpoint, _ = office.listen(receiver.url)
    office.tell()
    dead = fail_until_given_up(office, receiver)
    with tenant_scope(office.tenant_id):
        assert send_again(dead, actor=user_principal(office.owner.pk))
        assert not send_again(dead, actor=user_principal(office.owner.pk))
    deliver_due(office.tenant_id)
    assert of_endpoint(office).state == "delivered"
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert office.endpoint(endpoint).failing_since is None


def test_an_endpoint_that_is_down_costs_one_attempt_however_much_waits_for_it(
    office: Office, receiver: Receiver
) -> None:
    office.listen(receiver.url)
    for _ in range(20):
        office.tell()
    receiver.answers = [FAILED] * 20
    deliver_due(office.tenant_id, clock.now())
    assert len(receiver.calls) == 1


def test_a_receiver_that_is_gone_is_turned_off(office: Office, receiver: Receiver) -> None:
    endpoint, _ = office.listen(receiver.url)
    office.tell()
    receiver.answers = [(410, {})]
    deliver_due(office.tenant_id)
    assert office.endpoint(endpoint).disabled_at is not None
    assert of_endpoint(office).state == "dead"
    office.tell()
    assert len(office.deliveries(channel=Channel.WEBHOOK)) == 1


def test_what_waits_for_an_endpoint_that_is_off_comes_when_it_is_on_again(office: Office, receiver: Receiver) -> None:
    endpoint, _ = office.listen(receiver.url)
    office.tell()
    actor = user_principal(office.owner.pk)
    with tenant_scope(office.tenant_id):
        turn_off(endpoint, actor=actor)
    deliver_due(office.tenant_id)
    assert receiver.calls == []
    with tenant_scope(office.tenant_id):
        turn_on(endpoint, actor=actor)
    deliver_due(office.tenant_id)
    assert len(receiver.calls) == 1


def test_what_waited_three_days_is_given_up_and_can_still_be_sent(office: Office, receiver: Receiver) -> None:
    endpoint, _ = office.listen(receiver.url)
    office.tell()
    with tenant_scope(office.tenant_id):
        turn_off(endpoint, actor="user:test")  # type: ignore[arg-type]
    in_time = of_endpoint(office).give_up_at - dt.timedelta(seconds=1)
    assert give_up_old(office.tenant_id, in_time) == 0
    give_up_old(office.tenant_id, in_time + dt.timedelta(seconds=2))
    assert of_endpoint(office).state == "dead"


def test_the_secret_is_kept_sealed_and_opens_for_its_own_row_alone(office: Office, receiver: Receiver) -> None:
    endpoint, secret = office.listen(receiver.url)
    other, _ = office.listen(receiver.url + "/2")
    kept = bytes(office.endpoint(endpoint).sealed_secret)
    assert secret.encode() not in kept
    assert secret.removeprefix("whsec_").encode() not in kept
    with tenant_scope(office.tenant_id):
        WebhookEndpoint.objects.filter(pk=other.pk).update(sealed_secret=kept)
    office.tell()
    deliver_due(office.tenant_id)
    assert [call.path for call in receiver.calls] == ["/hooks"]
    said = {delivery.last_error for delivery in office.deliveries(endpoint=other)}
    assert said == {"The webhook's secret can't be read. Remove it and add it anew."}


def test_a_new_platform_key_changes_no_secret(office: Office, receiver: Receiver, settings: Any) -> None:
    _, secret = office.listen(receiver.url)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" + "x" * 50
    office.tell()
    deliver_due(office.tenant_id)
    (call,) = receiver.calls
    assert Webhook(secret).verify(call.body, call.headers)["type"] == "file.rejected"
