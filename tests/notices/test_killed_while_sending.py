"""A worker killed with -9 at any step: everything arrives, and what arrives twice can be told by its id."""

import os
import signal
import subprocess
import sys
import threading
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, connections

from kernel import clock
from notices.claims import LEASE
from notices.deliveries import deliver_due
from notices.kinds import Channel
from notices.retries import MAX_ATTEMPTS
from tests.notices.servers import Mailbox, Receiver
from tests.notices.world import Office


def be_killed(office: Office, mailbox: Mailbox, moment: str) -> None:
    it = connection.settings_dict
    environment = {
        **os.environ,
        "PYTHONPATH": ":".join(path for path in sys.path if path),
        "DATABASE_URL": f"postgres://{it['USER']}:{quote(it['PASSWORD'])}@{it['HOST']}:{it['PORT']}/{it['NAME']}",
        "OUTBOUND_PRIVATE_ADDRESSES_ALLOWED": "1",
        "SMTP_HOST": mailbox.host,
        "SMTP_PORT": str(mailbox.port),
        "SMTP_TLS": "0",
    }
    command = [sys.executable, "-m", "tests.notices.dying", moment, str(office.tenant_id)]
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


@pytest.fixture
def alone(office: Office) -> Office:
    """An office with one person, so that one thing is sent at a time."""
    office.dismiss(office.owner)
    return office


@pytest.mark.parametrize(("moment", "times"), [("before", 1), ("after", 2)])
def test_a_webhook_arrives_under_one_id(
    alone: Office, mailbox: Mailbox, receiver: Receiver, moment: str, times: int
) -> None:
    alone.dismiss(alone.builder)
    alone.listen(receiver.url)
    alone.tell()
    be_killed(alone, mailbox, moment)
    deliver_due(alone.tenant_id)
    assert len(receiver.calls) == times - 1, "what is leased isn't taken by another"
    deliver_due(alone.tenant_id, clock.now() + LEASE)
    assert len(receiver.calls) == times
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    (delivery,) = alone.deliveries(channel=Channel.WEBHOOK)
    assert (delivery.state, delivery.attempts) == ("delivered", 2)


@pytest.mark.parametrize(("moment", "times"), [("before", 1), ("after", 2)])
def test_a_letter_arrives_under_one_id(alone: Office, mailbox: Mailbox, moment: str, times: int) -> None:
    alone.tell()
    be_killed(alone, mailbox, moment)
    deliver_due(alone.tenant_id, clock.now() + LEASE)
    assert len(mailbox.letters) == times
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 1


def test_a_digest_arrives_under_one_id_with_the_same_content(alone: Office, mailbox: Mailbox) -> None:
    alone.prefer(alone.builder, email="daily")
    past = clock.now().replace(year=clock.now().year - 1)
    alone.tell(now=past)
    alone.tell(now=past)
    be_killed(alone, mailbox, "after")
    alone.tell(now=past)
    deliver_due(alone.tenant_id, clock.now() + LEASE)
    subjects = sorted(letter["Subject"] for letter in mailbox.letters)
    assert subjects == ["Gatehouse: 2 notices", "Gatehouse: 2 notices", "Gatehouse: cat.jpg was refused"]
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 2


def test_what_kills_every_worker_is_given_up(alone: Office, mailbox: Mailbox, settings: Any) -> None:
    alone.tell()
    later = clock.now()
    deadly = {"email": Stopped()}
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            deliver_due(alone.tenant_id, later, channels=deadly)  # type: ignore[arg-type]
        later += LEASE
    deliver_due(alone.tenant_id, later, channels=deadly)  # type: ignore[arg-type]
    (delivery,) = alone.deliveries(channel=Channel.EMAIL, user=alone.builder)
    assert (delivery.state, delivery.last_error) == ("dead", "Every worker that tried to send it was stopped.")


class Stopped:
    """A channel that stops whoever uses it, before anything can be written down."""

    def compose(self, *_: object) -> None:
        raise KeyboardInterrupt


def test_workers_side_by_side_send_each_thing_once(office: Office, mailbox: Mailbox, receiver: Receiver) -> None:
    office.listen(receiver.url)
    office.prefer(office.builder, email="daily")
    past = clock.now().replace(year=clock.now().year - 1)
    for number in range(15):
        office.tell(file=str(number), now=past)
    workers = [threading.Thread(target=work, args=(office,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(mailbox.for_(office.owner.email)) == 15
    assert [letter["Subject"] for letter in mailbox.for_(office.builder.email)] == ["Gatehouse: 15 notices"]
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == len(receiver.calls) == 15


def work(office: Office) -> None:
    deliver_due(office.tenant_id)
    connections.close_all()
