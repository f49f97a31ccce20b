"""Somebody who never signs in hands a file in at a public drop box, and its owner finds it there."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_photo_story import choose_files

pytestmark = pytest.mark.browser


def test_a_stranger_hands_a_file_in_and_the_builder_finds_it(chromium: Browser, site: str, tmp_path: Path) -> None:
    builder = Visitor(chromium, site).sign_in("builder@acme.example")
    page = builder.page
    page.goto("/templates/public-drop-box/new/")
    page.get_by_role("button", name="Create app").click()
    page.wait_for_url(re.compile(r"/go/[^/]+/$"), timeout=30_000)
    slug = page.url.rstrip("/").rsplit("/", 1)[1]

    note = tmp_path / "note.txt"
    note.write_text("Handed in by somebody whom nobody knows.\n")
    stranger = Visitor(chromium, site)
    stranger.page.goto(f"/go/{slug}/")
    choose_files(stranger, note)
    expect(stranger.page.get_by_text("Safe and stored").first).to_be_visible(timeout=40_000)
    assert stranger.complaints == []

    page.goto(f"/apps/{slug}/files/")
    expect(page.get_by_text("note.txt").first).to_be_visible()
    stranger.context.close()
    builder.context.close()
