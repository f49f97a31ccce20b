"""Any history of holding, settling, shrinking and giving back, under limits that owners move: never over by a byte."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import Problem
from lifecycle.usage import quota_drift
from quotas import reservations
from quotas.ceilings import set_ceiling
from quotas.models import Quota, Reservation
from tenancy.principals import system_principal
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, bucket, new_person

__all__ = ["bucket"]
PEOPLE = ("user:ann", "user:bob", "visitor:x")
STEPS = st.tuples(
    st.sampled_from(["reserve", "reserve", "settle", "shrink", "release", "again", "limit"]),
    st.integers(1, 120),
    st.integers(0, 30),
)


@pytest.fixture
def person(transactional_db: None, bucket: None) -> Person:
    return new_person()


class Books:
    """What a plain reckoning says: who holds what, and which limits there are."""

    def __init__(self, person: Person) -> None:
        self.app = person.app
        self.kept: list[Reservation] = []
        self.sizes: dict[str, list[tuple[str, str, int]]] = {}
        self.limits = {"app": 300, "workspace": 350, "": 400, "user:ann": 150}
        self.set_limits()

    def set_limits(self) -> None:
        actor = system_principal("test")
        Quota.objects.filter(app=self.app).update(bytes_limit=self.limits["app"], objects_limit=6)
        Quota.objects.filter(app=None).exclude(workspace=None).update(bytes_limit=self.limits["workspace"])
        for whose in ("", "user:ann"):
            set_ceiling(self.limits[whose], 100, actor=actor, person=whose)

    def living(self) -> list[Reservation]:
        return [each for each in self.kept if each.state != Reservation.State.RELEASED]

    def fits(self, size: int, by: str) -> bool:
        total = sum(each.size for each in self.living()) + size
        mine = sum(each.size for each in self.living() if each.held_by == by) + size
        within = all(total <= self.limits[whose] for whose in ("app", "workspace", ""))
        return within and len(self.living()) < 6 and (by != "user:ann" or mine <= self.limits["user:ann"])

    def reserve(self, size: int, which: int) -> None:
        by = PEOPLE[which % 3]
        expected = self.fits(size, by)
        try:
            self.kept.append(reservations.reserve(self.app, size, by))
        except Problem:
            assert not expected
        else:
            assert expected

    def settle(self, size: int, which: int) -> None:
        for held in self.one(which):
            reservations.settle(held, min(size, held.size))

    def shrink(self, size: int, which: int) -> None:
        for held in self.one(which):
            reservations.shrink(held, size)

    def release(self, _size: int, which: int) -> None:
        for held in self.one(which):
            reservations.release(held)

    def again(self, size: int, which: int) -> None:
        """What was done is done once, however often it comes."""
        for held in self.one(which):
            before = [(quota.pk, quota.bytes_held, quota.bytes_used) for quota in Quota.objects.order_by("pk")]
            if held.state == Reservation.State.RELEASED:
                reservations.release(held)
                reservations.settle(held, min(size, held.size))
            assert before == [(quota.pk, quota.bytes_held, quota.bytes_used) for quota in Quota.objects.order_by("pk")]

    def limit(self, size: int, which: int) -> None:
        self.limits[sorted(self.limits)[which % 4]] = size * 4
        self.set_limits()

    def one(self, which: int) -> list[Reservation]:
        return [self.kept[which % len(self.kept)]] if self.kept else []

    def hold_true(self) -> None:
        assert list(quota_drift(repair=False)) == []
        sums = {state: sum(each.size for each in self.kept if each.state == state) for state in Reservation.State}
        for quota in Quota.objects.filter(person=""):
            counts = (quota.bytes_held, quota.bytes_used)
            assert counts == (sums[Reservation.State.HELD], sums[Reservation.State.SETTLED])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(STEPS, min_size=5, max_size=25))
def test_after_every_step_all_quotas_are_what_a_plain_reckoning_says(
    person: Person, story: list[tuple[str, int, int]]
) -> None:
    with tenant_scope(person.app.tenant_id):
        books = Books(person)
        for name, size, which in story:
            step: Callable[[int, int], None] = getattr(books, name)
            step(size, which)
            books.hold_true()
        for held in books.living():
            reservations.release(held)
        books.hold_true()
