"""What really happens in other rooms reaches people: in the app, by letter and by webhook, with buttons that help."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from lifecycle import holds
from lifecycle.tasks import warn_of_deletions
from lifecycle.warnings import warn_of_deletions as warn_of
from notices.buttons import buttons_for
from notices.deliveries import deliver_due
from notices.endpoints import add
from notices.kinds import HEARD_BY_WEBHOOKS
from notices.models import Notice
from notices.tasks import watch_quotas
from policy.sentences import as_read
from quotas.models import Quota
from storage.models import StoredFile
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.broker.test_authorization_code import code_of, program, redeem  # noqa: F401 - a fixture too
from tests.gateway.conftest import Person, bucket, file_away, new_person, person, send  # noqa: F401 - fixtures
from tests.notices.servers import Mailbox, Receiver, text_of
from tests.notices.world import signed_in
from tests.scanning.samples import picture
from tests.scanning.scanners import EICAR


@dataclass
class Heard:
    """What one person was told since, on every way."""

    person: Person
    mailbox: Mailbox
    receiver: Receiver

    def everywhere(self) -> tuple[str, dict[str, Any]]:
        """The one letter's text and the one webhook's message, once the outbox was emptied."""
        deliver_due(self.person.app.tenant_id)
        (letter,) = self.mailbox.for_(self.person.user.email)
        (call,) = self.receiver.calls
        inbox = signed_in(self.person.user).get("/notices/").content.decode()
        message: dict[str, Any] = json.loads(call.body)
        assert str(letter["Subject"]).removeprefix("Gatehouse: ") in inbox.replace("&#x27;", "'")
        return text_of(letter).replace("\u2060", ""), message


@pytest.fixture
def heard(person: Person, mailbox: Mailbox, receiver: Receiver) -> Heard:  # noqa: F811
    return listening(person, mailbox, receiver)


def listening(person: Person, mailbox: Mailbox, receiver: Receiver) -> Heard:  # noqa: F811
    with tenant_scope(person.app.tenant_id):
        kinds = [known.kind for known in HEARD_BY_WEBHOOKS]
        add(person.app.workspace, receiver.url, kinds, actor=user_principal(person.user.pk))
    return Heard(person, mailbox, receiver)


def opens(client: Client, message: dict[str, Any], label: str) -> int:
    """The status of the page behind a button of the notice."""
    (url,) = (each["url"] for each in message["data"]["remedies"] if each["label"] == label)
    return int(client.get("/" + url.split("/", 3)[3]).status_code)


def age(file_id: str, heard: Heard, *, goes_in: dt.timedelta) -> None:
    with tenant_scope(heard.person.app.tenant_id):
        StoredFile.objects.filter(pk=file_id).update(delete_at=clock.now() + goes_in)


def told(heard: Heard) -> list[str]:
    with tenant_scope(heard.person.app.tenant_id):
        return list(Notice.objects.order_by("id").values_list("kind", flat=True))


def test_a_file_with_a_virus(heard: Heard, settings: Any) -> None:
    infected = picture("JPEG") + EICAR
    file_away(heard.person, settings.CLAMD_URL, infected)
    letter, message = heard.everywhere()
    assert "contains a virus" in letter
    assert message["type"] == "file.rejected"
    assert opens(signed_in(heard.person.user), message, "See what was found") == 200


def test_a_file_that_is_not_what_it_says(heard: Heard) -> None:
    body = b"%PDF-1.7 " + bytes(500)
    started = heard.person.start(size=len(body)).json()
    assert send(started["upload"], body).status_code == 201
    heard.person.call("post", f"/uploads/{started['id']}/complete", {})
    heard.person.call("post", f"/uploads/{started['id']}/complete", {})
    letter, message = heard.everywhere()
    assert "does not look like" in letter
    assert message["type"] == "file.rejected"


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(("percent", "kind"), [(81, "quota.near"), (96, "quota.nearly_full"), (100, "quota.full")])
def test_space_that_runs_out(heard: Heard, settings: Any, percent: int, kind: str) -> None:
    body = picture("JPEG", (200, 200))
    file_away(heard.person, settings.CLAMD_URL, body)
    with tenant_scope(heard.person.app.tenant_id):
        Quota.objects.filter(app=heard.person.app).update(bytes_limit=len(body) * 100 // percent)
    watch_quotas()
    watch_quotas()
    _, message = heard.everywhere()
    assert message["type"] == kind
    assert opens(signed_in(heard.person.user), message, "Give it more space") == 200


@pytest.mark.usefixtures("alone")
def test_files_that_go_within_a_week(heard: Heard, settings: Any) -> None:
    kept, going = (file_away(heard.person, settings.CLAMD_URL, path=name) for name in ("kept.jpg", "going.jpg"))
    age(kept, heard, goes_in=dt.timedelta(days=8))
    age(going, heard, goes_in=dt.timedelta(days=3))
    warn_of_deletions()
    warn_of_deletions()
    letter, message = heard.everywhere()
    assert "1 file in Photos will be deleted on" in letter
    assert message["type"] == "files.deleted_soon"
    for label in ("See how long files stay", "See the files"):
        assert opens(signed_in(heard.person.user), message, label) == 200


@pytest.mark.usefixtures("alone")
def test_who_may_not_change_how_long_files_stay_is_led_to_the_files(heard: Heard, settings: Any) -> None:
    maker = heard.person
    age(file_away(maker, settings.CLAMD_URL), heard, goes_in=dt.timedelta(days=3))
    warn_of_deletions()
    with tenant_scope(maker.app.tenant_id):
        buttons = buttons_for(Notice.objects.get(), Role.BUILDER)
    assert [button.href for button in buttons] == [f"/apps/{maker.app.slug}/files/"]


def test_what_a_legal_hold_keeps_is_not_announced(heard: Heard, settings: Any) -> None:
    going = file_away(heard.person, settings.CLAMD_URL)
    age(going, heard, goes_in=dt.timedelta(days=3))
    with tenant_scope(heard.person.app.tenant_id):
        holds.place(heard.person.app, None, reason="a lawsuit", actor="user:test")
    assert warn_of(heard.person.app.tenant_id) == 0
    assert told(heard) == []


def test_each_day_on_which_files_go_is_told_once_with_its_number(heard: Heard, settings: Any) -> None:
    files = [file_away(heard.person, settings.CLAMD_URL, path=f"{number}.jpg") for number in range(3)]
    noon = clock.now().replace(hour=12, minute=0)
    with tenant_scope(heard.person.app.tenant_id):
        for file_id, days in zip(files, (2, 2, 4), strict=True):
            StoredFile.objects.filter(pk=file_id).update(delete_at=noon + dt.timedelta(days=days))
    assert warn_of(heard.person.app.tenant_id) == 2
    assert warn_of(heard.person.app.tenant_id, noon + dt.timedelta(days=1)) == 0
    with tenant_scope(heard.person.app.tenant_id):
        counts = [as_read(facts["count"]) for facts in Notice.objects.order_by("id").values_list("facts", flat=True)]
    assert counts == ["2 files", "1 file"]


def test_a_sign_in_code_that_came_twice(program: Person, mailbox: Mailbox, receiver: Receiver) -> None:  # noqa: F811
    heard = listening(program, mailbox, receiver)
    code = code_of(program)
    assert redeem(program, code).status_code == 200
    assert redeem(program, code).status_code == 400
    assert redeem(program, code).status_code == 400
    letter, message = heard.everywhere()
    assert "an authorization code came twice" in letter
    assert message["type"] == "access.compromised"
    assert opens(signed_in(program.user), message, "See what happened") == 200


def test_a_stranger_is_told_nothing(heard: Heard, settings: Any) -> None:
    other = new_person()
    file_away(other, settings.CLAMD_URL, picture("JPEG") + EICAR)
    assert told(heard) == []
    deliver_due(heard.person.app.tenant_id)
    assert heard.receiver.calls == []
