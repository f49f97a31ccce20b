"""A template's own module as one more rule: it refuses and labels, and never allows more (attack 57)."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import errors
from kernel.decisions import Allowed, Denied
from policy.actions import Action
from policy.document import Document, DocumentError, as_json, parse
from policy.engine import decide
from policy.rego import asking
from policy.rego.opa_server import OpaServer
from policy.wishes import Ceiling, DownloadWish, ExchangeWish, UploadWish
from tests.policy.rego_modules import ATTACKS, INVOICES, PREFIX

Bend = Callable[..., bytes]
INVOICE = UploadWish("INV-1.jpg", 1_000, "image/jpeg", "eu-central-1")
OTHER = UploadWish("holiday.jpg", 1_000, "image/jpeg", "eu-central-1")


@pytest.fixture(autouse=True)
def no_other_evaluator() -> Iterator[None]:
    asking.local().warm()
    yield
    asking.ask_through(None)


@pytest.fixture
def with_module(bend: Bend) -> Callable[[str], Document]:
    return lambda module: parse(bend({"rego": module if module.startswith("package") else PREFIX + module}))


def refusal(document: Document, wish: Any = INVOICE) -> Denied:
    decision = decide(document, wish)
    assert isinstance(decision, Denied)
    return decision


def test_what_the_module_refuses_is_refused_in_its_words(with_module: Callable[[str], Document]) -> None:
    denied = refusal(with_module(INVOICES), OTHER)
    assert denied.problem == errors.POLICY_REFUSED
    assert denied.reason == "This app's own rules refuse this: holiday.jpg is not called like an invoice."
    assert denied.remedy.label == "Ask the owner"


def test_what_it_does_not_refuse_is_allowed_under_its_labels(with_module: Callable[[str], Document]) -> None:
    secret = UploadWish("INV-SECRET.jpg", 1_000, "image/jpeg", "eu-central-1")
    decision = decide(with_module(INVOICES), secret)
    assert isinstance(decision, Allowed)
    assert decision.labels["classification"] == "regulated"
    assert decision.labels["kind"] == "photo"


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_or_broken_module_denies_in_time_and_the_next_is_unharmed(
    with_module: Callable[[str], Document], attack: str
) -> None:
    bad, good = with_module(ATTACKS[attack]), with_module(INVOICES)
    began = time.perf_counter()
    denied = refusal(bad)
    took = time.perf_counter() - began
    assert denied.problem == errors.POLICY_BROKEN
    assert denied.reason.startswith("This app's own rules can't be checked: the")
    assert "\n" not in denied.reason
    assert took <= 0.2, f"{took * 1000:.0f} ms"
    assert isinstance(decide(good, INVOICE), Allowed)


def test_a_module_that_overran_three_times_is_refused_at_once_for_a_while(
    with_module: Callable[[str], Document],
) -> None:
    slow = with_module(ATTACKS["endless comprehension"] + "\n# again")
    for _ in range(3):
        refusal(slow)
    began = time.perf_counter()
    for _ in range(50):
        assert refusal(slow).problem == errors.POLICY_BROKEN
    assert time.perf_counter() - began < 0.1


def test_an_engine_that_was_ended_is_replaced_by_another(with_module: Callable[[str], Document]) -> None:
    before = asking.local().process_ids()
    refusal(with_module(ATTACKS["endless comprehension"] + "\n# replaced"))
    after = asking.local().process_ids()
    assert len(after) >= len(before)
    assert after != before


def test_a_module_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    local = asking.local()
    (process_id, *_) = local.process_ids()
    with open(f"/proc/{process_id}/environ", "rb") as environment:  # noqa: PTH123 - not a file of ours
        assert environment.read() == b"MIMALLOC_ARENA_RESERVE=32MiB\0"


def test_allow_must_be_true_where_a_module_defines_it(with_module: Callable[[str], Document]) -> None:
    document = with_module('allow if input.file.name == "INV-1.jpg"')
    assert isinstance(decide(document, INVOICE), Allowed)
    assert refusal(document, OTHER).reason == "This app's own rules refuse this: They don't allow this."


def test_a_reason_may_stand_in_an_object_and_is_shown_as_one_visible_line(
    with_module: Callable[[str], Document],
) -> None:
    document = with_module('deny contains {"code": "x", "reason": "Not\\ntoday,\\u202e friend\\u0000."}')
    assert refusal(document).reason == "This app's own rules refuse this: Not today, friend ."


def test_the_first_reason_in_order_is_told(with_module: Callable[[str], Document]) -> None:
    assert refusal(with_module('deny contains "b"\ndeny contains "a"')).reason.endswith(": a")


def test_a_module_cannot_allow_what_the_document_denies(with_module: Callable[[str], Document]) -> None:
    document = with_module("allow := true")
    large = UploadWish("INV-1.jpg", 10**9, "image/jpeg", "eu-central-1")
    assert refusal(document, large).problem == errors.FILE_TOO_LARGE
    assert refusal(document, UploadWish("INV-1.jpg", 1, "text/html", "eu-central-1")).problem.code.startswith("FILE_")
    assert isinstance(decide(document, INVOICE, Ceiling(paused=True)), Denied)


@given(allow=st.booleans(), size=st.integers(0, 30_000_000), kind=st.sampled_from(["image/jpeg", "text/html", None]))
def test_no_module_ever_widens(photo_share: Document, allow: bool, size: int, kind: str | None) -> None:
    module = PREFIX + f"allow := {str(allow).lower()}\n"
    document = parse(json.dumps({**as_json(photo_share), "rego": module}).encode())
    wish = UploadWish("a.jpg", size, kind, "eu-central-1")
    if isinstance(decide(document, wish), Allowed):
        assert isinstance(decide(photo_share, wish), Allowed)


def test_opening_a_file_and_exchanging_a_token_ask_the_module_too(with_module: Callable[[str], Document]) -> None:
    document = with_module(
        'deny contains "Nobody opens these." if { input.operation == "getSignedUrl"; input.file.extension == ".jpg" }\n'
        'deny contains "Members may only add." if {\n'
        '  input.operation == "exchange"; input.access.role == "member"; input.access.actions[_] == "files:read" }'
    )
    opening = DownloadWish("a.JPG", 5, "image/jpeg", "eu-central-1")
    assert refusal(document, opening).reason.endswith("Nobody opens these.")
    wanted = ExchangeWish(frozenset({Action.FILES_READ, Action.FILES_WRITE}), "", "member", "eu-central-1")
    assert refusal(document, wanted).reason.endswith("Members may only add.")
    owner = ExchangeWish(frozenset({Action.FILES_READ}), "", "owner", "eu-central-1")
    assert decide(document, owner) == Allowed()


def test_an_exchange_stays_below_its_ceiling(photo_share: Document) -> None:
    wish = ExchangeWish(frozenset({Action.FILES_READ}), "", "member", "eu-central-1")
    ceiling = Ceiling(actions=frozenset({Action.FILES_WRITE}))
    assert decide(photo_share, wish, ceiling) == Denied(errors.SCOPE_NOT_GRANTED, {"action": "open files"})
    assert refusal(photo_share, DownloadWish("a.jpg", 5, "image/jpeg", "mars")).problem == errors.REGION_BLOCKED


def test_an_engine_that_cannot_be_reached_denies_and_says_so(with_module: Callable[[str], Document]) -> None:
    asking.ask_through(OpaServer("http://127.0.0.1:1"))
    denied = refusal(with_module(INVOICES))
    assert denied.problem == errors.POLICY_UNAVAILABLE
    assert denied.problem.retryable


def test_a_document_without_a_module_asks_nobody(photo_share: Document) -> None:
    asking.ask_through(OpaServer("http://127.0.0.1:1"))
    assert isinstance(decide(photo_share, OTHER), Allowed)


def test_the_module_is_part_of_what_the_digest_covers(with_module: Callable[[str], Document]) -> None:
    assert as_json(with_module(INVOICES))["rego"] == INVOICES


@pytest.mark.parametrize("letter", ["\u202e", "\u200b", "\x00", "\x1b", "\r", "\u2066"], ids=ascii)
def test_a_module_with_letters_that_hide_something_is_refused(bend: Bend, letter: str) -> None:
    with pytest.raises(DocumentError):
        parse(bend({"rego": f"{INVOICES}# {letter}"}))
