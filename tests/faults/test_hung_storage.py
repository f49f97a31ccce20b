"""Storage takes what it is sent and says nothing: who completes uploads is told so, and nobody else waits for it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.faults.proxy import Fault, FaultProxy
from tests.gateway.conftest import PICTURE, Person, bucket, new_person, send
from tests.gateway.served import served
from tests.web import web

__all__ = ["bucket"]
WISH = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
THREADS, COMPLETIONS, LISTINGS = 3, 12, 12
PATIENCE_SECONDS = 30
"""Less than twelve completions take in three threads that wait for storage at their longest, one after another."""


@pytest.fixture
def person(transactional_db: None, bucket: None) -> Person:
    return new_person()


def test_hung_storage_is_told_of_and_starves_nobody(person: Person, tmp_path: Path) -> None:
    sent = [person.start(path=f"{number}.jpg").json() for number in range(COMPLETIONS)]
    for each in sent:
        assert send(each["upload"], PICTURE).status_code == 201
    headers, address = {"Authorization": f"Bearer {person.token()}"}, urlsplit(settings.S3_ENDPOINT_URL)
    with FaultProxy(str(address.hostname), int(address.port or 0)) as proxy:
        way = {
            "S3_PUBLIC_ENDPOINT_URL": settings.S3_PUBLIC_ENDPOINT_URL,
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{proxy.port}",
            "S3_PROMPT_ANSWER_MILLISECONDS": "1000",
            "WEB_THREADS": str(THREADS),
        }
        with served(tmp_path, **way) as server, ThreadPoolExecutor(COMPLETIONS + 2) as clients:

            def complete(upload: Any) -> Any:
                path = f"{server}/api/v1/uploads/{upload['id']}/complete"
                return web.post(path, json={}, headers=headers, timeout=PATIENCE_SECONDS)

            def list_files(_number: int) -> Any:
                return web.get(f"{server}/api/v1/files", headers=headers, timeout=PATIENCE_SECONDS)

            proxy.fault = Fault.HANG
            completing = [clients.submit(complete, each) for each in sent]
            listings = [clients.submit(list_files, number) for number in range(LISTINGS)]
            told = [each.result() for each in completing]
            assert {answer.status_code for answer in told} == {503}
            assert all(int(answer.headers["retry-after"]) >= 1 for answer in told)
            assert {each.result().status_code for each in listings} <= {200, 503}
            assert [list_files(number).status_code for number in range(LISTINGS)] == [200] * LISTINGS
            assert web.post(f"{server}/api/v1/uploads", json=WISH, headers=headers).status_code == 201
            proxy.fault = Fault.NONE
            proxy.drop()
            waiting = list(sent)
            while waiting:
                waiting = [each for each in waiting if complete(each).status_code != 202]
