"""A scanner for this folder's tests: the one that the environment names, or an own one."""

import os
from collections.abc import Iterator

import pytest

from tests.scanning.scanners import OwnClamd


@pytest.fixture(scope="session")
def clamd_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if url := os.environ.get("CLAMD_URL"):
        yield url
        return
    own = OwnClamd(tmp_path_factory.mktemp("clamd"))
    own.start()
    yield own.url
    own.kill()
