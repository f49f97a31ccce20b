"""clamd over INSTREAM: a real one, one that dies, and servers that lie."""

import os
import socket
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanning.engines.clamd import LARGEST_FILE_BYTES, Address, BeyondEngineLimitError, Clamd
from scanning.engines.port import EngineUnavailableError
from tests.scanning.scanners import EICAR, OwnClamd, answering, read_stream

MB = 1_000_000


def client(url: str, patience_seconds: float = 20) -> Clamd:
    return Clamd(Address.parse(url), patience_seconds)


@pytest.fixture
def own_clamd(tmp_path: Path) -> Iterator[OwnClamd]:
    own = OwnClamd(tmp_path, StreamMaxLength="2M")
    own.start()
    yield own
    own.kill()


def test_a_clean_file_is_ok(clamd_url: str) -> None:
    assert client(clamd_url).scan([b"hello ", b"", b"world"], 11) == "stream: OK"


def test_eicar_is_found_even_when_it_is_cut_into_chunks(clamd_url: str) -> None:
    chunks = [EICAR[:30], EICAR[30:]]
    assert client(clamd_url).scan(chunks, len(EICAR)).startswith("stream: Eicar")


def test_the_version_names_the_program(clamd_url: str) -> None:
    assert client(clamd_url).version().startswith("ClamAV ")


def test_thirty_megabytes_pass_in_little_memory(clamd_url: str) -> None:
    chunk = os.urandom(256 * 1024)
    tracemalloc.start()
    try:
        reply = client(clamd_url, 60).scan((chunk for _ in range(120)), 120 * len(chunk))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert reply == "stream: OK"
    assert peak < 2 * MB


def test_one_large_chunk_is_sent_in_pieces(clamd_url: str) -> None:
    body = bytes(5 * MB) + EICAR
    assert client(clamd_url).scan([body], len(body)).endswith("FOUND")


def test_a_unix_socket_works_too(tmp_path: Path) -> None:
    own = OwnClamd(tmp_path, LocalSocket=str(tmp_path / "s"))
    own.start()
    try:
        assert client(f"unix://{tmp_path}/s").scan([b"x"], 1) == "stream: OK"
    finally:
        own.kill()


def test_a_file_beyond_the_stream_limit_is_never_called_clean(own_clamd: OwnClamd) -> None:
    with pytest.raises(EngineUnavailableError):
        client(own_clamd.url).scan((bytes(MB) for _ in range(8)), 8 * MB)


def test_the_reply_about_the_stream_limit_is_understood() -> None:
    def limited(connection: socket.socket) -> None:
        read_stream(connection)
        connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")

    with answering(limited) as url, pytest.raises(BeyondEngineLimitError, match="StreamMaxLength"):
        client(url).scan([b"x"], 1)


def test_a_file_that_clamd_could_not_look_into_is_not_sent_at_all() -> None:
    with pytest.raises(BeyondEngineLimitError):
        client("tcp://127.0.0.1:9").scan([], LARGEST_FILE_BYTES + 1)


def test_clamd_killed_in_mid_stream_is_no_answer(own_clamd: OwnClamd) -> None:
    def dying() -> Iterator[bytes]:
        yield bytes(1000)
        own_clamd.kill()
        for _ in range(100):
            yield bytes(10_000)

    with pytest.raises(EngineUnavailableError):
        client(own_clamd.url).scan(dying(), 1_001_000)


def test_clamd_that_is_not_there_is_no_answer(own_clamd: OwnClamd) -> None:
    own_clamd.kill()
    with pytest.raises(EngineUnavailableError, match="ConnectionRefusedError"):
        client(own_clamd.url).scan([b"x"], 1)
    with pytest.raises(EngineUnavailableError):
        client(own_clamd.url).version()
    with pytest.raises(EngineUnavailableError):
        client("unix:///nowhere/clamd.sock").version()


def test_clamd_that_came_back_answers(own_clamd: OwnClamd) -> None:
    own_clamd.kill()
    own_clamd.start()
    assert client(own_clamd.url).scan([b"x"], 1) == "stream: OK"


def test_a_file_shorter_or_longer_than_it_should_be_is_no_answer(clamd_url: str) -> None:
    for size in (3, 5):
        with pytest.raises(EngineUnavailableError, match="should have"):
            client(clamd_url).scan([b"four"], size)


def silent(connection: socket.socket) -> None:
    connection.recv(1)
    while connection.recv(65536):
        pass


def hanging_up(connection: socket.socket) -> None:
    connection.recv(5)


def cut_short(connection: socket.socket) -> None:
    read_stream(connection)
    connection.sendall(b"stream: OK")


def endless(connection: socket.socket) -> None:
    read_stream(connection)
    try:
        while True:
            connection.sendall(b"stream: OK " * 100)
    except OSError:
        pass


@pytest.mark.parametrize("converse", [silent, hanging_up, cut_short, endless])
def test_half_an_answer_is_none(converse: Callable[[socket.socket], None]) -> None:
    with answering(converse) as url, pytest.raises(EngineUnavailableError):
        client(url, patience_seconds=0.3).scan([bytes(100_000)], 100_000)


def test_a_server_that_drips_is_not_waited_for_longer_than_the_patience() -> None:
    def dripping(connection: socket.socket) -> None:
        read_stream(connection)
        connection.settimeout(0.05)
        try:
            for byte in b"stream: OK" * 100:
                connection.sendall(bytes([byte]))
                with pytest.raises(TimeoutError):
                    connection.recv(1)
        except (OSError, pytest.fail.Exception):
            pass

    with answering(dripping) as url, pytest.raises(EngineUnavailableError, match="TimeoutError"):
        client(url, patience_seconds=0.4).scan([b"x"], 1)


def test_a_server_that_reads_nothing_is_not_waited_for_either() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"tcp://127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(EngineUnavailableError, match="TimeoutError"):
            Clamd(Address.parse(url), 0.3, 1000 * MB).scan((bytes(MB) for _ in range(30)), 30 * MB)


@pytest.mark.parametrize(
    "url", ["", "clamd", "tcp://host", "tcp://:3310", "tcp://h:x", "unix://", "unix://host/s", "http://h:1"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"address|[Pp]ort"):
        Address.parse(url)
