"""The engine of rules works in any thread, and what it holds ends where it began, errors that outlive it included."""

import gc
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from scanning.engines.yara import SHIPPED, YaraEngine


class Vanishing:
    """A file that storage stops sending in the middle."""

    def chunks(self) -> Iterator[bytes]:
        yield b"the first bytes"
        raise OSError("storage is gone")


def test_an_error_that_is_kept_holds_nothing_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    unheard: list[Any] = []
    kept: list[OSError] = []
    monkeypatch.setattr(sys, "unraisablehook", unheard.append)

    def look() -> None:
        try:
            YaraEngine(SHIPPED).examine(Vanishing())  # type: ignore[arg-type]  # more is not asked of it
        except OSError as error:
            kept.append(error)

    worker = threading.Thread(target=look)
    worker.start()
    worker.join()
    assert [str(error) for error in kept] == ["storage is gone"]
    kept.clear()
    gc.collect()
    assert unheard == []
