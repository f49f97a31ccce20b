"""The collected static files; collecting compresses each one, so it is done only when something has changed."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from embedded.management import PROJECT

_SOURCES = ("static/**/*", "*/static/**/*", "platform/*/static/**/*", "platform/sdk/javascript/**/*")
_RULES = ("platform/config/settings/*.py", "requirements/base.txt")


def are_collected(environment: Mapping[str, str]) -> bool:
    """Whether the folder holds what collecting now would give."""
    mark = _mark(environment)
    return mark.exists() and mark.read_text() == _fingerprint()


def begin_anew(environment: Mapping[str, str]) -> None:
    """Remove what was collected of other sources."""
    _mark(environment).unlink(missing_ok=True)
    shutil.rmtree(environment["STATIC_ROOT"], ignore_errors=True)


def keep(environment: Mapping[str, str]) -> None:
    """Remember of which sources this was collected."""
    _mark(environment).write_text(_fingerprint())


def _mark(environment: Mapping[str, str]) -> Path:
    return Path(f"{environment['STATIC_ROOT']}.collected")


def _fingerprint() -> str:
    facts = "\n".join(f"{file} {file.stat().st_mtime_ns} {file.stat().st_size}" for file in sorted(_files()))
    return hashlib.sha256(facts.encode()).hexdigest()


def _files() -> Iterator[Path]:
    for pattern in (*_SOURCES, *_RULES):
        yield from (file for file in PROJECT.glob(pattern) if file.is_file())
