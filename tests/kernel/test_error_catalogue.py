"""The problem catalogue: one row a code, the published status, words and a remedy that help."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import errors
from kernel.decisions import Allowed, Denied
from kernel.errors import CATALOGUE, FieldError, Problem, ProblemType

PUBLISHED = {
    "FILE_TOO_LARGE": 413,
    "FILE_TYPE_NOT_ALLOWED": 415,
    "FILE_CONTENT_MISMATCH": 422,
    "FILE_EMPTY": 422,
    "FILE_INFECTED": 422,
    "SCAN_PENDING": 409,
    "QUOTA_APP_EXCEEDED": 403,
    "QUOTA_WORKSPACE_EXCEEDED": 403,
    "QUOTA_TENANT_EXCEEDED": 403,
    "QUOTA_USER_EXCEEDED": 403,
    "RATE_LIMITED": 429,
    "APP_PAUSED": 403,
    "KEY_EXPIRED": 401,
    "KEY_REVOKED": 401,
    "SCOPE_NOT_GRANTED": 403,
    "REGION_BLOCKED": 403,
    "CONSENT_REQUIRED": 403,
    "CONSENT_WITHDRAWN": 403,
    "NAME_TAKEN": 409,
    "NOT_ALLOWED": 403,
    "NOT_FOUND": 404,
    "VALIDATION": 422,
    "STORAGE_UNAVAILABLE": 503,
    "INTERNAL": 500,
}
NEVER_SAID = re.compile(r"\b(please|oops|invalid|forbidden|unauthorized|illegal|error|fatal|failed)\b", re.IGNORECASE)
EVERY_TYPE = pytest.mark.parametrize("problem", CATALOGUE.values(), ids=CATALOGUE)


def facts_of(problem: ProblemType) -> set[str]:
    """The facts that the problem's words need."""
    return {name for _, name, _, _ in string.Formatter().parse(problem.words) if name}


@pytest.mark.parametrize(("code", "status"), PUBLISHED.items())
def test_a_code_answers_with_the_status_that_is_published(code: str, status: int) -> None:
    assert CATALOGUE[code].status == status


def test_every_problem_of_the_module_is_in_the_catalogue_under_its_own_name() -> None:
    named = {name: value for name, value in vars(errors).items() if isinstance(value, ProblemType)}
    assert named == dict(CATALOGUE)
    assert {name: problem.code for name, problem in named.items()} == {name: name for name in named}


@EVERY_TYPE
def test_a_code_is_written_in_capitals(problem: ProblemType) -> None:
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", problem.code)


@EVERY_TYPE
def test_a_status_is_one_of_an_answer_that_is_no_success(problem: ProblemType) -> None:
    assert 400 <= problem.status <= 599


@EVERY_TYPE
def test_the_words_are_sentences_without_blame_or_jargon(problem: ProblemType) -> None:
    assert problem.title[0].isupper()
    assert problem.words.endswith((".", "}"))
    assert not NEVER_SAID.search(f"{problem.title} {problem.words} {problem.remedy.label}")


@EVERY_TYPE
def test_only_our_own_fault_says_sorry(problem: ProblemType) -> None:
    assert "sorry" not in problem.words.lower() or problem.status == 500


@EVERY_TYPE
def test_a_remedy_says_who_can_do_what(problem: ProblemType) -> None:
    assert all((problem.remedy.who, problem.remedy.action, problem.remedy.label))


@EVERY_TYPE
def test_what_may_be_tried_again_is_not_the_callers_mistake(problem: ProblemType) -> None:
    assert not problem.retryable or problem.status in {408, 409, 429, 500, 503}
    assert problem.retry_after_s is None or problem.retryable


@EVERY_TYPE
def test_the_words_name_the_facts_that_were_given(problem: ProblemType) -> None:
    facts = {name: f"<{name}>" for name in facts_of(problem)}
    told = problem.words_for(facts)
    assert all(fact in told for fact in facts.values())
    assert "{" not in told


@given(st.text(max_size=40))
def test_braces_in_a_fact_stay_what_they_are(text: str) -> None:
    told = errors.FILE_EMPTY.words_for({"name": text})
    assert told == f"{text} is empty: it has 0 bytes."


def test_a_fact_that_nobody_knew_leaves_a_readable_sentence() -> None:
    assert errors.NAME_TAKEN.words_for({}) == "There is already something called this here."


def test_a_problem_carries_its_type_facts_and_fields() -> None:
    problem = Problem(errors.VALIDATION, errors=[FieldError("/path", "Too deep.")], detail="Too deep.")
    assert problem.type is errors.VALIDATION
    assert problem.errors == (FieldError("/path", "Too deep."),)
    assert problem.user_message.endswith("Too deep.")
    assert str(problem).startswith("VALIDATION: ")


def test_a_problem_waits_as_long_as_its_type_says_unless_told_otherwise() -> None:
    assert Problem(errors.RATE_LIMITED, seconds="5").retry_after_s == errors.RATE_LIMITED.retry_after_s
    assert Problem(errors.RATE_LIMITED, retry_after_s=0, seconds="0").retry_after_s == 0
    assert Problem(errors.NOT_FOUND).retry_after_s is None


def test_a_denial_becomes_the_problem_of_its_type_with_the_same_words() -> None:
    denied = Denied(errors.FILE_EMPTY, {"name": "a.txt"})
    problem = denied.as_problem()
    assert problem.type is errors.FILE_EMPTY
    assert problem.user_message == denied.reason == "a.txt is empty: it has 0 bytes."
    assert denied.remedy is errors.FILE_EMPTY.remedy


def test_permission_without_labels_carries_none_and_can_not_be_given_any() -> None:
    labels = Allowed().labels
    assert dict(labels) == {}
    with pytest.raises(TypeError):
        labels["kind"] = "photo"  # type: ignore[index]  # that it can't be written is the point
