"""When a file may go and when it must: properties of the pure rules."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from kernel.decisions import Allowed, Denied
from lifecycle.rules import FileFacts, is_due, may_delete
from policy.lifetimes import Rules, delete_at, retained_until

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
ages = st.integers(0, 4000).map(lambda days: NOW - dt.timedelta(days=days))
rules = st.builds(
    lambda minimum, extra, forever: Rules(None if forever else minimum + extra, minimum),
    st.integers(0, 4000),
    st.integers(0, 4000),
    st.booleans(),
)


@given(created=ages, rules=rules)
def test_nothing_goes_under_a_hold(created: dt.datetime, rules: Rules) -> None:
    facts = FileFacts("a.pdf", created, is_on_hold=True)
    assert isinstance(may_delete(facts, rules, NOW), Denied)
    assert not is_due(facts, rules, NOW)


@given(created=ages, rules=rules)
def test_nothing_goes_before_its_retention_ends_nor_before_its_date(created: dt.datetime, rules: Rules) -> None:
    facts = FileFacts("a.pdf", created)
    if is_due(facts, rules, NOW):
        at = delete_at(created, rules)
        assert at is not None
        assert (retained_until(created, rules) or created) <= at <= NOW
        assert isinstance(may_delete(facts, rules, NOW), Allowed)


@given(created=ages, rules=rules, wait=st.integers(0, 4000))
def test_what_is_due_stays_due(created: dt.datetime, rules: Rules, wait: int) -> None:
    facts = FileFacts("a.pdf", created)
    if is_due(facts, rules, NOW):
        assert is_due(facts, rules, NOW + dt.timedelta(days=wait))


def test_a_file_goes_on_the_day_that_was_promised_and_not_before() -> None:
    facts, keeps_90 = FileFacts("a.jpg", NOW), Rules(90)
    assert not is_due(facts, keeps_90, NOW + dt.timedelta(days=90, seconds=-1))
    assert is_due(facts, keeps_90, NOW + dt.timedelta(days=90))
    assert not is_due(facts, Rules(None), NOW + dt.timedelta(days=100_000))


def test_a_denial_says_until_when() -> None:
    denied = may_delete(FileFacts("tax.pdf", NOW), Rules(None, 30), NOW)
    assert isinstance(denied, Denied)
    assert denied.reason == "tax.pdf must be kept until 23 December 2026. It can't be deleted before."
