"""The trail of an app: filtered, in pages, live, and as a table that no spreadsheet runs."""

import csv
import datetime as dt
import io
import re

import pytest

from audit.actions import AuditAction
from kernel import clock
from marketplace import trail
from marketplace.trail import inert
from tenancy.roles import Role
from tests.gateway.conftest import bucket
from tests.marketplace.app_world import Office, browser_of, text_of

__all__ = ["bucket"]


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    return Office()


def rows_of(office: Office, **query: str) -> list[list[str]]:
    body = office.get("activity.csv", **query).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body)))[1:]


def test_each_choice_shows_its_own_events(office: Office) -> None:
    office.happened(AuditAction.TOKEN_ISSUED)
    office.happened(AuditAction.FOLDER_CREATED, name="trips")
    office.happened(AuditAction.TOKEN_REFUSED)
    office.happened(AuditAction.QUOTA_CHANGED)
    kinds = {show: [row[4] for row in rows_of(office, show=show)] for show in ("news", "files", "access", "settings")}
    assert AuditAction.TOKEN_ISSUED not in kinds["news"]
    assert kinds["files"] == [AuditAction.FOLDER_CREATED]
    assert kinds["access"] == [AuditAction.TOKEN_REFUSED]
    assert kinds["settings"] == [AuditAction.QUOTA_CHANGED, AuditAction.APP_INSTALLED]
    assert [row[4] for row in rows_of(office, show="problems")] == [AuditAction.TOKEN_REFUSED]
    assert AuditAction.TOKEN_ISSUED in {row[4] for row in rows_of(office, show="all")}


def test_days_bound_what_is_shown_and_a_wrong_order_is_told(office: Office) -> None:
    today = clock.now().date()
    assert rows_of(office, since=f"{today}", until=f"{today}")
    assert rows_of(office, until=f"{today - dt.timedelta(days=1)}") == []
    wrong = office.get("activity/", since="2026-02-02", until="2026-02-01")
    assert wrong.status_code == 422
    assert "<title>Error: Activity" in text_of(wrong)
    assert "The last day is before the first." in text_of(wrong)


def test_older_events_follow_behind_the_last_of_a_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(trail.PAGE + 5):
        office.happened(AuditAction.FOLDER_CREATED, name=f"folder {number}")
    first = text_of(office.get("activity/", show="files"))
    before = re.search(r"\?before=([0-9a-f-]{36})", first)
    assert before is not None
    second = text_of(office.get("activity/", show="files", before=before[1]))
    names = re.findall(r"folder (\d+)</span>", first + second)
    assert names == [str(number) for number in reversed(range(trail.PAGE + 5))]
    assert "hx-sse:connect" in first
    assert "hx-sse:connect" not in second
    assert office.get("activity/", before="1' or '1").status_code == 404


def test_the_live_part_shows_what_happened_since_and_is_never_kept(office: Office) -> None:
    office.happened(AuditAction.FOLDER_CREATED, name="just now")
    answer = office.get("activity/live/")
    assert "just now" in text_of(answer)
    assert answer["Cache-Control"] == "no-store"


def test_the_table_holds_nothing_that_a_spreadsheet_would_run(office: Office) -> None:
    hostile = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "|x", "%0A"]
    for name in hostile:
        office.happened(AuditAction.FOLDER_CREATED, name=name)
    office.happened(AuditAction.FOLDER_CREATED, actor="external:=evil", name='plain "quoted", with comma')
    cells = [cell for row in rows_of(office, show="files") for cell in row]
    assert [cell for cell in cells if cell[:1] in set("=+-@|%\t\r＝")] == []
    assert 'plain "quoted", with comma' in cells
    assert {f"'{name}" for name in hostile} <= {inert(name) for name in hostile}
    assert inert("beach.jpg") == "beach.jpg"


def test_the_table_is_of_one_app_alone_and_not_for_members(office: Office) -> None:
    office.happened(AuditAction.FOLDER_CREATED, name="ours")
    theirs = browser_of(office.stranger.user).get(f"/apps/{office.stranger.app.slug}/activity.csv")
    assert "ours" not in theirs.content.decode()
    assert office.get("activity.csv", Role.MEMBER).status_code == 404
    answer = office.get("activity.csv", Role.AUDITOR)
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{office.app.slug}-activity-')
    assert answer.content.startswith(b"\xef\xbb\xbf")
