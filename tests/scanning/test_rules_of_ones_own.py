"""YARA rules that an operator adds: taken up at once, never fewer than were meant, told by `manage.py check`."""

import os
from pathlib import Path
from typing import Any

import pytest

from embedded.management import PROJECT
from marketplace.engines import ENGINE_WORDS
from policy.abilities import here
from scanning.engines.port import Clean, EngineUnavailableError, Held, Rejected
from scanning.engines.registry import engines
from scanning.engines.yara import OVERLAP_BYTES, SHIPPED, STRETCH_BYTES, YaraEngine
from scanning.outside.engine import CHECK
from scanning.rules_checks import rules_can_be_used
from tests.scanning.sources import BytesSource

RULE = 'rule stamp { meta: verdict = "%s" words = "a stamp" strings: $a = "ACME PLANT 7" condition: $a }'
STAMP = b"ACME PLANT 7"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own.yar").write_text(RULE % "hold")
    return tmp_path


def test_a_rule_holds_or_refuses_as_it_says(folder: Path) -> None:
    engine = YaraEngine(SHIPPED, folder)
    held = engine.examine(BytesSource(b"x" + STAMP))
    assert isinstance(held, Held)
    assert held.detail == "stamp: a stamp"
    assert isinstance(engine.examine(BytesSource(b"nothing")), Clean)
    (folder / "second.yar").write_text((RULE % "reject").replace("stamp {", "stamp_again {"))
    assert isinstance(engine.examine(BytesSource(b"x" + STAMP)), Rejected)


def test_a_changed_rule_is_taken_up_without_a_restart_and_told_by_another_version(folder: Path) -> None:
    engine = YaraEngine(SHIPPED, folder)
    before = engine.version()
    (folder / "own.yar").write_text((RULE % "reject").replace("PLANT 7", "PLANT 8"))
    os.utime(folder / "own.yar", ns=(1, 1))
    assert isinstance(engine.examine(BytesSource(STAMP)), Clean)
    assert engine.version().signatures != before.signatures


def test_no_file_passes_on_fewer_rules_than_were_meant(folder: Path) -> None:
    (folder / "broken.yar").write_text("rule broken { condition: nothing_known }")
    with pytest.raises(EngineUnavailableError, match=r"broken\.yar"):
        YaraEngine(SHIPPED, folder).examine(BytesSource(b"x"))


@pytest.mark.parametrize("before", [STRETCH_BYTES - 5, STRETCH_BYTES + OVERLAP_BYTES])
def test_a_sign_on_the_edge_of_two_stretches_is_found(folder: Path, before: int) -> None:
    source = BytesSource(bytes(before) + STAMP + bytes(100), chunk=1_000_003)
    assert isinstance(YaraEngine(SHIPPED, folder).examine(source), Held)


def test_the_example_of_the_guide_is_a_rule(tmp_path: Path) -> None:
    guide = (PROJECT / "docs" / "content-safety.md").read_text(encoding="utf-8")
    (tmp_path / "guide.yar").write_text(guide.partition("```yara\n")[2].partition("```")[0])
    held = YaraEngine(SHIPPED, tmp_path).examine(BytesSource(b"acme plant 7"))
    assert isinstance(held, Held)
    assert held.detail == "plant_drawing: a drawing of the plant"


@pytest.mark.parametrize(
    ("broken", "codes"), [("", []), ("rule a { condition: b }", ["scanning.E003"]), (None, ["scanning.E002"])]
)
def test_the_system_check_names_what_can_not_be_used(
    tmp_path: Path, settings: Any, broken: str | None, codes: list[str]
) -> None:
    settings.YARA_RULES_FOLDER = str(tmp_path if broken is not None else tmp_path / "nowhere")
    (tmp_path / "own.yar").write_text(broken or RULE % "hold")
    assert [error.id for error in rules_can_be_used()] == codes


def test_whatever_a_template_may_name_is_there_and_has_words() -> None:
    checks = {engine.check for engine in engines("")} | {CHECK}
    assert checks == set(ENGINE_WORDS)
    assert {"personal_data_scan", "secrets_scan"} <= {ability.value for ability in here()}
