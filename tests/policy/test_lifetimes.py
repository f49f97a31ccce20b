"""What a file's labels make of its days: pure rules, whatever order they are written in."""

import datetime as dt
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from policy.document import Document, as_json, as_terms
from policy.lifetimes import Rules, archive_at, delete_at, retained_until, rules_for
from policy.shape import LabelTerms

BORN = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
DAYS = st.none() | st.integers(1, 4000)
LABEL = st.sampled_from([{"classification": "regulated"}, {"classification": "internal"}, {"kind": "photo"}])
TERMS = st.builds(
    lambda label, least, end, archive: LabelTerms(
        **label, minimum_days=least, delete_after_days=end, archive_after_days=archive
    ),
    LABEL, DAYS, DAYS, DAYS,
)  # fmt: skip
RULES = st.builds(Rules, DAYS, st.integers(0, 4000), DAYS)
A_PHOTO = {"classification": "regulated", "kind": "photo", "retention": "x"}


@given(rules=RULES, by_label=st.lists(TERMS, max_size=4))
def test_the_strictest_of_all_terms_that_fit_holds_in_whatever_order(rules: Rules, by_label: list[LabelTerms]) -> None:
    found = {rules_for(A_PHOTO, rules, order) for order in permutations(by_label)}
    assert len(found) == 1
    its = found.pop()
    for terms in (each for each in by_label if each.fit(A_PHOTO)):
        assert its.minimum_days >= (terms.minimum_days or 0)
        if terms.delete_after_days:
            assert its.delete_after_days is not None
            assert its.delete_after_days <= terms.delete_after_days
        if terms.archive_after_days:
            assert its.archive_after_days is not None
            assert its.archive_after_days <= terms.archive_after_days


@given(rules=RULES, by_label=st.lists(TERMS, max_size=4))
def test_labels_never_lengthen_the_rule_but_for_their_minimum_nor_let_a_file_go_before_it(
    rules: Rules, by_label: list[LabelTerms]
) -> None:
    its = rules_for(A_PHOTO, rules, by_label)
    goes, kept = delete_at(BORN, its), retained_until(BORN, its)
    assert its.minimum_days >= rules.minimum_days
    if goes is None:
        assert rules.delete_after_days is None
    else:
        assert kept is None or kept <= goes
        assert goes == kept or rules.delete_after_days is None or goes <= BORN + dt.timedelta(rules.delete_after_days)


@given(rules=RULES, terms=TERMS)
def test_a_file_without_the_label_goes_by_the_rule_for_all(rules: Rules, terms: LabelTerms) -> None:
    assert rules_for({"classification": "public", "kind": "table"}, rules, [terms]) == rules
    assert rules_for({}, rules, [terms]) == rules


def test_regulated_files_stay_and_photos_go_and_the_minimum_wins() -> None:
    by_label = [
        LabelTerms(classification="regulated", minimum_days=100),
        LabelTerms(kind="photo", delete_after_days=30, archive_after_days=10),
    ]
    its = rules_for(A_PHOTO, Rules(90), by_label)
    assert its == Rules(30, 100, 10)
    assert delete_at(BORN, its) == retained_until(BORN, its) == BORN + dt.timedelta(days=100)
    assert archive_at(BORN, its) == BORN + dt.timedelta(days=10)


def test_a_document_without_such_terms_keeps_its_digest(photo_share: Document) -> None:
    assert set(as_json(photo_share)["lifecycle"]) == {"archive_after_days", "delete_after_days", "trash_days"}
    assert as_terms(photo_share.lifecycle) == []
