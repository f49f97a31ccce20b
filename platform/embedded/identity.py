"""Programs that must not run as root, and folders that their user can enter.

PostgreSQL refuses root, and a virus scanner reads hostile files: as root both run as an unprivileged user. An
ordinary user runs everything as themselves, in the data folder itself.
"""

import hashlib
import os
import pwd
import shutil
from pathlib import Path
from typing import Any

UNPRIVILEGED_USER = "nobody"
_ELSEWHERE = Path("/var/lib/gatehouse")


def identity(user: str | None) -> dict[str, Any]:
    """Popen's arguments that make a child run as this user; none unless this process is root."""
    if user is None or os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def reachable(folder: Path) -> Path:
    """The folder itself, or where others may not enter it (a checkout in /root, say) one under /var/lib for it.

    A link in the folder's place holds that one: who removes the data folder removes the link, and what it led to is
    nobody's then and goes at the next start.
    """
    folder = folder.absolute()
    if _may_be_entered(folder):
        return folder
    place = _elsewhere(folder)
    if not folder.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
        for parent in (place.parent, folder.parent):
            make_readable_folder(parent)
        if folder.exists():  # from a time when it could be entered
            shutil.move(folder, place)
        folder.symlink_to(place)
    return place


def _may_be_entered(folder: Path) -> bool:
    """By the unprivileged user; an ordinary user is the only one who needs to enter."""
    return os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in folder.parents if parent.exists())


def _elsewhere(folder: Path) -> Path:
    return _ELSEWHERE / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}-{folder.name}"


def make_home(folder: Path) -> None:
    """Make the folder, private to the user whom its program runs as."""
    make_readable_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    give(folder)


def make_readable_folder(folder: Path) -> None:
    """Make a folder that everybody may read and only this process's user may change, whatever the umask."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def give(path: Path) -> None:
    """Make the unprivileged user its owner; an ordinary user is that already."""
    if os.geteuid() == 0:
        shutil.chown(path, UNPRIVILEGED_USER)


def reachable_copy(tree: Path, version: str) -> Path:
    """Programs that others can start: the tree itself, or a copy of it where they may not enter it."""
    if _may_be_entered(tree.absolute()):
        return tree
    place = _elsewhere(tree / version)
    if not place.exists():
        make_readable_folder(place.parent)
        draft = place.with_name(f"{place.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(tree, draft, symlinks=True)
        draft.rename(place)
    return place
