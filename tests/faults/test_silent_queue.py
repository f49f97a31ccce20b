"""The queue of jobs hangs: completions are taken all the same, and only one of them waits for it."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app

from gateway import handoff
from tests.gateway.conftest import PICTURE, Person, bucket, new_person, send

__all__ = ["bucket"]


@pytest.fixture
def silent_queue() -> Iterator[None]:
    """A server that takes connections and says nothing, in the queue's place."""
    app: Any = current_app
    before = app.conf.broker_url, app.conf.broker_transport_options
    with socket.create_server(("127.0.0.1", 0)) as silent:
        patience = {**before[1], "socket_timeout": 0.1, "max_retries": 1, "interval_start": 0}
        point_at(app, f"redis://127.0.0.1:{silent.getsockname()[1]}/0", patience)
        yield
        point_at(app, *before)
    handoff._queue.answered()


def point_at(app: Any, url: str, options: dict[str, Any]) -> None:
    app.conf.broker_url = app.conf.broker_write_url = url
    app.conf.broker_transport_options = options
    app._pool = app.amqp._producer_pool = None


@pytest.fixture
def person(transactional_db: None, bucket: None) -> Person:
    return new_person()


def test_completions_are_taken_and_only_the_first_waits_for_the_queue(person: Person, silent_queue: None) -> None:
    lasted = []
    for number in range(3):
        started = person.start(path=f"{number}.jpg").json()
        assert send(started["upload"], PICTURE).status_code == 201
        token = person.token()
        began = time.monotonic()
        completed = person.call("post", f"/uploads/{started['id']}/complete", {}, token)
        lasted.append(time.monotonic() - began)
        assert (completed.status_code, completed.json()["state"]) == (202, "received")
    assert lasted[0] > 0.1
    assert max(lasted[1:]) < lasted[0] / 2
