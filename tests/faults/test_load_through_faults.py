"""Parts stop, forget and come back while uploads run: nobody's upload is lost or doubled, and quotas are exact."""

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx2
from django.db import close_old_connections, connections

from admission.connection import connection as redis_connection
from audit.actions import AuditAction
from audit.models import AuditEvent
from storage.models import Upload
from storage.states import UploadState
from tenancy.scoping import tenant_scope
from tests.faults.test_faults_on_the_way import in_order
from tests.faults.test_stopped_parts import own_postgres, own_storage, own_valkey
from tests.gateway.conftest import PICTURE, Person, bucket, new_person, send

__all__ = ["bucket", "own_postgres", "own_storage", "own_valkey"]
STORIES, PATIENCE_SECONDS = 24, 100


class Crowd:
    """Clients that do what the SDKs do: whatever waiting helps is asked for again, under the same key."""

    def __init__(self, person: Person) -> None:
        self.person, self.token = person, person.token()
        self.refused = 0
        self._stories: list[Future[None]] = []

    def run(self, trouble: Callable[["Crowd"], None]) -> None:
        """All stories to their ends, with the trouble among them."""
        with ThreadPoolExecutor(3) as threads:
            self._stories = [threads.submit(self._story, number) for number in range(STORIES)]
            trouble(self)
            for story in self._stories:
                story.result()

    def wait_for(self, done: int) -> None:
        """Until so many have ended, well or not."""
        _until(lambda: sum(story.done() for story in self._stories) >= done)

    def wait_for_refusals(self) -> None:
        """Until somebody noticed; who is done by then notices nothing."""
        before = self.refused
        _until(lambda: self.refused > before or all(story.done() for story in self._stories))

    def _story(self, number: int) -> None:
        """A start that is asked for twice, then a third give up, and the others bring their file."""
        try:
            wish = {"path": f"{number}.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
            key = uuid.uuid4().hex
            first, again = (self._insist(201, "/uploads", wish, Idempotency_Key=key).json() for _ in range(2))
            assert first["id"] == again["id"]
            if number % 3 == 2:
                self._insist(200, f"/uploads/{first['id']}/abort", {})
            else:
                _until(lambda: _is_taken(again["upload"]))
                self._insist(202, f"/uploads/{first['id']}/complete", {})
        finally:
            connections.close_all()

    def _insist(self, wanted: int, path: str, content: Any, **headers: str) -> Any:
        found: list[Any] = []

        def is_answered() -> bool:
            close_old_connections()  # as between any two requests of a web process
            answer = self.person.call("post", path, content, self.token, **headers)
            found.append(answer)
            if answer.status_code == wanted:
                return True
            assert answer.json()["retryable"], answer.content
            self.refused += 1
            return False

        _until(is_answered)
        return found[-1]


def _is_taken(form: dict[str, Any]) -> bool:
    try:
        return send(form, PICTURE).status_code == 201
    except httpx2.TransportError:
        return False


def _until(is_so: Callable[[], bool]) -> None:
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while not is_so():
        assert time.monotonic() < deadline
        pause.wait(0.05)


def assert_exact(person: Person) -> None:
    """One upload for each story, each ended once; what is used is what arrived, to the byte, in storage too."""
    given_up = STORIES // 3
    close_old_connections()
    with tenant_scope(person.app.tenant_id):
        states = list(Upload.objects.values_list("state", flat=True))
        assert len(states) == STORIES
        assert states.count(UploadState.ABORTED) == given_up
        for action, times in (
            (AuditAction.UPLOAD_RECEIVED, STORIES - given_up), (AuditAction.UPLOAD_ABORTED, given_up),
        ):  # fmt: skip
            assert AuditEvent.objects.filter(action=action).count() == times
    assert person.held() == (0, (STORIES - given_up) * len(PICTURE))
    assert in_order(person)


def test_redis_is_killed_flushed_and_restarted_while_uploads_run(
    transactional_db: None, bucket: None, own_valkey: Any, settings: Any
) -> None:
    settings.REDIS_TIMEOUT_SECONDS = 0.5
    redis_connection.cache_clear()
    person = new_person()

    def trouble(crowd: Crowd) -> None:
        crowd.wait_for(4)
        own_valkey.kill()
        crowd.wait_for_refusals()
        own_valkey.boot()
        for done in (9, 14):
            crowd.wait_for(done)
            redis_connection().flushall()
        crowd.wait_for(18)
        own_valkey.kill()
        own_valkey.boot()

    Crowd(person).run(trouble)
    assert_exact(person)


def test_postgresql_is_restarted_while_uploads_run(own_postgres: Any) -> None:
    person = new_person()

    def trouble(crowd: Crowd) -> None:
        for done in (4, 14):
            crowd.wait_for(done)
            own_postgres.kill()
            crowd.wait_for_refusals()
            own_postgres.boot()

    Crowd(person).run(trouble)
    assert_exact(person)


def test_storage_is_restarted_while_uploads_run(own_storage: Any) -> None:
    person = new_person()

    def trouble(crowd: Crowd) -> None:
        crowd.wait_for(6)
        own_storage.stop()
        crowd.wait_for_refusals()
        own_storage.boot()

    Crowd(person).run(trouble)
    assert_exact(person)
