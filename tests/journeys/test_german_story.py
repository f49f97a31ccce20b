"""The first upload in German, from the catalogue to a file that is stored: not a sentence of English on the way."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_template_story import SUMMARY

pytestmark = pytest.mark.browser

_ENGLISH = re.compile(r"\b(the|and|is|are|your|this|you|was|files|kept|nobody|stored|every|may|of)\b", re.IGNORECASE)
_WORDS = """() => {
  const own = (node) => [...node.childNodes].flatMap((each) => each.nodeType === 3
    ? [each.textContent] : own(each.shadowRoot ?? each).concat(each.shadowRoot ? own(each) : []));
  const gone = "script, style, template, noscript, code, pre, [lang]:not(html)";
  const copy = [...document.querySelectorAll("main *")].filter((node) => !node.closest(gone));
  const boxes = copy.flatMap((node) => node.shadowRoot ? own(node.shadowRoot) : []);
  return [...copy.flatMap((node) => [...node.childNodes].filter((each) => each.nodeType === 3)
    .map((each) => each.textContent)), ...boxes].map((words) => words.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


def english_on(visitor: Visitor) -> list[str]:
    """What reads like English on the page, in its upload box too; what people wrote themselves is left as it is."""
    words: list[str] = visitor.page.evaluate(_WORDS)
    return [text for text in words if len(_ENGLISH.findall(text)) > 1 and text != SUMMARY]


def test_a_german_reads_german_from_the_catalogue_to_the_stored_file(
    site: str, chromium: Browser, photo: Path, infected: Path
) -> None:
    visitor = Visitor(chromium, site, locale="de-DE")
    visitor.sign_in("builder@acme.example")
    page, seen = visitor.page, []
    page.goto("/templates/")
    seen += english_on(visitor)
    page.get_by_role("link", name="Team-Fotoablage (Marketing)").click()
    seen += english_on(visitor)
    page.get_by_role("link", name="Diese Vorlage verwenden").first.click()
    page.get_by_label("Wie heißt sie?").fill("Sommerfest")
    seen += english_on(visitor)
    page.get_by_role("button", name="App erstellen").click()
    page.wait_for_url(re.compile(r"/go/[^/]+/$"))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Dateien wählen").click()
        seen += english_on(visitor)
        page.get_by_role("button", name="Zustimmen und weiter").click()
    chooser.value.set_files([str(photo), str(infected)])
    files = page.get_by_role("list", name="Ihre Dateien")
    expect(files.get_by_text("Sicher gespeichert")).to_have_count(1, timeout=40_000)
    expect(files.get_by_text("enthält einen Virus")).to_be_visible(timeout=40_000)
    seen += english_on(visitor)
    for tab in ("", "files/", "activity/", "share/", "settings/", "requests/", "keys/"):
        page.goto(f"/apps/{slug_of(page.url)}/{tab}")
        seen += english_on(visitor)
    assert sorted(set(seen)) == []
    assert visitor.complaints == []


def slug_of(address: str) -> str:
    """The app's part of any of its pages' addresses."""
    return re.split(r"/(?:go|apps)/", address)[1].split("/", 1)[0]
