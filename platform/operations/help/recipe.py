"""The recipe for tools without code: the HTTP steps that one enters, read from the file that the tests carry out."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECIPE = Path(__file__).with_name("no_code.json")


@dataclass(frozen=True, slots=True)
class Step:
    """One HTTP step, as its parts are named in such tools."""

    name: str
    method: str
    address: str
    sign_in: str
    headers: tuple[tuple[str, str], ...]
    body: str
    keeps: tuple[tuple[str, str], ...]


def steps() -> list[Step]:
    """The steps in their order."""
    return [_step(entry) for entry in json.loads(RECIPE.read_text(encoding="utf-8"))]


def _step(entry: dict[str, Any]) -> Step:
    return Step(
        name=entry["name"],
        method=entry["method"],
        address=entry["url"],
        sign_in=" : ".join(entry.get("basic", ())),
        headers=tuple(entry.get("headers", {}).items()),
        body=_body(entry),
        keeps=tuple(entry.get("keep", {}).items()),
    )


def _body(entry: dict[str, Any]) -> str:
    if "form" in entry:
        return "\n".join(f"{name} = {value}" for name, value in entry["form"].items())
    return json.dumps(entry["json"], indent=2)
