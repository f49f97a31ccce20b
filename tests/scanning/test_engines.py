"""The engines behind their port: what each says of a file, and which are asked."""

import socket

import pytest

from kernel.errors import FILE_CONTENT_MISMATCH, FILE_INFECTED, FILE_UNCHECKABLE, Problem
from scanning.engines.content_type import ContentTypeEngine
from scanning.engines.malware import MalwareEngine
from scanning.engines.port import Clean, EngineUnavailableError, Rejected
from scanning.engines.registry import engines, named
from tests.scanning import samples
from tests.scanning.scanners import EICAR, answering, read_stream
from tests.scanning.sources import BytesSource


def told(reply: bytes) -> Clean | Rejected:
    """What the malware engine makes of a scanner's reply."""

    def converse(connection: socket.socket) -> None:
        read_stream(connection)
        connection.sendall(reply)

    with answering(converse) as url:
        return MalwareEngine(url).examine(BytesSource(b"x"))


def test_a_clean_photo_is_clean_for_every_engine(clamd_url: str) -> None:
    photo = BytesSource(samples.picture("JPEG"), "image/jpeg")
    assert all(isinstance(engine.examine(photo), Clean) for engine in engines(clamd_url))


def test_eicar_is_rejected_as_infected_with_the_signature_as_evidence(clamd_url: str) -> None:
    verdict = MalwareEngine(clamd_url).examine(BytesSource(EICAR))
    assert isinstance(verdict, Rejected)
    assert verdict.problem is FILE_INFECTED
    assert "eicar" in verdict.detail.lower()


@pytest.mark.parametrize("name", ["a.txt", "deep/er/b.exe"])
def test_eicar_inside_a_zip_is_found(clamd_url: str, name: str) -> None:
    verdict = MalwareEngine(clamd_url).examine(BytesSource(samples.zipped({name: EICAR})))
    assert isinstance(verdict, Rejected)


@pytest.mark.parametrize(
    "reply", [b"\0", b"OK\0", b"stream: ok\0", b"stream: OK \0", b"stream: OKAY\0", b"stream: FOUND\0",
              b"xstream: OK\0", b"stream: Unknown ERROR\0", b"PONG\0", b"\xff\xfe\0", b"stream: OK\nstream: OK\0"]
)  # fmt: skip
def test_a_reply_that_is_not_exactly_ok_or_found_is_no_answer(reply: bytes) -> None:
    with pytest.raises(EngineUnavailableError):
        told(reply)


def test_an_archive_that_could_not_be_looked_into_is_refused_but_not_called_a_virus() -> None:
    verdict = told(b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0")
    assert isinstance(verdict, Rejected)
    assert verdict.problem is FILE_UNCHECKABLE
    assert "can't be checked" in Problem(verdict.problem, **verdict.facts).user_message


def test_without_a_scanner_every_file_waits() -> None:
    engine = MalwareEngine("")
    with pytest.raises(EngineUnavailableError, match="CLAMD_URL"):
        engine.examine(BytesSource(b"x"))
    with pytest.raises(EngineUnavailableError):
        engine.version()


def test_a_mismatch_is_told_in_words_for_people() -> None:
    verdict = ContentTypeEngine().examine(BytesSource(samples.WEB_PAGE, "application/pdf"))
    assert isinstance(verdict, Rejected)
    assert verdict.problem is FILE_CONTENT_MISMATCH
    assert verdict.detail == "seems to be: a web page"
    words = Problem(verdict.problem, name="report.pdf", **verdict.facts).user_message
    assert words == "report.pdf does not look like a PDF inside. It was not stored."


def test_a_script_far_inside_a_drawing_is_found_even_on_the_edge_of_a_chunk() -> None:
    padding = b"<g/>" * 30_000
    for shift in range(12):
        body = samples.SVG.replace(b"<rect", b" " * shift + padding + b"<script>x()</script><rect")
        assert isinstance(ContentTypeEngine().examine(BytesSource(body, "image/svg+xml")), Rejected)
    assert isinstance(ContentTypeEngine().examine(BytesSource(samples.SVG, "image/svg+xml")), Clean)


def test_the_record_tells_which_libmagic_judged() -> None:
    assert ContentTypeEngine().version().engine.startswith("libmagic 5.")


def test_the_policy_chooses_the_engines_and_their_order() -> None:
    available = engines("")
    asked = [engine.name for engine in named(["malware", "content_type", "malware"], available)]
    assert asked == ["structure", "rules", "malware", "content_type"]


@pytest.mark.parametrize("names", [[], ["content_type", "dlp"]])
def test_a_policy_whose_engine_is_not_there_makes_files_wait(names: list[str]) -> None:
    with pytest.raises(EngineUnavailableError):
        named(names, engines(""))
