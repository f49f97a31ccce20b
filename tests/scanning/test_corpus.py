"""What becomes of files of every kind: nothing evil is let in, ordinary files aren't held."""

import pytest

from scanning.engines.port import Clean, Held, Rejected, Verdict
from scanning.engines.registry import engines, named
from tests.scanning.corpus import EVIL, ORDINARY
from tests.scanning.making import Case

ALL = ("content_type", "malware", "personal_data", "secrets")


def judged(case: Case, clamd_url: str) -> tuple[str, str, str]:
    """The outcome of all engines in their order, as the pipeline comes to it, with its code and evidence."""
    doubt: tuple[str, str, str] | None = None
    source = case.source()
    for engine in named(ALL, engines(clamd_url)):
        verdict: Verdict = engine.examine(source)
        if isinstance(verdict, Rejected):
            return "rejected", verdict.problem.code, verdict.detail
        if isinstance(verdict, Held) and doubt is None:
            doubt = "held", verdict.problem.code, verdict.detail
    return doubt or ("clean", "", "")


@pytest.mark.parametrize("case", EVIL, ids=lambda case: case.label)
def test_no_dangerous_file_is_let_in(case: Case, clamd_url: str) -> None:
    outcome, code, detail = judged(case, clamd_url)
    assert (outcome, code) == (case.outcome, case.code), detail


@pytest.mark.parametrize("case", ORDINARY, ids=lambda case: case.label)
def test_an_ordinary_file_is_let_in(case: Case, clamd_url: str) -> None:
    assert judged(case, clamd_url) == ("clean", "", "")


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len({case.label for case in EVIL}) >= 60
    assert len({case.label for case in ORDINARY}) >= 40


def test_evidence_repeats_nothing_of_what_was_found(clamd_url: str) -> None:
    """A verdict's words are seen by more people than the file."""
    found = [case for case in EVIL if case.code in {"FILE_HAS_PERSONAL_DATA", "FILE_HAS_SECRETS"}]
    for case in found:
        detail = judged(case, clamd_url)[2]
        assert not any(part in detail for part in ("4111", "5555", "RSSMRA", "536", "AKIA", "MIIE", "Tr0ub", "p1@")), (
            detail
        )


def test_what_is_clean_says_what_was_looked_at(clamd_url: str) -> None:
    verdicts = [engine.examine(ORDINARY[0].source()) for engine in named(ALL, engines(clamd_url))]
    assert all(isinstance(verdict, Clean) and verdict.detail for verdict in verdicts)
