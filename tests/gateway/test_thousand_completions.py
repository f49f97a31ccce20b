"""A thousand clients say at the same moment that one upload is done: it is done once, and all of them hear so."""

import http.client
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured

from audit.actions import AuditAction
from audit.models import AuditEvent
from quotas.models import Reservation
from storage.models import Upload
from tenancy.scoping import tenant_scope
from tests.broker.server import UNLIMITED, running
from tests.gateway.conftest import PICTURE, Person, send

pytestmark = pytest.mark.browser
AT_ONCE, CLIENTS = 100, 1000


def complete(address: str, upload_id: str, token: str) -> tuple[int, dict[str, Any], str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", f"/api/v1/uploads/{upload_id}/complete", "{}", headers)
    answer = connection.getresponse()
    content, wait = json.loads(answer.read()), answer.headers.get("Retry-After", "")
    connection.close()
    return answer.status, content, wait


def test_a_thousand_completions_at_once_are_one(person: Person, tmp_path: Path) -> None:
    token, started = person.token(), person.start().json()
    assert send(started["upload"], PICTURE).status_code == 201
    with running(tmp_path, configured.REDIS_URL, SITE_URL=configured.SITE_URL, **UNLIMITED) as address:
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            answers = list(crowd.map(lambda _: complete(address, started["id"], token), range(CLIENTS)))
        statuses = Counter(status for status, _content, _wait in answers)
        assert set(statuses) <= {202, 429, 503}
        assert statuses[202] >= CLIENTS / 2
        assert all(int(wait) >= 1 for status, _content, wait in answers if status != 202)
        states = {content["state"] for status, content, _wait in answers if status == 202}
        assert states <= {"received", "scanning"}
        assert complete(address, started["id"], token)[0] == 202
    assert person.held() == (0, len(PICTURE))
    with tenant_scope(person.app.tenant_id):
        arrived = AuditEvent.objects.filter(action=AuditAction.UPLOAD_RECEIVED, subject=f"upload:{started['id']}")
        assert arrived.count() == 1
        assert Upload.objects.count() == 1
        assert [each.state for each in Reservation.objects.all()] == [Reservation.State.SETTLED]
