"""The photo story: from the template to a scanned, listed, downloaded photo, and a virus that gets nowhere."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser


def create_app(visitor: Visitor, name: str) -> str:
    """Make an app as a builder does; returns its page's address."""
    page = visitor.page
    page.goto("/templates/")
    page.get_by_role("link", name="Team Photo Share (Marketing)").click()
    page.get_by_role("link", name="Use this template").first.click()
    page.get_by_label("What is it called?").fill(name)
    page.get_by_label("open files").check()
    page.get_by_role("button", name="Create app").click()
    page.wait_for_url(re.compile(r"/go/[^/]+/$"))
    page.get_by_role("link", name="Look after this app").click()
    page.wait_for_url(re.compile(r"/apps/[^/]+/$"))
    return page.url


def choose_files(visitor: Visitor, *files: Path) -> None:
    page = visitor.page
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
        agree = page.get_by_role("button", name="Agree and continue")
        agree.click()
    chooser.value.set_files([str(file) for file in files])


def test_a_photo_becomes_safe_and_a_virus_never_a_file(visitor: Visitor, photo: Path, infected: Path) -> None:
    visitor.sign_in("builder@acme.example")
    app_page = create_app(visitor, "Office party")
    page = visitor.page
    page.get_by_role("link", name="Open the upload page").click()
    expect(page.get_by_text("up to 15 MB").locator("visible=true").first).to_be_visible()
    choose_files(visitor, photo, infected)
    list_of_files = page.get_by_role("list", name="Your files")
    expect(list_of_files.get_by_text("Safe and stored")).to_have_count(1, timeout=40_000)
    expect(list_of_files.get_by_text("contains a virus")).to_be_visible(timeout=40_000)

    page.goto(f"{app_page}files/")
    download_button = page.get_by_role("button", name=f"Download {photo.name}")
    with page.expect_download() as download:
        download_button.click()
    assert Path(download.value.path()).read_bytes() == photo.read_bytes()
    expect(page.get_by_role("button", name="Download innocent.jpg")).to_have_count(0)
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_text("File safe and stored")).to_be_visible()
    assert visitor.complaints == []


def test_what_the_app_cannot_take_is_refused_before_the_network(visitor: Visitor, tmp_path: Path) -> None:
    visitor.sign_in("builder@acme.example")
    create_app(visitor, "Refusals")
    page = visitor.page
    page.get_by_role("link", name="Open the upload page").click()
    big, note = tmp_path / "Holiday.jpg", tmp_path / "notes.txt"
    big.write_bytes(b"\xff\xd8\xff" + bytes(15_000_001))
    note.write_text("hello")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/v1/uploads" in request.url else None)
    choose_files(visitor, big, note)
    expect(page.get_by_text("This app takes files up to 15 MB.")).to_be_visible()
    expect(page.get_by_text("must be a JPG, PNG, WEBP, GIF or HEIC photo").last).to_be_visible()
    assert asked == []
    assert visitor.complaints == []


@pytest.mark.parametrize("address", ["/apps/{slug}/", "/go/{slug}/", "/go/{slug}/surface.json"])
def test_the_outsider_finds_nothing_of_the_builders(visitor: Visitor, address: str, site: str) -> None:
    visitor.sign_in("builder@acme.example")
    slug = create_app(visitor, re.sub(r"\W+", " ", f"Ours at {address}")).rstrip("/").rsplit("/", 1)[1]
    outsider = Visitor(visitor.context.browser, site).sign_in("outsider@globex.example")
    answer = outsider.page.goto(address.format(slug=slug))
    absent = outsider.page.goto(address.format(slug="no-such-app-at-all"))
    assert answer is not None
    assert absent is not None
    assert answer.status == absent.status == 404
    outsider.context.close()
