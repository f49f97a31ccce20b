"""The guide to the API is true: its tour runs as it stands there, its tables are the code's, its numbers too."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from admission.operations import DEFAULT_COSTS, Operation
from broker.clients import make_secret
from embedded.management import PROJECT
from gateway.api.batch import BatchParser
from gateway.api.pagination import MAX_LIMIT
from gateway.api.parsing import MAX_BODY_BYTES
from gateway.api.schemas import MAX_ITEMS
from gateway.document.operations import OF_EVERY_CHANGE, OF_EVERY_OPERATION, OPERATIONS
from kernel.paths import MAX_DEPTH, MAX_SEGMENT_CHARACTERS
from scanning.engines.registry import engines
from scanning.pipeline import scan_upload
from storage.models import Upload
from storage.object_store import object_store
from storage.parts import MAX_PARTS
from storage.states import UploadState
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope
from tests.broker.server import running
from tests.gateway.conftest import PICTURE, Person

GUIDE = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
TOUR = re.search(r"```bash\n(.+?)```", GUIDE, re.DOTALL)


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    table = re.search(r"^\|---.*\n((?:^\|.*\n)+)", GUIDE.split(f"## {heading}\n")[1], re.MULTILINE)
    assert table is not None
    return [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in table[1].splitlines()]


@pytest.fixture
def tour(keeper: Person, tmp_path: Path) -> Iterator[dict[str, str]]:
    with tenant_scope(keeper.app.tenant_id):
        secret = make_secret(keeper.app, actor=user_principal(keeper.user.pk))
    with running(tmp_path, settings.REDIS_URL) as site:
        yield {"GATEHOUSE": site, "APP_ID": keeper.app.publishable_id, "APP_SECRET": secret}


def test_the_tour_runs_as_it_stands_there(keeper: Person, tour: dict[str, str], tmp_path: Path) -> None:
    assert TOUR is not None
    (tmp_path / "cat.jpg").write_bytes(PICTURE)
    command, environment = ["bash", "-euo", "pipefail", "-c", TOUR[1]], {**os.environ, **tour}
    with (tmp_path / "told").open("w+b") as told:
        shell = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=told, stderr=subprocess.STDOUT)
        while shell.poll() is None:
            _scan_what_arrived(keeper)
            _wait(shell)
        told.seek(0)
        words = told.read().decode()
    assert shell.returncode == 0, words
    listed = keeper.call("get", "/files?folder=Trips/Rome").json()["files"]
    assert [file["path"] for file in listed] == ["Trips/Rome/cat.jpg"]


def _scan_what_arrived(person: Person) -> None:
    """As the worker does."""
    with tenant_scope(person.app.tenant_id):
        arrived = list(Upload.objects.filter(app=person.app, state=UploadState.RECEIVED).values_list("pk", flat=True))
    for upload_id in arrived:
        scan_upload(object_store(), engines(settings.CLAMD_URL), person.app.tenant_id, upload_id)


def _wait(shell: subprocess.Popen[bytes]) -> None:
    try:
        shell.wait(timeout=0.1)
    except subprocess.TimeoutExpired:
        return


def test_every_operation_is_told_as_it_is() -> None:
    told = {
        (address, name): (scopes.replace("`", ""), status)
        for name, address, scopes, status, _ in rows("Every operation")
    }
    there = {
        (f"{method} {address}", described.id): (
            " ".join(described.needs) or "–",
            ", ".join(str(status) for status in described.statuses),
        )
        for (method, address), described in OPERATIONS.items()
    }
    assert told == there


def test_every_problem_of_an_operation_is_told_and_no_other() -> None:
    told = {
        code: (int(status), title, retryable.startswith("yes"))
        for status, code, title, retryable in rows("When something is refused")
    }
    kinds = {*OF_EVERY_OPERATION, *OF_EVERY_CHANGE, *(kind for each in OPERATIONS.values() for kind in each.refuses)}
    assert told == {kind.code: (kind.status, kind.title, kind.retryable) for kind in kinds}


def test_every_number_is_the_codes() -> None:
    told = {
        what: [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", most)]
        for what, most in rows("How much at once")
    }
    assert told["items in a batch"] == [MAX_ITEMS]
    assert told["bytes of a body"] == [MAX_BODY_BYTES, BatchParser.max_bytes]
    assert told["characters of a name"] == [MAX_SEGMENT_CHARACTERS]
    assert told["levels of folders"] == [MAX_DEPTH]
    assert told["things on a page"] == [MAX_LIMIT]
    assert told["parts"][0] == MAX_PARTS
    assert f"{settings.APP_REQUESTS_PER_MINUTE} units a minute and {settings.APP_REQUESTS_BURST} at once" in GUIDE
    assert {name for name in (Operation.COPY, Operation.UPLOAD_PART) if DEFAULT_COSTS[name] == 2} == {
        "copy",
        "uploadPart",
    }
