"""What a template's own module refuses is read without asking it, and what can't be read is never passed over."""

import json
from pathlib import Path

import pytest

from policy.rego.reasons import Reasons, reasons_of

CATALOGUE = Path(__file__).parents[2] / "marketplace" / "catalogue"
HEAD = "package gatehouse.template\n\nimport rego.v1\n\n"


def test_a_document_without_a_module_refuses_nothing_more() -> None:
    assert reasons_of(None) == Reasons()


def test_reasons_stand_in_the_modules_order_and_once() -> None:
    module = HEAD + (
        'deny contains "Too long." if count(input.file.name) > 20\n'
        'deny contains `In "quotes".` if input.file.size > 2\n'
        'deny contains "Too long." if input.file.size > 20\n'
    )
    assert reasons_of(module) == Reasons(("Too long.", 'In "quotes".'))


@pytest.mark.parametrize(
    "rule",
    [
        'deny contains sprintf("Up to %v.", [20]) if input.file.size > 20',
        'deny contains {"reason": "Too large."} if input.file.size > 20',
        "allow if input.file.size < 20",
        'deny := {"Too large."}',
    ],
)
def test_what_is_not_written_out_is_told_of(rule: str) -> None:
    assert reasons_of(HEAD + rule + "\n") == Reasons(more=True)


def test_both_are_told_of_together() -> None:
    module = HEAD + 'deny contains "Too long." if count(input.file.name) > 20\nallow if input.file.size < 20\n'
    assert reasons_of(module) == Reasons(("Too long.",), more=True)


@pytest.mark.parametrize("module", ["package (", HEAD + 'deny contains http.send({"url": "x"}) if true\n', HEAD])
def test_a_module_that_may_not_be_used_says_only_that_there_is_more(module: str) -> None:
    assert reasons_of(module) == Reasons(more=True)


def test_the_shipped_modules_have_all_of_their_reasons_written_out() -> None:
    modules = {file.stem: json.loads(file.read_bytes()).get("rego") for file in CATALOGUE.glob("*.json")}
    found = {slug: reasons_of(module) for slug, module in modules.items() if module}
    assert {slug: len(reasons.written) for slug, reasons in found.items()} == {"file-import": 2, "invoice-inbox": 1}
    assert not any(reasons.more for reasons in found.values())
