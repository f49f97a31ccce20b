"""May this file come in? Each rule's yes and no, and what a person is told."""

import dataclasses
import re
import string
from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import errors
from kernel.decisions import Allowed, Denied
from policy.actions import Action
from policy.document import Document
from policy.engine import decide, opens_every_file
from policy.rules import RULES
from policy.wishes import OPEN, Ceiling, DownloadWish, UploadWish

PHOTO = UploadWish("holiday.jpg", 5_000_000, "image/jpeg", "eu-central-1")
NAMES = st.text(min_size=1, max_size=40)
WISHES = st.builds(
    UploadWish,
    name=st.sampled_from(["holiday.jpg", "virus.exe", "{name}", "a.html", "this"]) | NAMES,
    size=st.integers(0, 30_000_000),
    content_type=st.none() | st.sampled_from(["image/jpeg", "image/gif", "image/svg+xml", "text/html", "image/*", ""]),
    region=st.sampled_from(["eu-central-1", "us-east-1", "mars-north-1", ""]),
)
CEILINGS = st.builds(
    Ceiling,
    paused=st.booleans(),
    max_bytes=st.none() | st.integers(0, 30_000_000),
    actions=st.frozensets(st.sampled_from(Action)),
)
REFUSED = {
    "paused": (PHOTO, Ceiling(paused=True), errors.APP_PAUSED, "The owner of this page has paused uploads."),
    "not permitted": (
        PHOTO,
        Ceiling(actions=frozenset({Action.FILES_LIST})),
        errors.SCOPE_NOT_GRANTED,
        "This app may not add files.",
    ),
    "elsewhere": (
        dataclasses.replace(PHOTO, region="mars-north-1"),
        OPEN,
        errors.REGION_BLOCKED,
        (
            "This app keeps files in Frankfurt, Germany or Dublin, Ireland or Virginia, United States. "
            "This action would move one out."
        ),
    ),
    "empty": (dataclasses.replace(PHOTO, size=0), OPEN, errors.FILE_EMPTY, "holiday.jpg is empty: it has 0 bytes."),
    "another type": (
        UploadWish("report.pdf", 1_000, "application/pdf", "eu-central-1"),
        OPEN,
        errors.FILE_TYPE_NOT_ALLOWED,
        "report.pdf can't be used here. The selected file must be a JPG, PNG, WEBP, GIF or HEIC photo.",
    ),
    "named like a program": (
        dataclasses.replace(PHOTO, name="holiday.jpg.exe"),
        OPEN,
        errors.FILE_TYPE_NOT_ALLOWED,
        "holiday.jpg.exe can't be used here. The selected file must be a JPG, PNG, WEBP, GIF or HEIC photo.",
    ),
    "too large": (
        dataclasses.replace(PHOTO, name="Holiday.jpg", size=212_000_000),
        OPEN,
        errors.FILE_TOO_LARGE,
        "Holiday.jpg is 212 MB. This app takes files up to 15 MB.",
    ),
    "a byte too large": (
        dataclasses.replace(PHOTO, size=15_000_001),
        OPEN,
        errors.FILE_TOO_LARGE,
        "holiday.jpg is 15,000,001 bytes. This app takes files up to 15,000,000 bytes.",
    ),
    "above the emergency ceiling": (
        PHOTO,
        Ceiling(max_bytes=2_000_000),
        errors.FILE_TOO_LARGE,
        "holiday.jpg is 5 MB. This app takes files up to 2 MB.",
    ),
}


def facts_named_in(words: str) -> Iterable[str]:
    """The placeholders of a problem's words."""
    return (name for _, name, _, _ in string.Formatter().parse(words) if name)


def test_an_ordinary_photo_comes_in_under_its_labels(photo_share: Document) -> None:
    assert decide(photo_share, PHOTO) == Allowed({
        "template": f"team-photo-share/{photo_share.version}",
        "classification": "internal",
        "kind": "photo",
        "retention": "marketing-90-days",
        "region": "eu-central-1",
    })  # fmt: skip


