"""The shipped documents, as values and as content to bend."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from policy.document import Document, parse

CATALOGUE = Path(__file__).parents[2] / "marketplace" / "catalogue"
Bend = Callable[..., bytes]

# A busy machine is no counterexample; the whole test has its own time limit.
settings.register_profile("gatehouse", deadline=None)
settings.load_profile("gatehouse")


def shipped(slug: str) -> bytes:
    """The text of a shipped document."""
    return (CATALOGUE / f"{slug}.json").read_bytes()


@pytest.fixture(scope="session")
def photo_share() -> Document:
    """Team Photo Share (Marketing)."""
    return parse(shipped("team-photo-share"))


@pytest.fixture(scope="session")
def file_share() -> Document:
    """Team File Share."""
    return parse(shipped("team-file-share"))


@pytest.fixture(scope="session")
def bend() -> Bend:
    """Photo Share's text with some fields set: `bend({"uploads.max_bytes": 0})`; `...` takes a field away."""
    original = json.loads(shipped("team-photo-share"))

    def bent(changes: dict[str, Any]) -> bytes:
        content = copy.deepcopy(original)
        for path, value in changes.items():
            *parents, last = path.split(".")
            place = content
            for parent in parents:
                place = place[parent]
            if value is ...:
                del place[last]
            else:
                place[last] = value
        return json.dumps(content).encode()

    return bent
