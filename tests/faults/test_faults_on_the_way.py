"""Redis and storage hang, are slow, cut off or answer nonsense: the stated fail modes, quickly, and nothing is lost."""

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.db import transaction

from admission import connection as redis_connection
from admission.models import Level
from admission.revocations import revoke
from audit.actions import AuditAction
from audit.models import AuditEvent
from lifecycle.reconcile import reconcile
from quotas.models import Quota, Reservation
from storage import object_store as stores
from storage.inventory import inventory
from storage.models import Upload
from tenancy.scoping import tenant_scope
from tests.faults.forgetting import forget_storage
from tests.faults.proxy import Fault, FaultProxy
from tests.gateway.conftest import PICTURE, Person, bucket, new_person, send

__all__ = ["bucket"]
WISH = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}


@pytest.fixture
def person(transactional_db: None, bucket: None) -> Person:
    return new_person()


@pytest.fixture
def redis_way(settings: Any) -> Iterator[FaultProxy]:
    """The way to Redis, in good order until the test says otherwise."""
    address = urlsplit(configured.REDIS_URL)
    with FaultProxy(str(address.hostname), int(address.port or 0)) as proxy:
        settings.REDIS_URL = configured.REDIS_URL.replace(f":{address.port}", f":{proxy.port}")
        settings.REDIS_TIMEOUT_SECONDS = 0.25
        redis_connection.connection.cache_clear()
        yield proxy
    redis_connection.connection.cache_clear()


@pytest.fixture
def storage_way(settings: Any) -> Iterator[FaultProxy]:
    """The way that this platform takes to storage; browsers have their own."""
    address = urlsplit(configured.S3_ENDPOINT_URL)
    with FaultProxy(str(address.hostname), int(address.port or 0)) as proxy:
        settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{proxy.port}"
        settings.S3_ANSWER_SECONDS = settings.S3_PROMPT_ANSWER_SECONDS = 0.3
        forget_storage()
        yield proxy
    forget_storage()


def is_refused_for_now(answer: Any) -> bool:
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "STORAGE_UNAVAILABLE"), problem
    return bool(problem["retryable"] and int(answer["Retry-After"]) >= 1)


