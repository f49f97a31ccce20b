"""Six clients ask as fast as they can; once a stop is acknowledged, no request that starts a second later gets in.

The server is the real one with processes of its own, and so are the clients. The stop comes from yet another process:
this one. Redis is flushed, restarted and killed meanwhile, and the stopping process's clock is wrong by two seconds.
"""

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from admission import connection as redis_connection
from admission.models import Level
from admission.revocations import revoke
from broker.tokens import verify
from embedded import parts
from kernel import clock
from tests.broker.server import UNLIMITED, running
from tests.gateway.conftest import Person, new_person

pytestmark = pytest.mark.browser
CLIENTS = 6
ALLOWED_SECONDS = 1.0


@dataclass
class Site:
    address: str
    valkey: Any


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """A Redis of its own, and no rate that would hide an admission behind a 429."""
    folder = tmp_path_factory.mktemp("site")
    before = django_settings.REDIS_URL
    with parts.valkey(folder) as valkey, django_db_blocker.unblock():
        django_settings.REDIS_URL = valkey.url
        forget()
        with running(folder, valkey.url, SITE_URL=django_settings.SITE_URL, **UNLIMITED) as address:
            yield Site(f"{address}/api/v1/files", valkey)
    django_settings.REDIS_URL = before
    forget()


def forget() -> None:
    redis_connection.connection.cache_clear()


class Crowd:
    """Clients that hammer with one token each until they are told to stop."""

    def __init__(self, address: str, tokens: list[str]) -> None:
        script = str(Path(__file__).with_name("hammer.py"))
        self._clients = [
            subprocess.Popen(
                [sys.executable, script, address, token], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for token in tokens
        ]

    def wait_until_in(self) -> None:
        """Until each of them was let in once."""
        assert [(client.stdout.readline().strip() if client.stdout else "") for client in self._clients] == [
            "200"
        ] * CLIENTS

    def tell(self) -> list[tuple[float, int]]:
        """What each of their requests got."""
        told = [client.communicate("")[0].splitlines() for client in self._clients]
        return [(float(begun), int(status)) for lines in told for begun, status in (line.split() for line in lines)]


def subject_of(level: Level, person: Person, token: str) -> str:
    facts = verify(token).facts()
    return {
        Level.TOKEN: facts.token_id,
        Level.FAMILY: facts.family,
        Level.USER: facts.user,
        Level.APP: facts.app,
        Level.TEMPLATE: facts.template,
        Level.TENANT: facts.tenant,
        Level.EVERYTHING: "",
    }[level]


def hammered(site: Site, level: Level, after: Callable[[], None] = lambda: None) -> float:
    """Stop at one level under load; the worst delay after the acknowledgement, in seconds, of a request let in."""
    person = new_person()
    one = person.token()
    tokens = [one] * CLIENTS if level in {Level.TOKEN, Level.FAMILY} else [person.token() for _ in range(CLIENTS)]
    crowd = Crowd(site.address, tokens)
    try:
        crowd.wait_until_in()
        with transaction.atomic():
            revoke(level, subject_of(level, person, one), tenant_id=person.app.tenant_id, actor="test", reason="load")
        acknowledged = time.monotonic()
        after()
        wait_for(1.6, acknowledged)
    finally:
        told = crowd.tell()
    assert any(status == 200 and begun < acknowledged for begun, status in told), "nobody was let in before"
    assert any(status == 401 and begun > acknowledged for begun, status in told), "nobody was refused after"
    return max([begun - acknowledged for begun, status in told if status == 200 and begun > acknowledged] or [0.0])


def wait_for(seconds: float, since: float) -> None:
    """Let the crowd go on until the bound has passed: the bound itself is what is tested."""
    while time.monotonic() - since < seconds:
        time.sleep(0.05)


@pytest.mark.parametrize("level", list(Level))
def test_a_stop_at_each_level_is_effective_within_a_second(site: Site, level: Level, transactional_db: None) -> None:
    worst = hammered(site, level)
    print(f"{level}: the last request that was let in started {worst * 1000:.0f} ms after the acknowledgement")
    assert worst < ALLOWED_SECONDS


def test_a_flush_right_after_the_stop_gives_nothing_back(site: Site, transactional_db: None) -> None:
    assert hammered(site, Level.APP, after=lambda: redis_connection.connection().flushall()) < ALLOWED_SECONDS


def test_a_killed_and_restarted_redis_gives_nothing_back(site: Site, transactional_db: None) -> None:
    def restart() -> None:
        site.valkey.kill()
        site.valkey.boot()

    assert hammered(site, Level.APP, after=restart) < ALLOWED_SECONDS


@pytest.mark.parametrize("wrong_by", [-2, 2])
def test_a_clock_that_is_wrong_by_two_seconds_changes_nothing(
    site: Site, wrong_by: int, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = clock.now
    monkeypatch.setattr("kernel.clock.now", lambda: right() + dt.timedelta(seconds=wrong_by))
    assert hammered(site, Level.USER) < ALLOWED_SECONDS
