"""The tour in the README is run as it stands there: the browser's part in a browser, the shell's in a shell."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from embedded.management import PROJECT
from tests.journeys.conftest import Visitor
from tests.journeys.test_photo_story import choose_files, create_app

pytestmark = pytest.mark.browser


def block(language: str, heading: str) -> str:
    """The first code block of that language under that heading."""
    part = (PROJECT / "README.md").read_text(encoding="utf-8").split(f"## {heading}\n")[1]
    found = re.search(rf"```{language}\n(.+?)```", part, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_tour_by_curl_uploads_a_photo(visitor: Visitor, photo: Path, tmp_path: Path) -> None:
    visitor.sign_in("builder@acme.example")
    create_app(visitor, "The tour")
    visitor.page.get_by_role("link", name="Open the upload page").click()
    choose_files(visitor, photo)
    visitor.page.get_by_text("Safe and stored").first.wait_for(timeout=40_000)

    statements = block("js", "The same by curl").strip().rsplit(";\nawait", 1)
    token = visitor.page.evaluate(f"async () => {{ {statements[0]}; return await {statements[1]} }}")
    (tmp_path / "cat.jpg").write_bytes(photo.read_bytes())
    script = block("bash", "The same by curl").replace("http://127.0.0.1:PORT", visitor.site)
    tour = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"TOKEN={token['access_token']}\n{script}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert tour.returncode == 0, tour.stderr
    listed = json.loads(tour.stdout[tour.stdout.rindex('{"folders"') :])
    assert {file["name"] for file in listed["files"]} >= {"cat.jpg", photo.name}
