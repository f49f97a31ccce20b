"""The child that opens strangers' archives and documents: what it may have, and what it means to ask for more."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.errors import FILE_UNCHECKABLE, FILE_UNREADABLE
from scanning.engines import inside
from scanning.engines.inside import SearchEngine, StructureEngine
from scanning.engines.port import Clean, Held, Rejected
from tests.scanning import samples
from tests.scanning.making import pdf
from tests.scanning.sources import BytesSource

ZIP = BytesSource(samples.zipped({"a.txt": b"hello"}), "application/zip")
LETTER = BytesSource(pdf("Dear Ms Miller"), "application/pdf")


def limited(code: str) -> subprocess.CompletedProcess[bytes]:
    """What becomes of code that runs as the child does."""
    root = Path(inside.__file__).parents[2]
    prologue = (
        f"import sys; sys.path.append({str(root)!r}); from scanning.inside import limits\n"
        "limits.LONGEST_SECONDS = 1; limits.limit_this_process()\n"
    )
    command = [sys.executable, "-I", "-c", prologue + code]
    return subprocess.run(command, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("bytearray(1 << 30)", b"MemoryError"),
        ("files = [open('/dev/null') for _ in range(40)]", b"Too many open files"),
        ("import tempfile; tempfile.TemporaryFile().write(bytes(100_000))", b"File too large"),
    ],
)
def test_it_gets_no_more_memory_files_or_room_than_it_may_have(code: str, error: bytes) -> None:
    assert error in limited(code).stderr


@pytest.mark.parametrize("code", ["while True: pass", "import signal; signal.pause()"])
def test_it_neither_works_nor_waits_for_ever(code: str) -> None:
    assert limited(code).returncode < 0


def test_what_asks_for_too_much_is_refused_as_an_archive_and_held_as_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the next file is looked at as if nothing had been."""
    assert isinstance(StructureEngine().examine(ZIP), Clean)
    forked_from = inside.children.process_id
    assert forked_from is not None
    with monkeypatch.context() as impatient:
        impatient.setattr(inside, "_WALL_SECONDS", 0.05)
        os.kill(forked_from, signal.SIGSTOP)
        refused, held = StructureEngine().examine(ZIP), SearchEngine("personal_data").examine(LETTER)
    assert isinstance(refused, Rejected)
    assert refused.problem is FILE_UNCHECKABLE
    assert isinstance(held, Held)
    assert held.problem is FILE_UNREADABLE
    assert isinstance(StructureEngine().examine(ZIP), Clean)
    assert isinstance(SearchEngine("personal_data").examine(LETTER), Clean)
