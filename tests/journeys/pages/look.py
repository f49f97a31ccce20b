"""Looking at one page as everybody may meet it: light and dark, on a desk, a phone and the narrowest phone.

A page is loaded once. What axe reads of colours it reads in each scheme at each width; everything else at each width.
At last it is read from right to left, in words that are a third longer, as other languages will have it.
"""

import functools
import gzip
import os
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Page

WIDTHS, NARROWEST, HEIGHT = (1280, 390), 320, 900
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
_OF_COLOURS = ["color-contrast", "link-in-text-block"]
_FOUND = """async (only) => {
  const options = { resultTypes: ["violations"], preload: false, ...(only && { runOnly: only }) };
  const { violations } = await axe.run(document, options);
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
}"""
MOST_BYTES = {".js": 35_000, ".css": 20_000}
"""What all scripts, and all style sheets, of one page weigh compressed. Django's administration brings its own."""
_LOADED = "performance.getEntriesByType('resource').map((entry) => entry.name)"
_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_IN_ANOTHER_LANGUAGE = """() => {
  document.documentElement.dir = "rtl";
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const code = "script, style, textarea, code, pre, output, [translate=no]";
  while (texts.nextNode()) {
    const said = texts.currentNode.data.trim();
    if (said && !texts.currentNode.parentElement.closest(code)) {
      texts.currentNode.data += ` ${said.slice(0, Math.ceil(said.length * 0.35))}`;
    }
  }
}"""
_CUT = """[...document.querySelectorAll("button, summary, label, th, h1, h2, h3, .button, .chip")]
  .filter((element) => element.checkVisibility() && getComputedStyle(element).display !== "inline")
  .filter((element) => element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1)
  .map((element) => element.outerHTML.slice(0, 160))"""


def faults(page: Page) -> list[str]:
    """What is wrong with the page that is open, in words that say where."""
    page.evaluate(AXE)
    found = [] if page.locator("h1").count() == 1 else ["not exactly one h1"]
    schemes = ["light", "dark"]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for number, scheme in enumerate(schemes):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            only = _OF_COLOURS if number else None
            found += [f"{width} {scheme} {each}" for each in page.evaluate(_FOUND, only)]
        schemes.reverse()
        found += _sideways(page, width)
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    found += _sideways(page, NARROWEST)
    found += _in_another_language(page)
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    return found


def _in_another_language(page: Page) -> list[str]:
    """What runs out of the page, or out of its own box, from right to left and in longer words."""
    page.evaluate(_IN_ANOTHER_LANGUAGE)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        sideways = [f"{each} in another language" for each in _sideways(page, width)]
        found += sideways + [f"{width} cuts off longer words: {html}" for html in page.evaluate(_CUT)]
    return found


def _sideways(page: Page, width: int) -> list[str]:
    return [f"scrolls sideways at {width}"] if page.evaluate(_SIDEWAYS) > 0 else []


def heavy(page: Page) -> list[str]:
    """Which kind of what the open page loaded weighs more than it may."""
    names = [urlsplit(name).path for name in page.evaluate(_LOADED)]
    files = {name.removeprefix("/static/") for name in names if name.startswith("/static/")}
    weights = {end: sum(_compressed(name) for name in files if name.endswith(end)) for end in MOST_BYTES}
    return [f"{end} of {weight} bytes" for end, weight in weights.items() if weight > MOST_BYTES[end]]


@functools.cache
def _compressed(name: str) -> int:
    return len(gzip.compress((Path(os.environ["STATIC_ROOT"]) / name).read_bytes(), mtime=0))
