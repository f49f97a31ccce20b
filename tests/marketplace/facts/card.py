"""The Safety facts card as a person reads it: one sentence after the other, each under the heading of its row."""

from dataclasses import dataclass
from html.parser import HTMLParser


@dataclass(frozen=True)
class Sentence:
    """One thing that the card says. `row` is its heading, with the line above its list where there is one."""

    row: str
    words: str

    def __str__(self) -> str:
        return f"{self.row} › {self.words}"


def sentences(page: str) -> list[Sentence]:
    """Everything that the page's card says, in its order."""
    reader = _Reader()
    reader.feed(page)
    assert reader.found, "The page has no Safety facts card."
    return reader.found


class _Reader(HTMLParser):
    """Takes the texts of the card's list items, paragraphs and rows; headings of folded parts promise nothing."""

    _LEAVES = ("dt", "dd", "li", "p", "summary", "h2")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Sentence] = []
        self._row = self._above = self._text = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section" and (self._depth or "facts" in (dict(attrs).get("class") or "").split()):
            self._depth += 1
        if tag in self._LEAVES:
            self._text = ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "section" and self._depth:
            self._depth -= 1
        if not self._depth or tag not in self._LEAVES:
            return
        words, self._text = " ".join(self._text.split()), ""
        if tag == "dt":
            self._row, self._above = words, ""
        elif tag == "p" and words.endswith(":"):
            self._above = words
        elif words and tag not in {"summary", "h2"}:
            row = f"{self._row} · {self._above}" if self._above else self._row
            self.found.append(Sentence(row, words))
