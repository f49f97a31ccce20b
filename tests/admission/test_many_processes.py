"""Several processes ask at once: no bound is passed for any key, and a stop is in force for all of them."""

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection as database

from admission.connection import connection
from admission.limits import Layer, Rate
from admission.operations import DEFAULT_COSTS, Operation
from admission.revocations import Level, TokenFacts, dead_by
from kernel.errors import Problem
from tests.admission.conftest import SUBJECTS, facts, stop

pytestmark = pytest.mark.usefixtures("transactional_db")

PROJECT = Path(__file__).parents[2]
COSTS = [DEFAULT_COSTS[Operation.COPY], DEFAULT_COSTS[Operation.MULTIPART_START]]
RATES = {Layer.TENANT: Rate(60_000, 150), Layer.APP: Rate(24_000, 60), Layer.USER: Rate(18_000, 40),
         Layer.TOKEN: Rate(12_000, 30)}  # fmt: skip


def start(what: str, question: dict[str, Any]) -> "subprocess.Popen[str]":
    place = database.settings_dict
    address = f"{place['HOST']}:{place['PORT']}/{place['NAME']}"
    environment = {
        **os.environ,
        "PYTHONPATH": f"{PROJECT}:{PROJECT / 'platform'}",
        "DATABASE_URL": f"postgres://{place['USER']}:{place['PASSWORD']}@{address}",
        "REDIS_URL": configured.REDIS_URL,
        "APP_REQUESTS_PER_MINUTE": "600000",
        "APP_REQUESTS_BURST": "100000",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.admission.hammer", what],
        cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdin is not None
    child.stdin.write(json.dumps(question))
    child.stdin.close()
    return child


def lines_of(children: "list[subprocess.Popen[str]]") -> list[list[int]]:
    found = []
    for child in children:
        assert child.stdout is not None
        with child.stdout:
            found += [json.loads(line) for line in child.stdout if line.strip()]
        assert child.wait() == 0
    return found


ROUNDING = 1e-9
"""Units: the sums here and in the script are of binary fractions."""


def excess(charges: list[tuple[int, int]], rate: Rate) -> float:
    """By how much the fullest of all windows passes what its length allows, in units."""
    fullest, here, before = 0.0, 0.0, 0
    for moment, cost in sorted(charges):
        here = cost + max(0.0, here - (moment - before) / rate.interval)
        fullest, before = max(fullest, here), moment
    return fullest - (rate.burst + max(COSTS) - 1)


def test_no_key_passes_its_bound_in_any_window_however_many_processes_ask(own_valkey: Any) -> None:
    tenant = facts().tenant
    apps = [facts().app for _ in range(2)]
    user = facts().user
    tokens = [facts(tenant=tenant, app=apps[n % 2], user=user if n < 3 else facts().user) for n in range(4)]
    question = {
        "tokens": [dataclasses.asdict(token) for token in tokens],
        "rates": {layer: [rate.per_minute, rate.burst] for layer, rate in RATES.items()},
    }
    admitted = lines_of([start("rates", question) for _ in range(4)])
    spent = defaultdict(list)
    for moment, place in admitted:
        token, cost = tokens[place // 2], COSTS[place % 2]
        names = {
            Layer.TENANT: token.tenant, Layer.APP: token.app, Layer.USER: token.user, Layer.TOKEN: token.token_id
        }  # fmt: skip
        for layer, name in names.items():
            spent[layer, name].append((moment, cost))
    assert len(spent) == 1 + 2 + 2 + 4
    for (layer, _name), charges in spent.items():
        assert excess(charges, RATES[layer]) <= ROUNDING
    assert sum(cost for _moment, cost in spent[Layer.TENANT, tenant]) >= RATES[Layer.TENANT].burst


@pytest.mark.parametrize("level", [Level.TOKEN, Level.USER, Level.TENANT])
def test_after_the_acknowledgement_no_process_lets_the_token_in(level: Level, own_valkey: Any) -> None:
    token = facts(expires_at=time.time() + 600)
    acknowledged, admitted = stopped_while_hammered(token, level)
    assert any(began < acknowledged for began, _ in admitted)
    assert [began for began, _ in admitted if began > acknowledged] == []


def test_a_flush_under_load_lets_no_stopped_token_in(own_valkey: Any) -> None:
    token = facts(expires_at=time.time() + 600)
    acknowledged, admitted = stopped_while_hammered(token, Level.APP, flushes=20)
    assert [began for began, _ in admitted if began > acknowledged] == []


def stopped_while_hammered(token: TokenFacts, level: Level, flushes: int = 0) -> tuple[int, list[list[int]]]:
    """When the stop was acknowledged, and every admission of three processes."""
    children = [start("life", {"tokens": [dataclasses.asdict(token)]}) for _ in range(3)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "let in"
    stop(level, SUBJECTS[level](token))
    acknowledged = time.time_ns() // 1000
    for _ in range(flushes):
        connection().flushall()
        with suppress(Problem):  # a gate that finds no peace stays closed
            assert dead_by(token) == level
    return acknowledged, lines_of(children)
