"""A client that read nothing but the document asks the real server: never a 5xx, every answer as it was promised."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from broker.clients import make_secret
from gateway.document.openapi import document
from policy.actions import Action
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope
from tests.broker.server import UNLIMITED, running
from tests.gateway import shelf
from tests.gateway.conftest import PICTURE, Person, send
from tests.web import web

CONFIG = """
[auth.openapi.scopedToken]
bearer = "{token}"

[auth.openapi.appSecret]
username = "{app}"
password = "{secret}"

[checks]
positive_data_acceptance.enabled = false # that a file is too large is not in its shape

[[operations]]
include-path-regex = "/batch"
checks.negative_data_rejection.enabled = false # an item is refused by itself, inside a 200
"""
BOUNDED = [
    "--max-examples=10", "--no-shrink", "--generation-database=none", "--seed=1", "--continue-on-failure",
    "--warnings=off",
]  # fmt: skip
PHASES = "examples,fuzzing"
PROGRAM = Path(sys.executable).parent / "st"


@dataclass
class World:
    """A server app on the real server, with a little of everything."""

    site: str
    app: str
    secret: str
    token: str

    def made(self, address: str, **content: object) -> dict[str, Any]:
        """What one POST makes."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = web.post(f"{self.site}/api/v1/{address}", json=content, headers=headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def things(self, filed: str) -> str:
        """A file, a folder and uploads: one in parts, one that arrived, one to be given up."""
        folder = self.made("folders", path="Trips/Rome")["id"]
        in_parts = self.made("uploads", path="film.zip", size=6 * 2**20, content_type="application/zip", multipart=True)
        arrived, unwanted = (
            self.made("uploads", path=name, size=len(PICTURE), content_type="image/jpeg") for name in ("a.jpg", "b.jpg")
        )
        assert send(arrived["upload"], PICTURE).status_code == 201
        named = {"file_id": filed, "folder_id": folder, "upload_id": in_parts["id"]}
        own = {"uploadComplete": arrived["id"], "uploadAbort": unwanted["id"]}
        return parameters_of(named) + "".join(of_operation(name, value) for name, value in own.items())


def parameters_of(named: dict[str, str]) -> str:
    told = "\n".join(f'"path.{name}" = "{value}"' for name, value in named.items())
    return f"[parameters]\n{told}\n"


def of_operation(name: str, upload: str) -> str:
    told = parameters_of({"upload_id": upload}).replace("[parameters]", "[operations.parameters]")
    return f'[[operations]]\ninclude-operation-id = "{name}"\n{told}'


@pytest.fixture
def world(keeper: Person, tmp_path: Path) -> Iterator[World]:
    with tenant_scope(keeper.app.tenant_id):
        secret = make_secret(keeper.app, actor=user_principal(keeper.user.pk))
    app = keeper.app.publishable_id
    with running(tmp_path, settings.REDIS_URL, **UNLIMITED) as site:
        form = {"grant_type": "client_credentials", "scope": " ".join(Action)}
        token = web.post(f"{site}/oauth/token", auth=(app, secret), data=form).json()["access_token"]
        yield World(site, app, secret, token)


def ask_all(world: World, folder: Path, things: str, phases: str) -> dict[str, set[int]]:
    """The statuses of each operation's answers. Raises AssertionError with the requests that were answered wrongly."""
    config, report = folder / "schemathesis.toml", folder / "events.ndjson"
    config.write_text(CONFIG.format(token=world.token, app=world.app, secret=world.secret) + things)
    command = [PROGRAM, "--config-file", config, "run", f"{world.site}/api/openapi.json", f"--phases={phases}"]
    command += [*BOUNDED, f"--report-ndjson-path={report}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout[-10_000:]
    return statuses(report)


def statuses(report: Path) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for line in report.read_text().splitlines():
        recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder") or {}
        answered = [each["response"] for each in recorder.get("interactions", {}).values() if each["response"]]
        found[recorder.get("label", "")] |= {answer["status_code"] for answer in answered}
    return found


def test_no_answer_surprises_a_client_of_the_document(keeper: Person, world: World, tmp_path: Path) -> None:
    """Once with whatever ids it makes up, once with those of things that are there: each operation succeeds in one."""
    things = world.things(shelf.put(keeper, "Trips/forum.jpg", with_bytes=True))
    made_up, real = ask_all(world, tmp_path, "", "coverage,fuzzing,stateful"), ask_all(world, tmp_path, things, PHASES)
    operations = [f"{method.upper()} {path}" for path, item in document()["paths"].items() for method in item]
    never = [name for name in operations if not any(status < 300 for status in made_up[name] | real[name])]
    assert never == []
    assert set().union(*made_up.values()) >= {200, 201, 401, 404, 405, 409, 422}
