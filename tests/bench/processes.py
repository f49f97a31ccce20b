"""What processes cost, from /proc: CPU seconds and resident memory of a process and all that it started."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> set[int]:
    """The process and its descendants."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of the living family, and of those of its children that ended."""
    return sum(sum(map(int, fields[11:15])) for each in family(pid) if (fields := _stat(each))) / _TICKS


def resident_megabytes(pid: int) -> float:
    """Resident memory of the family, shared pages counted for each."""
    return sum(int(fields[21]) for each in family(pid) if (fields := _stat(each))) * _PAGE / 1e6


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold spaces; nothing for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
