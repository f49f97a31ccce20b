"""What operations take of a rate: heavy ones more, a repeated one a unit, however heavy it was the first time."""

from typing import Any

import pytest

from admission.connection import connection
from admission.limits import Layer, default_limits
from admission.operations import Kind
from broker.tokens import verify
from tests.gateway import shelf
from tests.gateway.conftest import PICTURE, Person

ONE = {"path": "cat.jpg", "size": len(PICTURE), "content_type": "image/jpeg"}
IN_PARTS = {"path": "film.jpg", "size": 9_000_000, "content_type": "image/jpeg", "multipart": True}
NOBODY = "0190a2b4-0000-7000-8000-000000000001"


class Purse:
    """What a token spends: read where the gate counts, ahead of the clock, so that nothing comes back meanwhile."""

    def __init__(self, person: Person) -> None:
        self._person, self.token = person, person.token()
        person.call("post", "/folders/batch", {"items": [{"path": "A"}] * 100}, self.token)
        person.call("post", "/files/batch/signed-url", {"items": [{"id": NOBODY}] * 100}, self.token)

    def spent(self, method: str, path: str, content: Any, key: str = "", refused: int = 0) -> tuple[int, int]:
        """Units of writing and of reading that the call takes."""
        before = self._arrivals()
        headers = {"Idempotency_Key": key} if key else {}
        answer = self._person.call(method, path, content, self.token, **headers)
        assert answer.status_code in ({refused} if refused else {200, 201}), answer.content
        writing, reading = (after - each for after, each in zip(self._arrivals(), before, strict=True))
        return writing, reading

    def _arrivals(self) -> tuple[int, int]:
        rates, name = default_limits().rates, verify(self.token).token_id
        units = []
        for kind in (Kind.WRITE, Kind.READ):
            held = connection().get(f"rate:token:{name}:{kind}")
            assert held is not None
            units.append(int(held) // rates[Layer.TOKEN, kind].interval)
        return units[0], units[1]


@pytest.fixture
def purse(keeper: Person) -> Purse:
    return Purse(keeper)


def test_a_start_in_parts_costs_five_and_signing_its_parts_two(purse: Purse) -> None:
    assert purse.spent("post", "/uploads", ONE) == (1, 0)
    assert purse.spent("post", "/uploads", IN_PARTS) == (5, 0)


def test_in_a_batch_each_costs_what_it_costs_alone(purse: Purse) -> None:
    assert purse.spent("post", "/uploads/batch", {"items": [ONE, IN_PARTS, ONE]}) == (7, 0)
    assert purse.spent("post", "/folders/batch", {"items": [{"path": "A"}] * 12}) == (12, 0)


def test_a_repeated_start_costs_a_unit_in_parts_or_not(purse: Purse) -> None:
    assert purse.spent("post", "/uploads", ONE, "one") == (1, 0)
    assert purse.spent("post", "/uploads", ONE, "one") == (1, 0)
    assert purse.spent("post", "/uploads", IN_PARTS, "parts") == (5, 0)
    assert purse.spent("post", "/uploads", IN_PARTS, "parts") == (1, 0)


def test_a_repeated_copy_costs_a_unit(keeper: Person, purse: Purse) -> None:
    path, content = f"/files/{shelf.put(keeper, 'a.jpg', with_bytes=True)}/copy", {"name": "b.jpg"}
    assert purse.spent("post", path, content, "copy") == (2, 0)
    assert purse.spent("post", path, content, "copy") == (1, 0)


def test_parts_signed_again_under_their_key_cost_a_unit(keeper: Person, purse: Purse) -> None:
    upload = keeper.call("post", "/uploads", IN_PARTS, purse.token).json()["id"]
    path, content = f"/uploads/{upload}/parts", {"numbers": [1, 2]}
    assert purse.spent("post", path, content) == (2, 0)
    assert purse.spent("post", path, content, "parts") == (2, 0)
    assert purse.spent("post", path, content, "parts") == (1, 0)


def test_a_repeated_batch_costs_a_unit_however_many_items_it_has(keeper: Person, purse: Purse) -> None:
    links = {"items": [{"id": shelf.put(keeper, name)} for name in ("a.jpg", "b.jpg", "c.jpg")]}
    for path, content, cost in (
        ("/uploads/batch", {"items": [ONE, IN_PARTS]}, (6, 0)),
        ("/folders/batch", {"items": [{"path": "A"}] * 12}, (12, 0)),
        ("/files/batch/signed-url", links, (0, 3)),
    ):
        assert purse.spent("post", path, content, "batch") == cost
        assert purse.spent("post", path, content, "batch") == (1, 0)


def test_the_same_key_for_something_else_pays_in_full_before_it_is_refused(keeper: Person, purse: Purse) -> None:
    path = f"/files/{shelf.put(keeper, 'a.jpg', with_bytes=True)}/copy"
    purse.spent("post", path, {"name": "b.jpg"}, "copy")
    assert purse.spent("post", path, {"name": "c.jpg"}, "copy", refused=422) == (2, 0)
