"""The engines that there are; policies choose among their checks by name."""

import functools
from collections.abc import Iterable
from pathlib import Path

from scanning.engines.content_type import ContentTypeEngine
from scanning.engines.inside import SearchEngine, StructureEngine
from scanning.engines.malware import MalwareEngine
from scanning.engines.port import Engine, EngineUnavailableError
from scanning.engines.yara import SHIPPED, YaraEngine


@functools.cache
def engines(clamd_url: str, rules_folder: str = "") -> tuple[Engine, ...]:
    """Every engine of this installation, the same ones for the whole life of the process.

    What is cheap and what protects the others stands first: an archive is judged before anything unpacks it.
    """
    folders = (SHIPPED, Path(rules_folder)) if rules_folder else (SHIPPED,)
    return (
        ContentTypeEngine(),
        StructureEngine(),
        YaraEngine(*folders),
        MalwareEngine(clamd_url),
        SearchEngine("personal_data"),
        SearchEngine("secrets"),
    )


def named(names: Iterable[str], available: Iterable[Engine]) -> list[Engine]:
    """The engines of the checks that a policy names, in the policy's order.

    Raises EngineUnavailableError for a name without an engine, and for no name at all: such a file waits.
    """
    wanted, present = list(dict.fromkeys(names)), list(available)
    missing = [name for name in wanted if not any(engine.check == name for engine in present)]
    if missing or not wanted:
        raise EngineUnavailableError(f"The policy names no engine that is there: {', '.join(missing) or 'none'}.")
    return [engine for name in wanted for engine in present if engine.check == name]