@pytest.mark.parametrize(("wish", "ceiling", "problem", "words"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_its_reason_and_number(
    photo_share: Document, wish: UploadWish, ceiling: Ceiling, problem: errors.ProblemType, words: str
) -> None:
    decision = decide(photo_share, wish, ceiling)
    assert isinstance(decision, Denied)
    assert decision.problem is problem
    assert decision.reason == words
    assert decision.remedy.label


@given(WISHES, CEILINGS)
def test_every_denial_has_all_the_facts_of_its_words_and_a_remedy(
    photo_share: Document, wish: UploadWish, ceiling: Ceiling
) -> None:
    decision = decide(photo_share, wish, ceiling)
    if isinstance(decision, Denied):
        assert set(facts_named_in(decision.problem.words)) <= set(decision.facts)
        assert all(decision.facts.values())
        assert decision.reason
        assert all((decision.remedy.who, decision.remedy.action, decision.remedy.label))
        assert decision.as_problem().user_message == decision.reason


@given(WISHES, CEILINGS)
def test_whatever_comes_in_is_within_every_limit(photo_share: Document, wish: UploadWish, ceiling: Ceiling) -> None:
    if isinstance(decide(photo_share, wish, ceiling), Allowed):
        assert not ceiling.paused
        assert Action.FILES_WRITE in ceiling.actions
        assert wish.region in photo_share.regions
        assert 0 < wish.size <= photo_share.uploads.max_bytes
        assert ceiling.max_bytes is None or wish.size <= ceiling.max_bytes
        assert wish.content_type in photo_share.uploads.types


@given(WISHES, CEILINGS)
def test_a_ceiling_only_ever_takes_away(photo_share: Document, wish: UploadWish, ceiling: Ceiling) -> None:
    if isinstance(decide(photo_share, wish, ceiling), Allowed):
        assert isinstance(decide(photo_share, wish, OPEN), Allowed)


@given(WISHES, CEILINGS)
def test_the_same_question_has_the_same_answer(photo_share: Document, wish: UploadWish, ceiling: Ceiling) -> None:
    assert decide(photo_share, wish, ceiling) == decide(photo_share, wish, ceiling)


@given(WISHES, CEILINGS)
def test_the_engine_refuses_exactly_when_a_rule_does(photo_share: Document, wish: UploadWish, ceiling: Ceiling) -> None:
    objections = [denied for rule in RULES if (denied := rule(photo_share, wish, ceiling))]
    decision = decide(photo_share, wish, ceiling)
    assert isinstance(decision, Denied) == bool(objections)
    assert not objections or decision == objections[0]


def test_every_rule_objects_to_something(photo_share: Document) -> None:
    silent = {rule.__name__ for rule in RULES}
    for wish, ceiling, _, _ in REFUSED.values():
        silent -= {rule.__name__ for rule in RULES if rule(photo_share, wish, ceiling)}
    assert not silent


def test_a_ceiling_of_nothing_lets_nothing_in(photo_share: Document) -> None:
    decision = decide(photo_share, dataclasses.replace(PHOTO, size=1), Ceiling(max_bytes=0))
    assert isinstance(decision, Denied)
    assert decision.reason == "holiday.jpg is 1 byte. This app takes files up to 0 bytes."


def test_a_ceiling_above_the_template_raises_nothing(photo_share: Document) -> None:
    large = dataclasses.replace(PHOTO, size=15_000_001)
    assert isinstance(decide(photo_share, large, Ceiling(max_bytes=10**12)), Denied)


@pytest.mark.parametrize("size", [1, 14_999_999, 15_000_000])
def test_the_limit_itself_is_allowed(photo_share: Document, size: int) -> None:
    assert isinstance(decide(photo_share, dataclasses.replace(PHOTO, size=size)), Allowed)


@pytest.mark.parametrize(
    "content_type",
    ["image/svg+xml", "image/*", "*/*", "IMAGE/JPEG", "image/jpeg; q=1", "image/jpeg ", "text/html", "", None],
)
def test_a_type_that_is_not_spelt_as_the_template_names_it_stays_out(
    photo_share: Document, content_type: str | None
) -> None:
    decision = decide(photo_share, dataclasses.replace(PHOTO, content_type=content_type))
    assert isinstance(decision, Denied)
    assert decision.problem is errors.FILE_TYPE_NOT_ALLOWED


def test_a_template_that_takes_no_files_refuses_them_whatever_the_token_says(photo_share: Document) -> None:
    reading = msgspec.structs.replace(photo_share.permissions, required=(Action.FILES_LIST,), optional=())
    decision = decide(msgspec.structs.replace(photo_share, permissions=reading), PHOTO, OPEN)
    assert isinstance(decision, Denied)
    assert decision.problem is errors.SCOPE_NOT_GRANTED


@given(st.text(max_size=30))
def test_a_name_in_the_answer_is_the_name_that_was_given(photo_share: Document, name: str) -> None:
    decision = decide(photo_share, dataclasses.replace(PHOTO, name=name, size=0))
    assert isinstance(decision, Denied)
    assert decision.reason == f"{name} is empty: it has 0 bytes."


@given(st.integers(1, 10**13))
def test_a_size_in_an_answer_is_always_in_words(photo_share: Document, beyond: int) -> None:
    decision = decide(photo_share, dataclasses.replace(PHOTO, size=15_000_000 + beyond))
    assert isinstance(decision, Denied)
    words = re.compile(r"[0-9,.]+ (bytes|kB|MB|GB)")
    assert words.fullmatch(decision.facts["size"])
    assert words.fullmatch(decision.facts["limit"])
    assert decision.facts["size"] != decision.facts["limit"]


@given(WISHES)
def test_whether_every_file_may_be_opened_is_known_without_looking_at_one(
    photo_share: Document, wish: UploadWish
) -> None:
    download = DownloadWish(wish.name, wish.size, wish.content_type, wish.region)
    assert opens_every_file(photo_share, wish.region) == isinstance(decide(photo_share, download), Allowed)


def test_a_module_is_asked_about_each_file(photo_share: Document) -> None:
    assert not opens_every_file(msgspec.structs.replace(photo_share, rego="package gatehouse"), PHOTO.region)
