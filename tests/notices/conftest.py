"""An office whose notices really leave the house: to an SMTP server and to HTTP servers of the tests' own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.notices.servers import Mailbox, Receiver, mail_server
from tests.notices.world import Office, new_office


@pytest.fixture
def office(transactional_db: None) -> Office:
    return new_office()


@pytest.fixture
def stranger(transactional_db: None) -> Office:
    return new_office()


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = mailbox.host, mailbox.port, False
        yield mailbox


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED = True
    with Receiver() as receiver:
        yield receiver