def until(is_so: Callable[[], bool], seconds: float = 5) -> None:
    """Ask until it is so: a circuit closes with the first question after its rest."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline


def in_order(person: Person) -> bool:
    """Quotas are what uploads hold and files use, to the byte, and storage agrees."""
    with tenant_scope(person.app.tenant_id):
        held = sum(each.size for each in Reservation.objects.filter(state=Reservation.State.HELD))
        used = sum(each.size for each in Reservation.objects.filter(state=Reservation.State.SETTLED))
        for quota in Quota.objects.all():
            assert (quota.bytes_held, quota.bytes_used) == (held, used)
        signed = AuditEvent.objects.filter(action=AuditAction.UPLOAD_URL_SIGNED).count()
        assert signed >= Upload.objects.count()
    report = reconcile(stores.object_store(), inventory(), person.app.tenant_id, repair=False)
    return not report.findings


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.CUT, Fault.REFUSE])
def test_without_a_word_from_redis_nothing_starts_and_what_frees_space_goes_on(
    person: Person, redis_way: FaultProxy, fault: Fault
) -> None:
    token = person.token()
    started = [person.call("post", "/uploads", WISH, token).json() for _ in range(2)]
    assert send(started[0]["upload"], PICTURE).status_code == 201
    held = person.held()
    redis_way.fault = fault
    begun = time.monotonic()
    for _ in range(6):
        assert is_refused_for_now(person.call("post", "/uploads", WISH, token))
    assert is_refused_for_now(person.call("get", "/files", token=token))
    assert time.monotonic() - begun < 4
    assert person.held() == held
    completed = person.call("post", f"/uploads/{started[0]['id']}/complete", {}, token)
    aborted = person.call("post", f"/uploads/{started[1]['id']}/abort", {}, token)
    assert (completed.status_code, aborted.status_code) == (202, 200)
    assert person.held() == (0, len(PICTURE))
    redis_way.fault = Fault.NONE
    redis_way.drop()
    until(lambda: person.call("post", "/uploads", WISH, token).status_code == 201)
    assert in_order(person)


def test_without_a_word_from_redis_nothing_is_signed_anew_for_who_asks_again(
    person: Person, redis_way: FaultProxy
) -> None:
    token, key = person.token(), {"Idempotency-Key": uuid.uuid4().hex}

    def ask() -> Any:
        return person.call("post", "/uploads", WISH, token, **key)

    first = ask().json()
    redis_way.fault = Fault.HANG
    assert is_refused_for_now(ask())
    redis_way.fault = Fault.NONE
    redis_way.drop()
    until(lambda: bool(ask().status_code == 201))
    assert ask().json()["id"] == first["id"]


def test_a_stop_that_redis_never_heard_of_holds_at_once_when_it_is_back(person: Person, redis_way: FaultProxy) -> None:
    token = person.token()
    assert person.call("get", "/files", token=token).status_code == 200
    redis_way.fault = Fault.HANG
    with transaction.atomic():
        revoke(Level.APP, str(person.app.id), tenant_id=person.app.tenant_id, actor="user:test", reason="a fault test")
    stopped = person.call("post", f"/uploads/{uuid.uuid4()}/complete", {}, token)
    assert (stopped.status_code, stopped.json()["code"]) == (401, "KEY_REVOKED")
    redis_way.fault = Fault.NONE
    redis_way.drop()
    seen: set[str] = set()

    def is_told() -> bool:
        answer = person.call("get", "/files", token=token)
        seen.add(str(answer.status_code))
        return answer.status_code == 401

    until(is_told)
    assert "200" not in seen


def test_a_redis_that_is_away_is_asked_a_few_times_and_then_left_alone(person: Person, redis_way: FaultProxy) -> None:
    token = person.token()
    redis_way.fault = Fault.REFUSE
    redis_way.drop()
    redis_way.asked = 0
    begun = time.monotonic()
    for _ in range(30):
        assert is_refused_for_now(person.call("get", "/files", token=token))
    rests = (time.monotonic() - begun) / 0.25
    assert redis_way.asked <= 3 + rests + 1


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.REFUSE, Fault.ERROR, Fault.BROKEN])
def test_without_storage_a_completion_waits_quickly_and_then_succeeds_once(
    person: Person, storage_way: FaultProxy, fault: Fault
) -> None:
    started = person.start().json()
    assert send(started["upload"], PICTURE).status_code == 201
    storage_way.fault = fault
    storage_way.drop()
    storage_way.asked = 0
    begun = time.monotonic()
    for _ in range(12):
        assert is_refused_for_now(person.call("post", f"/uploads/{started['id']}/complete", {}))
    lasted = time.monotonic() - begun
    assert lasted < 12
    assert storage_way.asked <= 2 * (5 + lasted + 1)  # each try is two; after five failures one try a second
    assert person.held() == (len(PICTURE), 0)
    storage_way.fault = Fault.NONE
    storage_way.drop()
    until(lambda: person.call("post", f"/uploads/{started['id']}/complete", {}).status_code == 202)
    assert person.held() == (0, len(PICTURE))
    with tenant_scope(person.app.tenant_id):
        assert AuditEvent.objects.filter(action=AuditAction.UPLOAD_RECEIVED).count() == 1
    assert in_order(person)


def test_an_answer_that_is_cut_off_anywhere_counts_against_nobodys_file(
    person: Person, storage_way: FaultProxy
) -> None:
    started = person.start().json()
    assert send(started["upload"], PICTURE).status_code == 201
    storage_way.fault = Fault.CUT
    for storage_way.cut_after in range(20, 1000, 140):
        stores.object_store.cache_clear()  # with it the circuit, which would keep the next answer from being seen
        storage_way.drop()
        answer = person.call("post", f"/uploads/{started['id']}/complete", {})
        if answer.status_code == 202:
            break  # the headers were whole, and so was the little that was read
        assert is_refused_for_now(answer)
    storage_way.fault = Fault.NONE
    storage_way.drop()
    until(lambda: person.call("post", f"/uploads/{started['id']}/complete", {}).status_code == 202)
    assert person.call("get", f"/uploads/{started['id']}").json()["state"] in {"received", "scanning"}
    assert person.held() == (0, len(PICTURE))


def test_storage_that_is_slow_but_answers_is_waited_for(person: Person, storage_way: FaultProxy) -> None:
    started = person.start().json()
    assert send(started["upload"], PICTURE).status_code == 201
    storage_way.fault, storage_way.late_seconds = Fault.SLOW, 0.1
    assert person.call("post", f"/uploads/{started['id']}/complete", {}).status_code == 202
    assert person.held() == (0, len(PICTURE))


def test_without_storage_an_upload_starts_as_its_form_is_signed_here(person: Person, storage_way: FaultProxy) -> None:
    storage_way.fault = Fault.HANG
    started = person.start()
    assert started.status_code == 201
    assert person.held() == (len(PICTURE), 0)
    storage_way.fault = Fault.NONE
    storage_way.drop()
    assert send(started.json()["upload"], PICTURE).status_code == 201
    until(lambda: person.call("post", f"/uploads/{started.json()['id']}/complete", {}).status_code == 202)
