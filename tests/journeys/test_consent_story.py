"""Folders that are agreed to apart, in a browser: asked each by itself, kept, taken back, and asked again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser


def test_papers_of_each_kind_wait_for_their_own_agreement(visitor: Visitor, photo: Path) -> None:
    page = visitor.sign_in("builder@acme.example").page
    page.goto("/templates/hr-document-intake/new/")
    page.get_by_role("button", name="Create app").click()
    page.wait_for_url(re.compile("/go/[^/]+/$"))
    dialog, what = page.get_by_role("dialog"), page.get_by_label("What are you handing in?")

    what.select_option("Contracts")
    page.get_by_role("button", name="Choose files").click()
    boxes = dialog.get_by_role("checkbox")
    expect(boxes).to_have_count(3)
    for box in boxes.all():
        expect(box).not_to_be_checked()
    dialog.get_by_role("button", name="Agree and continue").click()
    expect(page.get_by_text("You have not agreed to share files of this kind. Nothing was sent.").first).to_be_visible()

    what.select_option("Anything not listed below")
    hand_in(page, photo, stored=1)

    what.select_option("Contracts")
    page.get_by_role("button", name="Choose files").click()
    expect(dialog.get_by_text("Only the people who run this page can open them")).to_have_count(0)
    dialog.get_by_label("Contracts").check()
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Agree and continue").click()
    chooser.value.set_files(str(photo))
    expect(page.get_by_text("Safe and stored", exact=True)).to_have_count(2, timeout=20_000)

    take_back(visitor, page.url, "Contracts")
    page.get_by_role("button", name="Choose files").wait_for()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(str(photo))
    expect(page.get_by_text("You took back that you share these files. Nothing was sent.").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Read and decide")).click()
    dialog.get_by_label("Contracts").check()
    dialog.get_by_role("button", name="Agree and continue").click()
    expect(page.get_by_text("Safe and stored", exact=True)).to_have_count(3, timeout=20_000)
    refused = "Failed to load resource: the server responded with a status of"
    assert visitor.complaints == [f"{refused} 401 (Unauthorized)", f"{refused} 403 (Forbidden)"]  # what was taken back


def hand_in(page: Page, file: Path, stored: int) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(str(file))
    expect(page.get_by_text("Safe and stored", exact=True)).to_have_count(stored, timeout=20_000)


def take_back(visitor: Visitor, upload_page: str, folder: str) -> None:
    """In another tab, so that the upload page knows nothing of it."""
    tab = visitor.context.new_page()
    tab.goto(f"{upload_page}consent/")
    tab.get_by_role("region", name=folder, exact=True).get_by_role("button", name="Take it back").click()
    expect(tab.get_by_text(f"Nothing more of yours goes to {folder}")).to_be_visible()
    tab.close()
