"""Every answer says how much room is left, and a refusal when it will succeed."""

import re

from admission.limits import Layer
from tests.gateway.conftest import Person


def test_an_answer_names_every_layer_and_the_tightest_one(person: Person) -> None:
    answer = person.call("get", "/files")
    limit, remaining = int(answer["X-RateLimit-Limit"]), int(answer["X-RateLimit-Remaining"])
    assert 0 <= remaining < limit
    assert int(answer["X-RateLimit-Reset"]) >= 0
    named = re.findall(r'"([a-z]+)";q=(\d+);w=(\d+)', answer["RateLimit-Policy"])
    left = re.findall(r'"([a-z]+)";r=(\d+);t=(\d+)', answer["RateLimit"])
    assert [name for name, *_ in named] == [name for name, *_ in left]
    assert {name for name, *_ in named} <= {str(layer) for layer in Layer}
    assert any(int(quota) == limit for _name, quota, _window in named)


def test_reading_and_writing_have_rooms_of_their_own(person: Person) -> None:
    token = person.token()
    first = person.call("get", "/files", token=token)
    person.call("post", "/folders", {"path": "a"}, token)
    second = person.call("get", "/files", token=token)
    assert int(first["X-RateLimit-Remaining"]) - int(second["X-RateLimit-Remaining"]) <= 1


def test_a_refused_request_says_so_too(person: Person) -> None:
    refused = person.start(size=10**12)
    assert refused.status_code == 413
    assert int(refused["X-RateLimit-Limit"]) > 0
