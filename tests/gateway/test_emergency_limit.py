"""A template's emergency limit, from the decision to the answers of a running server, and back."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from admission.lease import LEASE_SECONDS
from admission.limits import Rate
from admission.rules import lift_template_limit, limit_template
from gateway.door.refusals import MOST_SECONDS
from kernel import clock
from tests.gateway.conftest import PICTURE, Person
from tests.gateway.served import served
from tests.web import web

WISH = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
PATIENCE_SECONDS = 20


def test_a_limit_holds_and_lifted_lets_in_at_once_whatever_wait_was_told(person: Person, tmp_path: Path) -> None:
    with served(tmp_path) as server:
        limit_and_lift(person, server)


def limit_and_lift(person: Person, server: str) -> None:
    headers = {"Authorization": f"Bearer {person.token()}"}

    def start() -> Any:
        return web.post(f"{server}/api/v1/uploads", json=WISH, headers=headers)

    def until(status: int) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := start()).status_code != status:
            assert time.monotonic() < deadline, answer.content
        return answer

    assert start().status_code == 201
    hour = clock.now() + timedelta(hours=1)
    limit_template("team-photo-share", Rate(1, 1), until=hour, actor="user:tests", reason="A spike.")
    try:
        refused = until(429).json()
        again = [start().json() for _ in range(5)]
    finally:
        lift_template_limit("team-photo-share", actor="user:tests", reason="It is over.")
    assert {each["code"] for each in (refused, *again)} == {"TEMPLATE_THROTTLED"}
    assert min(each["retry_after_s"] for each in again) > PATIENCE_SECONDS
    until(201)


def test_no_change_of_limits_takes_two_seconds_to_be_in_force() -> None:
    assert LEASE_SECONDS + MOST_SECONDS < 2
