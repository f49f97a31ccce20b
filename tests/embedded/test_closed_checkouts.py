"""As root some programs run as another user, who must be able to enter their folders."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import identity

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user enters their own folders")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(identity, "_ELSEWHERE", tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    (folder := tmp_path / "closed").mkdir(mode=0o700)
    return folder


@pytest.fixture
def entered() -> Iterator[Path]:
    folder = Path(f"/tmp/entered-{os.getpid()}")
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_folder_that_others_may_enter_is_used_itself(elsewhere: Path, entered: Path) -> None:
    assert identity.reachable(entered / "postgres") == entered / "postgres"
    assert not elsewhere.exists()


def test_a_closed_one_is_replaced_by_a_link_to_one_that_is_open(elsewhere: Path, closed: Path) -> None:
    place = identity.reachable(closed / "postgres")
    identity.make_home(place)
    assert place.parent == elsewhere
    assert (closed / "postgres").readlink() == place


def test_the_second_start_finds_the_same_data(elsewhere: Path, closed: Path) -> None:
    identity.make_home(identity.reachable(closed / "postgres"))
    (closed / "postgres" / "rows").touch()
    assert (identity.reachable(closed / "postgres") / "rows").exists()


def test_data_whose_data_folder_was_removed_do_not_come_back(elsewhere: Path, closed: Path) -> None:
    identity.make_home(identity.reachable(closed / "postgres"))
    (closed / "postgres" / "rows").touch()
    shutil.rmtree(closed)
    closed.mkdir(mode=0o700)
    assert not (identity.reachable(closed / "postgres") / "rows").exists()


def test_data_from_before_the_checkout_was_closed_move_along(elsewhere: Path, closed: Path) -> None:
    (closed / "postgres").mkdir()
    (closed / "postgres" / "rows").touch()
    assert (identity.reachable(closed / "postgres") / "rows").exists()
