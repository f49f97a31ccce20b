"""What is needed to go on with an upload: neither a token nor a signed address, so it may be kept anywhere."""

import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ResumeState:
    """An upload in parts that was begun. Sizes in bytes."""

    id: str
    size: int
    part_size: int
    part_count: int

    def length_of(self, number: int) -> int:
        """How long a part is; all but the last are equal."""
        return min(self.part_size, self.size - (number - 1) * self.part_size)


class ResumeStore(Protocol):
    """Where begun uploads are remembered."""

    def get(self, key: str) -> ResumeState | None:
        """What was begun under that key."""

    def set(self, key: str, state: ResumeState) -> None:
        """Remember it."""

    def delete(self, key: str) -> None:
        """Forget it, if it is there."""


class ResumeMemory:
    """For as long as the client lives."""

    def __init__(self) -> None:
        self._states: dict[str, ResumeState] = {}

    def get(self, key: str) -> ResumeState | None:
        """What was begun under that key."""
        return self._states.get(key)

    def set(self, key: str, state: ResumeState) -> None:
        """Remember it."""
        self._states[key] = state

    def delete(self, key: str) -> None:
        """Forget it, if it is there."""
        self._states.pop(key, None)


class ResumeFile:
    """A small JSON file that outlives the process; for one process at a time."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()

    def get(self, key: str) -> ResumeState | None:
        """What was begun under that key."""
        with self._lock:
            kept = self._read().get(key)
        return None if kept is None else ResumeState(**kept)

    def set(self, key: str, state: ResumeState) -> None:
        """Remember it."""
        with self._lock:
            self._write({**self._read(), key: asdict(state)})

    def delete(self, key: str) -> None:
        """Forget it, if it is there."""
        with self._lock:
            kept = self._read()
            if kept.pop(key, None) is not None:
                self._write(kept)

    def _read(self) -> dict[str, Any]:
        """A file that is gone or was torn means that nothing was begun: the upload then starts anew."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, states: dict[str, Any]) -> None:
        """Readable by its owner alone, since paths of files are in it; replaced as a whole."""
        draft = self._path.with_name(f"{self._path.name}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(states, file)
        draft.replace(self._path)
