"""People of two organisations, and documents to bend."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from policy.document import Document, parse

CATALOGUE = Path(__file__).parents[2] / "marketplace" / "catalogue"
Bend = Callable[..., dict[str, Any]]


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Commits stay: each test has a tenant of its own, and the record refuses to be truncated."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()


def shipped(slug: str) -> dict[str, Any]:
    """A shipped document's content."""
    content: dict[str, Any] = json.loads((CATALOGUE / f"{slug}.json").read_bytes())
    return content


def bent(slug: str, changes: dict[str, Any]) -> dict[str, Any]:
    """A shipped document's content with some fields set: `{"uploads.max_bytes": 5}`; `...` takes a field away."""
    content = copy.deepcopy(shipped(slug))
    for path, value in changes.items():
        *parents, last = path.split(".")
        place = content
        for parent in parents:
            place = place[parent]
        if value is ...:
            place.pop(last, None)
        else:
            place[last] = value
    return content


def document(content: dict[str, Any]) -> Document:
    """The typed document."""
    return parse(json.dumps(content).encode())
