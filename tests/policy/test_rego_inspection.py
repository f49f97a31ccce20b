"""What an author is told of a module before it is published."""

import pytest

from policy.rego import asking
from policy.rego.builtins import ALLOWED
from policy.rego.inspection import RefusedModuleError
from policy.rego.port import BrokenPolicyError
from tests.policy.rego_modules import ATTACKS, INVOICES, PREFIX


def complaint(rules: str) -> str:
    with pytest.raises(RefusedModuleError) as refusal:
        asking.inspector().module(rules if rules.startswith("package") else PREFIX + rules)
    return str(refusal.value)


def test_a_useful_module_passes_and_says_what_it_defines() -> None:
    assert asking.inspector().module(INVOICES).entries == ("deny", "labels")


@pytest.mark.parametrize(
    ("attack", "words"),
    [
        ("recursion of a function", "line 2: The rule f leads back to itself."),
        ("recursion of rules", "line 2: The rule a leads back to itself."),
        ("the network", "line 2: The function http.send can't be used in a template."),
        ("the clock", "The function time.now_ns"),
        ("a die", "The function rand.intn"),
        ("the engine itself", "The function opa.runtime"),
        ("an unknown function", "The function exfiltrate"),
        ("other data", "Other data can't be read"),
        ("other data by brackets", "Other data can't be read"),
        ("other data by import", "data.secrets can't be imported"),
        ("a function replaced", "The keyword with can't be used"),
    ],
)
def test_what_no_template_may_contain_is_named_with_its_line(attack: str, words: str) -> None:
    assert words in complaint(ATTACKS[attack])


@pytest.mark.parametrize("path", ["input.fiel.name", "input.file.nam", 'input["file"].owner', "input.file.name.x"])
def test_a_misspelt_field_is_named_since_it_would_never_refuse_anything(path: str) -> None:
    assert "is never told" in complaint(f'deny contains "no" if {path} == "x"')


@pytest.mark.parametrize("use", ["count(input) > 1", 'object.get(input, "file", {}) == {}', "x := input; x.y"])
def test_input_as_a_whole_is_refused_since_nobody_can_read_what_is_asked_of_it(use: str) -> None:
    assert "input as a whole" in complaint(f'deny contains "no" if {{ {use} }}')


@pytest.mark.parametrize(
    "use", ['input.access.actions[_] == "files:read"', 'input["file"]["name"] == "a"', "input.file.size > 5"]
)
def test_fields_that_are_told_may_be_written_either_way(use: str) -> None:
    assert asking.inspector().module(f'{PREFIX}deny contains "no" if {use}').entries == ("deny",)


def test_a_module_of_another_package_or_without_a_decision_is_refused() -> None:
    assert "The package must be gatehouse.template." in complaint("package system\nallow := true")
    assert "must define deny or allow" in complaint("x := 1")


def test_a_module_that_is_too_long_is_refused_unread() -> None:
    assert "more than 32,000 characters" in complaint("# " + "x" * 32_000)


def test_a_large_module_is_read_in_time() -> None:
    rules = "\n".join(f'deny contains "no {i}" if input.file.name == "file {i}"' for i in range(200))
    assert asking.inspector().module(PREFIX + rules).entries == ("deny",)


def test_a_mistake_in_the_syntax_is_shown_where_it_is() -> None:
    with pytest.raises(BrokenPolicyError, match=r"policy\.rego:2:16"):
        asking.inspector().module(PREFIX + ATTACKS["no syntax"])


def test_no_allowed_function_reaches_out_or_changes_from_call_to_call() -> None:
    families = ("http.", "net.", "time.", "rand.", "opa.", "crypto.", "io.", "uuid.", "rego.", "numbers.", "trace")
    assert not [name for name in ALLOWED if name.startswith(families)]
