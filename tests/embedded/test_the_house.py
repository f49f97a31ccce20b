"""The layout that everything else leans on."""

import platform
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
BESIDE_THE_HOUSE = {"embedded", "sdk"}


def rooms() -> set[str]:
    folders = [
        *(PROJECT / "platform").iterdir(),
        *(PROJECT / name for name in ("audit", "broker", "gateway", "marketplace")),
    ]
    return {folder.name for folder in folders if (folder / "__init__.py").exists()}


def contracts() -> dict[str, object]:
    settings: dict[str, object] = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return settings


def test_the_platform_folder_is_no_package() -> None:
    assert not (PROJECT / "platform" / "__init__.py").exists()


def test_the_standard_librarys_platform_wins() -> None:
    assert platform.python_implementation()
    assert not Path(str(platform.__file__)).is_relative_to(PROJECT / "platform")


def test_every_room_has_a_floor() -> None:
    layers = contracts()["contracts"][0]["layers"]  # type: ignore[index]
    floors = {room.strip(" ()") for layer in layers for room in layer.split("|")}
    assert rooms() - BESIDE_THE_HOUSE <= floors


def test_the_linter_reads_every_room() -> None:
    assert rooms() - {"sdk"} <= set(contracts()["root_packages"])  # type: ignore[call-overload]
