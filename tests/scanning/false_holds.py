"""How many ordinary files the checks hold or refuse: `python -m embedded configured … -m tests.scanning.false_holds`.

Its arguments are how many files of each ending to draw, and folders to draw them from. Every check but clamd is asked,
which finds by signatures alone and never doubts. Prints what became of how many, and each one that isn't clean.
"""

# ruff: noqa: E402 - models can be imported only once Django is set up

import mimetypes
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import django

django.setup()

from scanning.engines.port import Clean, Rejected
from scanning.engines.registry import engines
from tests.scanning.sources import BytesSource

ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".tiff", ".svg", ".pdf", ".txt", ".md", ".json", ".csv", ".xml",
           ".zip", ".gz", ".docx", ".xlsx", ".pptx", ".odt", ".ods")  # fmt: skip
_MOST_BYTES = 50_000_000


def drawn(each: int, folders: list[Path]) -> Iterator[Path]:
    """At most `each` files of every ending, none twice, the same ones every time."""
    by_ending: dict[str, list[Path]] = defaultdict(list)
    for folder in folders:
        for file in folder.rglob("*"):
            if file.suffix.lower() in ENDINGS and not file.is_symlink() and file.is_file():
                by_ending[file.suffix.lower()].append(file)
    for ending in ENDINGS:
        found = sorted(by_ending[ending])
        yield from random.Random(7).sample(found, min(each, len(found)))


def outcome(file: Path) -> tuple[str, str]:
    """What becomes of it, with the evidence."""
    content_type = mimetypes.guess_type(file.name, strict=False)[0] or "text/markdown"
    content_type = "application/gzip" if file.suffix == ".gz" else content_type
    source, doubt = BytesSource(file.read_bytes(), content_type, file.name, 256 * 1024), ("clean", "")
    for engine in engines(""):
        if engine.name == "malware":
            continue
        verdict = engine.examine(source)
        if isinstance(verdict, Rejected):
            return f"refused {verdict.problem.code}", verdict.detail
        if not isinstance(verdict, Clean) and doubt[0] == "clean":
            doubt = f"held {verdict.problem.code}", verdict.detail
    return doubt


def main(each: int, folders: list[Path]) -> None:
    counts: Counter[str] = Counter()
    for file in drawn(each, folders):
        if 0 < file.stat().st_size <= _MOST_BYTES:
            told, detail = outcome(file)
            counts[told] += 1
            if told != "clean":
                print(f"{told}: {detail}: {file}")
    print(dict(counts), f"of {sum(counts.values()):,}")


if __name__ == "__main__":
    main(int(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
