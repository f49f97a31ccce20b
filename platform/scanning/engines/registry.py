"""The engines that there are; policies choose among them by name."""

import functools
from collections.abc import Iterable

from scanning.engines.content_type import ContentTypeEngine
from scanning.engines.malware import MalwareEngine
from scanning.engines.port import Engine, EngineUnavailableError


@functools.cache
def engines(clamd_url: str) -> tuple[Engine, ...]:
    """Every engine of this installation, the same ones for the whole life of the process."""
    return (ContentTypeEngine(), MalwareEngine(clamd_url))


def named(names: Iterable[str], available: Iterable[Engine]) -> list[Engine]:
    """The engines that a policy names, in the policy's order.

    Raises EngineUnavailableError for a name without an engine, and for no name at all: such a file waits.
    """
    known = {engine.name: engine for engine in available}
    wanted = list(dict.fromkeys(names))
    missing = [name for name in wanted if name not in known]
    if missing or not wanted:
        raise EngineUnavailableError(f"The policy names no engine that is there: {', '.join(missing) or 'none'}.")
    return [known[name] for name in wanted]
