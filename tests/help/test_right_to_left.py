"""Nothing in the style sheets says left or right, so a language that is written from the right needs no other."""

import re
from pathlib import Path

import pytest

from embedded.management import PROJECT

_PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)(?:-\w+)?|(?:left|right)|float|text-align)\s*:\s*([^;]+);"
)
SHEETS = sorted(path for path in (PROJECT / "static" / "css").glob("*.css") if path.name != "admin.css")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_style_sheet_has_logical_properties_only(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    physical = [found[0] for found in _PHYSICAL.finditer(text) if found[1] not in {"start", "end", "center"}]
    assert physical == []
