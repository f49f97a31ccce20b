"""Files that hold secrets: only their owner reads them, and a crash never leaves half of one."""

import os
from pathlib import Path


def write(file: Path, text: str) -> None:
    """Put the text in place in one step, readable by its owner alone from its first byte on."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as sink:
        sink.write(text)
    draft.replace(file)
