"""The automated review over the corpus: every risk is found and weighed, and what is in order is left alone."""

import json
from typing import Any

import pytest
from django.utils.translation import override

from marketplace.review.analysis import analysed
from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.patches import patched
from marketplace.review.subject import Subject
from policy.document import parse
from tests.marketplace.conftest import CATALOGUE, bent, document
from tests.marketplace.review_corpus import GOOD, RISKY, Risky

PUBLISHED = {file.stem: json.loads(file.read_bytes())["name"] for file in CATALOGUE.glob("*.json")}
EVERY_RISKY = pytest.mark.parametrize("risky", RISKY, ids=lambda risky: risky.name)
EVERY_GOOD = pytest.mark.parametrize(("base", "changes"), [row[1:] for row in GOOD], ids=[row[0] for row in GOOD])


def found(content: dict[str, Any]) -> tuple[Finding, ...]:
    return analysed(Subject(document(content), PUBLISHED)).findings


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(RISKY) == 30
    assert len(GOOD) == 15
    assert len({risky.name for risky in RISKY}) == 30


@EVERY_RISKY
def test_a_risk_is_found_at_its_severity(risky: Risky) -> None:
    findings = found(bent(risky.base, risky.changes))
    severities = {finding.code: finding.severity for finding in findings}
    assert {code: severities.get(code) for code in risky.expected} == risky.expected


@EVERY_RISKY
def test_a_risk_is_not_drowned_in_others(risky: Risky) -> None:
    highs = {finding.code for finding in found(bent(risky.base, risky.changes)) if finding.severity == Severity.HIGH}
    assert highs == {code for code, severity in risky.expected.items() if severity == Severity.HIGH}


@EVERY_RISKY
def test_every_finding_says_where_why_and_what(risky: Risky) -> None:
    content = bent(risky.base, risky.changes)
    for finding in found(content):
        assert str(finding.sentence)[0].isupper()
        assert str(finding.sentence).endswith(".")
        place: Any = content
        for step in finding.pointer.split("/")[1:]:
            place = place[int(step)] if isinstance(place, list) else place[step]


@EVERY_RISKY
def test_every_finding_is_read_in_german(risky: Risky) -> None:
    analysis = analysed(Subject(document(bent(risky.base, risky.changes)), PUBLISHED))
    for told in (*(one.sentence for one in analysis.findings), *analysis.risk.how, *analysis.checklist[0].sentences):
        with override("de"):
            german = str(told)
        assert german != str(told)


@EVERY_RISKY
def test_every_fix_makes_a_document_without_that_finding(risky: Risky) -> None:
    content = bent(risky.base, risky.changes)
    for finding in found(content):
        if finding.fix:
            fixed = parse(json.dumps(patched(content, finding.fix)).encode())
            again = analysed(Subject(fixed, PUBLISHED)).findings
            assert (finding.code, finding.pointer) not in {(one.code, one.pointer) for one in again}, finding.code


@EVERY_GOOD
def test_what_is_in_order_has_no_high_finding(base: str, changes: dict[str, Any]) -> None:
    assert [finding for finding in found(bent(base, changes)) if finding.severity == Severity.HIGH] == []


@pytest.mark.parametrize("slug", sorted(PUBLISHED))
def test_a_shipped_template_is_in_order_item_by_item(slug: str) -> None:
    analysis = analysed(Subject(document(bent(slug, {})), PUBLISHED))
    assert [line.item for line in analysis.checklist if not line.in_order] == []
    assert analysis.risk.score <= 6


def test_the_checklist_has_every_item_and_says_what_is_against_one() -> None:
    analysis = analysed(Subject(document(bent("public-drop-box", {"captcha": ...})), PUBLISHED))
    lines = {line.item: line for line in analysis.checklist}
    assert set(lines) == set(Item)
    assert not lines[Item.LIMITS].in_order
    assert "robots" in lines[Item.LIMITS].words
    assert lines[Item.CREDENTIALS].in_order


def test_the_risk_explains_itself() -> None:
    risk = analysed(Subject(document(bent("public-drop-box", {"captcha": ...})), PUBLISHED)).risk
    assert risk.score >= 40
    assert str(risk.how[0]) == "1 high finding, 40 each: 40"


def test_the_risk_ends_at_a_hundred() -> None:
    changes = {"captcha": ..., "origins": ["https://*", "http://a.example"], "summary": RISKY[0].changes["summary"]}
    assert analysed(Subject(document(bent("public-drop-box", changes)), PUBLISHED)).risk.score == 100


def test_evidence_of_a_secret_does_not_hold_the_secret() -> None:
    for risky in RISKY[:5]:
        for finding in found(bent(risky.base, risky.changes)):
            assert finding.evidence.endswith("…") or not finding.code.startswith("SECRET")
            assert len(finding.evidence) < 30 or not finding.code.startswith("SECRET")
