"""Rules for metadata and labels: what they may say, what they leave, and what they can't touch."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.classification import CLASSES
from policy.transforms import Does, Target, Transform, labels_after, metadata_after, objections_to

LABELS = {
    "template": "team-photo-share/1.0.0", "classification": "internal", "kind": "photo", "retention": "none",
    "region": "eu-central-1",
}  # fmt: skip
FACTS = {
    "tenant": "t-1", "workspace": "main", "app": "app_1", "template": "team-photo-share/1.0.0",
    "region": "eu-central-1", "classification": "internal", "kind": "photo",
}  # fmt: skip


def put_label(name: str, value: str) -> Transform:
    return Transform(Target.LABEL, Does.PUT, name, value)


def strip_label(name: str) -> Transform:
    return Transform(Target.LABEL, Does.STRIP, name)


def put(name: str, value: str) -> Transform:
    return Transform(Target.METADATA, Does.PUT, name, value)


def strip(name: str) -> Transform:
    return Transform(Target.METADATA, Does.STRIP, name)


def test_a_value_speaks_of_what_it_stands_on() -> None:
    rules = [put_label("cost-centre", "{workspace}-{kind}"), put_label("owner", "{tenant}/{app}")]
    assert labels_after(rules, LABELS, FACTS) == {**LABELS, "cost-centre": "main-photo", "owner": "t-1/app_1"}


def test_rules_go_one_after_the_other() -> None:
    rules = [put_label("cost-centre", "1"), put_label("cost-centre", "2"), put_label("era", "x"), strip_label("era")]
    assert labels_after(rules, LABELS, FACTS) == {**LABELS, "cost-centre": "2"}


def test_an_app_cannot_say_what_a_rule_says() -> None:
    sent = {"tenant": "somebody-else", "gps-lat": "41.9", "gps-long": "12.5", "title": "Rome"}
    rules = [strip("gps-*"), put("tenant", "{tenant}")]
    assert metadata_after(rules, sent, FACTS) == {"tenant": "t-1", "title": "Rome"}
    assert sent["gps-lat"] == "41.9"


def test_everything_an_app_sends_can_be_left_out() -> None:
    assert metadata_after([strip("*")], {"a": "1", "b": "2"}, FACTS) == {}


def test_metadata_and_labels_leave_each_other_alone() -> None:
    assert labels_after([put("title", "x")], LABELS, FACTS) == LABELS
    assert metadata_after([put_label("title", "x")], {}, FACTS) == {}


@pytest.mark.parametrize("wanted", CLASSES)
@pytest.mark.parametrize("held", CLASSES)
def test_a_classification_goes_up_and_never_down(held: str, wanted: str) -> None:
    after = labels_after([put_label("classification", wanted)], {**LABELS, "classification": held}, FACTS)
    assert after["classification"] == max(held, wanted, key=CLASSES.index)


@given(
    st.lists(
        st.builds(Transform, st.sampled_from(Target), st.sampled_from(Does), st.sampled_from([*LABELS, "*", "k*"]))
    )
)
def test_what_the_platform_goes_by_stays_whatever_strips(rules: list[Transform]) -> None:
    stripping = [rule for rule in rules if rule.does is Does.STRIP]
    assert labels_after(stripping, LABELS, FACTS) == LABELS


@pytest.mark.parametrize(
    "rule",
    [
        put("Title", "x"), put("", "x"), put("a" * 41, "x"), put("gps-*", "x"), put("a b", "x"), put("a", "{user}"),
        put("a", "{}"), put("a", "<Tag>"), put("a", "é"), put("a", "x\ny"), put("a", "x" * 201), strip("*a"),
        strip("a**"), Transform(Target.METADATA, Does.STRIP, "a", "x"), put_label("kind", "x"),
        put_label("tenant", "{tenant}"), strip_label("classification"), put_label("classification", "secret"),
        put_label("classification", "{classification}"),
    ],
)  # fmt: skip
def test_what_can_be_no_rule_is_told_why(rule: Transform) -> None:
    assert all(re.search(r"[.-]$", objection) for objection in objections_to(rule))
    assert list(objections_to(rule))


@pytest.mark.parametrize(
    "rule",
    [
        put("tenant", "{tenant}"), strip("gps-*"), strip("*"), put_label("cost-centre", "47:11 a/b=c+d@e"),
        strip_label("x"), put_label("classification", "regulated"), put("empty", ""),
    ],
)  # fmt: skip
def test_what_can_be_a_rule_has_no_objection(rule: Transform) -> None:
    assert list(objections_to(rule)) == []
