"""A proof of work counts once, in its time, for what it was made for, and only as it was signed."""

import base64
import json
import time
from typing import Any

import pytest
from altcha import PayloadV1, solve_challenge_v1
from django.test import Client
from redis.exceptions import RedisError

from admission import proof_of_work
from admission.proof_of_work import Purpose, new_challenge, spend
from kernel import clock
from kernel.errors import Problem


@pytest.fixture(autouse=True)
def easy(settings: Any) -> None:
    settings.PROOF_OF_WORK_NUMBER = 300


def solved(purpose: Purpose = Purpose.UPLOAD, subject: str = "app_1") -> dict[str, Any]:
    challenge: Any = new_challenge(purpose, subject)
    found = solve_challenge_v1(
        challenge["challenge"], challenge["salt"], challenge["algorithm"], challenge["maxNumber"]
    )
    assert found is not None
    return {
        "algorithm": challenge["algorithm"],
        "challenge": challenge["challenge"],
        "number": found.number,
        "salt": challenge["salt"],
        "signature": challenge["signature"],
    }


def sent(content: Any) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def refused(payload: str, purpose: Purpose = Purpose.UPLOAD, subject: str = "app_1") -> str:
    with pytest.raises(Problem) as problem:
        spend(payload, purpose, subject)
    return problem.value.type.code


def test_a_proof_is_taken_once() -> None:
    payload = sent(solved())
    spend(payload, Purpose.UPLOAD, "app_1")
    assert refused(payload) == "CAPTCHA_REQUIRED"


def test_the_same_proof_written_otherwise_is_the_same_proof() -> None:
    content = solved()
    spend(sent(content), Purpose.UPLOAD, "app_1")
    assert refused(sent({**content, "took": 12})) == "CAPTCHA_REQUIRED"
    assert refused(sent(dict(reversed(content.items())))) == "CAPTCHA_REQUIRED"


def test_altchas_own_payload_is_read(settings: Any) -> None:
    spend(PayloadV1(**solved()).to_base64(), Purpose.UPLOAD, "app_1")


@pytest.mark.parametrize(
    ("purpose", "subject"), [(Purpose.SANDBOX, "app_1"), (Purpose.UPLOAD, "app_2"), (Purpose.UPLOAD, "")]
)
def test_a_proof_for_one_thing_opens_no_other(purpose: Purpose, subject: str) -> None:
    assert refused(sent(solved()), purpose, subject) == "CAPTCHA_REQUIRED"


def test_a_proof_is_late_after_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = clock.now() - proof_of_work.COUNTS_FOR * 1.1
    with monkeypatch.context() as earlier:
        earlier.setattr(clock, "now", lambda: before)
        content = solved()
    assert refused(sent(content)) == "CAPTCHA_REQUIRED"


@pytest.mark.parametrize(
    "changes",
    [
        {"number": -1},
        {"signature": "0" * 64},
        {"challenge": "0" * 64},
        {"algorithm": "SHA-1"},
        {"algorithm": "MD5"},
        {"salt": ""},
        {"salt": 5},
        {"number": "7"},
        {"number": 1.5},
    ],
)
def test_nothing_of_a_proof_can_be_changed(changes: dict[str, Any]) -> None:
    assert refused(sent({**solved(), **changes})) == "CAPTCHA_REQUIRED"


def test_its_end_can_not_be_put_off() -> None:
    content = solved()
    later = content["salt"].replace("expires=", "expires=9")
    assert refused(sent({**content, "salt": later})) == "CAPTCHA_REQUIRED"
    assert refused(sent({**content, "salt": f"{content['salt']}&expires=9999999999"})) == "CAPTCHA_REQUIRED"


@pytest.mark.parametrize("payload", ["", " ", "nonsense", "e30=", "W10=", "bnVsbA==", "%%%", "A" * 10_000])
def test_what_is_no_proof_is_told_in_the_same_words(payload: str) -> None:
    assert refused(payload) == "CAPTCHA_REQUIRED"


def test_one_that_nobody_signed_is_refused_however_much_work_it_was() -> None:
    content = solved()
    started = time.monotonic()
    forged = {**content, "salt": "ours?for=upload&subject=app_1&expires=9999999999&"}
    assert refused(sent(forged)) == "CAPTCHA_REQUIRED"
    assert time.monotonic() - started < 1


def test_nobody_gets_in_while_nobody_can_say_whether_a_proof_was_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def set(self, *_given: Any, **_named: Any) -> None:
            raise RedisError

    monkeypatch.setattr(proof_of_work, "connection", Silent)
    assert refused(sent(solved())) == "STORAGE_UNAVAILABLE"


def test_a_browser_is_given_a_challenge_of_its_own_each_time(db: None) -> None:
    answers = [Client().get("/proof/challenge", {"for": "sandbox"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["challenge"] for answer in answers}) == 3
    assert set(answers[0].json()) == {"algorithm", "challenge", "maxNumber", "salt", "signature"}
    assert answers[0]["Cache-Control"] == "no-store"


@pytest.mark.parametrize("query", [{}, {"for": "everything"}, {"for": "upload", "app": "../x"}])
def test_a_challenge_is_for_something(db: None, query: dict[str, str]) -> None:
    assert Client().get("/proof/challenge", query).status_code == 422
