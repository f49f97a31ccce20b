"""A scanner's OK counts only for files that it demonstrably looks into."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanning.engines import selftest
from scanning.engines.malware import MalwareEngine
from scanning.engines.port import Clean, EngineUnavailableError, Rejected
from tests.scanning.scanners import EICAR, OwnClamd, answering, read_stream
from tests.scanning.sources import BytesSource

MB = 1_000_000


@contextmanager
def clamd(folder: Path, **limits: str) -> Iterator[str]:
    own = OwnClamd(folder, **limits)
    own.start()
    yield own.url
    own.kill()


@pytest.mark.parametrize("limit", ["MaxFileSize", "MaxScanSize"])
def test_ok_for_a_file_beyond_a_limit_that_clamd_keeps_to_itself_is_not_believed(tmp_path: Path, limit: str) -> None:
    with clamd(tmp_path, **{limit: "2M"}) as url:
        engine = MalwareEngine(url)
        for body in (bytes(3 * MB), EICAR + bytes(3 * MB)):
            with pytest.raises(EngineUnavailableError, match=limit):
                engine.examine(BytesSource(body))
        assert isinstance(engine.examine(BytesSource(bytes(MB))), Clean)
        assert isinstance(engine.examine(BytesSource(EICAR + bytes(MB))), Rejected)


def test_a_scanner_that_says_ok_to_everything_is_not_believed() -> None:
    """Attack 72: a scanner that lies."""

    def agreeing(connection: socket.socket) -> None:
        read_stream(connection)
        connection.sendall(b"stream: OK\0")

    with answering(agreeing) as url, pytest.raises(EngineUnavailableError, match="does not find the test file"):
        MalwareEngine(url).examine(BytesSource(b"x"))


def counting(found: list[int]) -> object:
    """A scanner that finds the test file and nothing else, and counts how often it is asked about it."""

    def converse(connection: socket.socket) -> None:
        with connection.makefile("rb") as incoming:
            incoming.read(10)
            first = incoming.read(int.from_bytes(incoming.read(4), "big"))
            while length := int.from_bytes(incoming.read(4), "big"):
                incoming.read(length)
        is_test = first.startswith(EICAR)
        found.extend([1] * is_test)
        connection.sendall(b"stream: Eicar FOUND\0" if is_test else b"stream: OK\0")

    return converse


def test_a_proof_is_asked_for_once_and_again_for_larger_files_and_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    with answering(counting(asked)) as url:  # type: ignore[arg-type]
        engine = MalwareEngine(url)
        for size, proofs in ((10, 1), (20, 1), (MB, 1), (2 * MB, 2), (MB, 2)):
            engine.examine(BytesSource(bytes(size)))
            assert len(asked) == proofs
        monkeypatch.setattr(selftest, "_BELIEVED_SECONDS", 0.0)
        for size, proofs in ((3 * MB, 3), (10, 4)):
            engine.examine(BytesSource(bytes(size)))
            assert len(asked) == proofs
