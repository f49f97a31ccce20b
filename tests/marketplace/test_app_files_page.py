"""The list of an app's files: folders, beginnings of names, orders, pages."""

import re

import pytest

from kernel import clock
from storage.models import StoredFile
from tests.gateway.conftest import bucket
from tests.gateway.shelf import put
from tests.marketplace.app_world import Office, browser_of, text_of

__all__ = ["bucket"]


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    return Office()


def shown(page: str) -> list[str]:
    return re.findall(r'aria-label="Download ([^"]+)"', page)


def test_an_empty_app_says_what_to_do(office: Office) -> None:
    assert "Upload your first file" in text_of(office.get("files/"))


def test_folders_open_and_lead_back(office: Office) -> None:
    put(office.person, "trips/2026 & on/a.jpg")
    put(office.person, "top.jpg")
    root = text_of(office.get("files/"))
    assert shown(root) == ["top.jpg"]
    assert 'href="?path=trips"' in root
    inner = text_of(office.get("files/", path="trips/2026 & on"))
    assert shown(inner) == ["a.jpg"]
    assert '<a href="?path=trips">trips</a>' in inner


def test_a_file_that_a_later_check_locked_is_not_called_safe_and_leads_to_what_was_found(office: Office) -> None:
    put(office.person, "good.jpg")
    locked = put(office.person, "odd.jpg")
    office.within(lambda: StoredFile.objects.filter(pk=locked).update(locked_at=clock.now(), has_thumbnail=True))
    page = text_of(office.get("files/"))
    assert shown(page) == ["good.jpg"]
    _before, _row, row = page.partition(f'id="file-{locked}"')
    row = row.partition("</li>")[0]
    assert "Locked: nobody can open it" in row
    assert f'href="/apps/{office.app.slug}/quarantine/"' in row
    assert "Safe and stored" not in row
    assert "data-thumbnail" not in row


def test_what_was_refused_leads_to_its_evidence(office: Office) -> None:
    started = office.person.start(path="cat.jpg").json()
    page = text_of(office.get("files/"))
    assert f'<a href="/apps/{office.app.slug}/files/{started["id"]}/">cat.jpg</a>' in page


def test_a_beginning_finds_names_and_says_so_when_none_match(office: Office) -> None:
    for name in ("beach.jpg", "beam.jpg", "cat.jpg"):
        put(office.person, name)
    assert shown(text_of(office.get("files/", begins="bea", sort="-size"))) == ["beach.jpg", "beam.jpg"]
    assert "Nothing here begins with “zoo”." in text_of(office.get("files/", begins="zoo"))


def test_orders_sort_and_an_unknown_one_is_left_out(office: Office) -> None:
    for name, size in (("a.jpg", 30), ("b.jpg", 10), ("c.jpg", 20)):
        put(office.person, name, bytes(size))
    assert shown(text_of(office.get("files/", sort="-size"))) == ["a.jpg", "c.jpg", "b.jpg"]
    assert shown(text_of(office.get("files/", sort="size"))) == ["b.jpg", "c.jpg", "a.jpg"]
    assert shown(text_of(office.get("files/", sort="colour"))) == ["a.jpg", "b.jpg", "c.jpg"]


@pytest.mark.parametrize("sort", ["name", "-created", "size"])
def test_pages_go_on_where_the_last_one_ended(office: Office, sort: str) -> None:
    names = {put(office.person, f"{number:03}.jpg") and f"{number:03}.jpg" for number in range(53)}
    first = text_of(office.get("files/", sort=sort))
    after = re.search(r"\?after=([^&]+)&", first)
    assert after is not None
    second = text_of(office.get("files/", sort=sort, after=after[1]))
    assert len(shown(first)) == 50
    assert {*shown(first), *shown(second)} == names
    assert "Next 50" not in second
    assert office.get("files/", sort="-name", after=after[1]).status_code == 404


@pytest.mark.parametrize(
    "query", [{"path": "nowhere"}, {"path": "a//b"}, {"path": "../x"}, {"after": "forged"}, {"path": "\x00"}]
)
def test_what_is_not_there_is_a_404(office: Office, query: dict[str, str]) -> None:
    assert office.get("files/", **query).status_code == 404


def test_a_cursor_of_another_app_is_worthless(office: Office) -> None:
    for number in range(51):
        put(office.stranger, f"{number}.jpg")
    theirs = browser_of(office.stranger.user).get(f"/apps/{office.stranger.app.slug}/files/")
    after = re.search(r"\?after=([^\"&]+)", text_of(theirs))
    assert after is not None
    assert office.get("files/", after=after[1]).status_code == 404
