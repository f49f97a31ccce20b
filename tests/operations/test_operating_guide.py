"""The operator's guide names what there is: settings, metrics, commands and pages."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve
from prometheus_client import Counter, Histogram

from embedded.management import PROJECT
from telemetry import metrics

GUIDE = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
READ = re.compile(r"""env\.(?:text|optional|flag|whole_number|one_of|listed)\(\s*"([A-Z0-9_]+)\"""")
OURS = frozenset({"GATEHOUSE_ENV"})


def settings_of_the_code() -> set[str]:
    files = (PROJECT / "platform" / "config" / "settings").glob("*.py")
    return {name for file in files for name in READ.findall(file.read_text(encoding="utf-8"))} | OURS


def test_every_setting_is_in_the_guide_and_no_other() -> None:
    rows = [line.partition(" | ")[0] for line in GUIDE.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}
    assert told == settings_of_the_code()


def test_every_metric_that_is_named_is_there() -> None:
    named = set(re.findall(r"gatehouse_[a-z_]+", GUIDE))
    ours = [each for each in vars(metrics).values() if isinstance(each, Counter | Histogram)]
    there = {f"{each._name}_total" if isinstance(each, Counter) else each._name for each in ours}
    assert named - {"gatehouse_app"} <= there | {"gatehouse_queue_depth"}


def test_every_command_that_is_named_is_there() -> None:
    named = set(re.findall(r"`manage\.py (\w+)", GUIDE))
    assert named <= set(get_commands())
    assert {"doctor", "migrate", "reconcile", "rotate_signing_keys"} <= named


@pytest.mark.parametrize("address", sorted(set(re.findall(r"`(/[a-z][a-z/-]*)`", GUIDE))))
def test_every_page_that_is_named_is_there(address: str) -> None:
    assert resolve(address)


def test_every_document_is_led_to_from_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    for document in sorted(Path(PROJECT / "docs").glob("*.md")):
        assert f"docs/{document.name}" in readme, document.name
