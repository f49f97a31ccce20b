"""When e-mail comes: by each person's own clock, in their digest, and not while they sleep."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.deliveries import deliver_due
from notices.kinds import Channel, Kind, Severity
from notices.timing import Due, EmailMode, Rhythm
from tests.notices.servers import Mailbox, text_of
from tests.notices.world import Office

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = (dt.time(22), dt.time(7))


def at(text: str, zone: dt.tzinfo = BERLIN) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-01-10 21:59", "2026-01-10 21:59"),
        ("2026-01-10 22:00", "2026-01-11 07:00"),
        ("2026-01-11 03:00", "2026-01-11 07:00"),
        ("2026-01-11 06:59", "2026-01-11 07:00"),
        ("2026-01-11 07:00", "2026-01-11 07:00"),
        ("2026-03-28 23:00", "2026-03-29 07:00"),  # the clocks go forward in that night
        ("2026-10-24 23:00", "2026-10-25 07:00"),  # and back in this one
    ],
)
def test_at_night_it_waits_for_the_morning(now: str, due: str) -> None:
    assert Rhythm(quiet=NIGHT, zone=BERLIN).due(at(now), Severity.INFO) == Due(at(due))


def test_quiet_hours_may_lie_within_a_day() -> None:
    lunch = Rhythm(quiet=(dt.time(12), dt.time(13)), zone=BERLIN)
    assert lunch.after_quiet(at("2026-01-10 12:30")) == at("2026-01-10 13:00")
    assert lunch.after_quiet(at("2026-01-10 13:00")) == at("2026-01-10 13:00")


def test_quiet_hours_that_end_in_the_hour_that_summer_time_skips_end() -> None:
    early = Rhythm(quiet=(dt.time(22), dt.time(2, 30)), zone=BERLIN)
    assert early.after_quiet(at("2026-03-28 23:00")) > at("2026-03-28 23:00")


@pytest.mark.parametrize(
    ("now", "due"), [("2026-01-10 07:59", "2026-01-10 08:00"), ("2026-01-10 08:00", "2026-01-11 08:00")]
)
def test_a_digest_comes_once_a_day(now: str, due: str) -> None:
    assert Rhythm(EmailMode.DAILY, zone=BERLIN).due(at(now), Severity.WARNING) == Due(at(due), in_digest=True)


def test_a_digest_in_quiet_hours_comes_after_them() -> None:
    rhythm = Rhythm(EmailMode.DAILY, dt.time(6), NIGHT, BERLIN)
    assert rhythm.due(at("2026-01-10 12:00"), Severity.INFO) == Due(at("2026-01-11 07:00"), in_digest=True)


@pytest.mark.parametrize("mode", EmailMode)
def test_what_is_critical_waits_for_nothing(mode: EmailMode) -> None:
    now = at("2026-01-11 03:00")
    assert Rhythm(mode, quiet=NIGHT, zone=BERLIN).due(now, Severity.CRITICAL) == Due(now)


@given(
    now=st.integers(0, 366 * 24 * 3600).map(lambda seconds: at("2026-01-01", dt.UTC) + dt.timedelta(seconds=seconds)),
    ends=st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] != pair[1]),
    digest_at=st.times(),
    zone=st.sampled_from(["Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC"]),
    mode=st.sampled_from([EmailMode.AT_ONCE, EmailMode.DAILY]),
)
def test_nothing_comes_early_nor_more_than_two_days_late(
    now: dt.datetime, ends: tuple[dt.time, dt.time], digest_at: dt.time, zone: str, mode: EmailMode
) -> None:
    due = Rhythm(mode, digest_at, ends, ZoneInfo(zone)).due(now, Severity.INFO)
    assert due is not None
    assert now <= due.at <= now + dt.timedelta(hours=51)


# And through the outbox, with the clock in our hand.


def test_e_mail_waits_for_the_morning_and_comes_then(office: Office, mailbox: Mailbox) -> None:
    office.prefer(office.builder, quiet_from=NIGHT[0], quiet_until=NIGHT[1], time_zone="Europe/Berlin")
    office.tell(now=at("2026-01-10 23:00"))
    deliver_due(office.tenant_id, at("2026-01-11 06:59"))
    assert mailbox.receivers == [office.owner.email]
    deliver_due(office.tenant_id, at("2026-01-11 07:00"))
    assert mailbox.receivers == [office.owner.email, office.builder.email]


def test_who_goes_to_bed_meanwhile_is_not_woken_by_what_was_late(office: Office, mailbox: Mailbox) -> None:
    office.dismiss(office.owner)
    office.tell(now=at("2026-01-10 20:00"))
    office.prefer(office.builder, quiet_from=NIGHT[0], quiet_until=NIGHT[1], time_zone="Europe/Berlin")
    deliver_due(office.tenant_id, at("2026-01-10 23:00"))
    assert mailbox.letters == []
    (waiting,) = office.deliveries(channel=Channel.EMAIL, user=office.builder)
    assert (waiting.due_at, waiting.attempts) == (at("2026-01-11 07:00"), 0)
    deliver_due(office.tenant_id, at("2026-01-11 07:00"))
    assert mailbox.receivers == [office.builder.email]


def test_a_digest_is_one_letter_with_everything(office: Office, mailbox: Mailbox) -> None:
    office.dismiss(office.owner)
    office.prefer(office.builder, email="daily", digest_at=dt.time(8), time_zone="Europe/Berlin")
    for number in range(3):
        office.tell(file=f"cat {number}", now=at("2026-01-10 12:00"))
    deliver_due(office.tenant_id, at("2026-01-11 07:59"))
    assert mailbox.letters == []
    deliver_due(office.tenant_id, at("2026-01-11 08:00"))
    (letter,) = mailbox.letters
    assert letter["Subject"] == "Gatehouse: 3 notices"
    assert all(f"cat {number} was refused" in text_of(letter) for number in range(3))
    deliver_due(office.tenant_id, at("2026-01-12 08:00"))
    assert len(mailbox.letters) == 1


def test_a_digest_that_failed_comes_again_with_the_same_id_and_content(
    office: Office, mailbox: Mailbox, settings: Any
) -> None:
    office.dismiss(office.owner)
    office.prefer(office.builder, email="daily", digest_at=dt.time(8))
    office.tell(file="first", now=at("2026-01-10 12:00", dt.UTC))
    mailbox.replies = ["451 later"]
    deliver_due(office.tenant_id, at("2026-01-11 08:00", dt.UTC))
    begun = office.deliveries(channel=Channel.EMAIL, user=office.builder)[0].message
    office.tell(file="second", now=at("2026-01-11 07:59", dt.UTC))
    deliver_due(office.tenant_id, at("2026-01-11 09:00", dt.UTC))
    both = mailbox.for_(office.builder.email)
    assert str(begun) in both[0]["Message-ID"]
    assert ["first was refused" in text_of(letter) for letter in both] == [True, False]
    assert ["second was refused" in text_of(letter) for letter in both] == [False, True]


def test_a_digest_holds_only_what_its_reader_may_still_see(office: Office, mailbox: Mailbox) -> None:
    office.prefer(office.builder, email="daily")
    office.tell(now=at("2026-01-10 12:00"))
    office.dismiss(office.builder)
    deliver_due(office.tenant_id, at("2026-01-13 12:00"))
    assert mailbox.for_(office.builder.email) == []


def test_what_is_critical_comes_at_night_and_apart_from_the_digest(office: Office, mailbox: Mailbox) -> None:
    wishes = {"email": "daily", "quiet_from": NIGHT[0], "quiet_until": NIGHT[1], "time_zone": "Europe/Berlin"}
    office.prefer(office.builder, **wishes)
    office.tell(Kind.ACCESS_COMPROMISED, now=at("2026-01-11 03:00"))
    deliver_due(office.tenant_id, at("2026-01-11 03:00"))
    assert len(mailbox.for_(office.builder.email)) == 1


def test_the_inbox_has_everything_whatever_one_wished(office: Office) -> None:
    office.prefer(office.builder, email="off")
    office.tell()
    assert len(office.deliveries(channel=Channel.IN_APP, user=office.builder)) == 1
    assert office.deliveries(channel=Channel.EMAIL, user=office.builder) == []
