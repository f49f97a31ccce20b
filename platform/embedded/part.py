"""What every server here can do: the supervisor and the fault tests know no more of it."""

import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from embedded.process import Process


class Part(ABC):
    """A server in a folder. It can be stopped or killed, and started again on the same address with the same data."""

    folder: Path
    process: Process

    @property
    @abstractmethod
    def url(self) -> str:
        """Its address, as the environment names it."""

    @abstractmethod
    def start(self) -> None:
        """Make what it needs where that is missing, and start it. Raises PartFailedError."""

    @abstractmethod
    def wait_until_ready(self) -> None:
        """Wait until it serves. Raises PartFailedError."""

    def boot(self) -> None:
        """Start it and wait until it serves. Raises PartFailedError."""
        self.start()
        self.wait_until_ready()

    def stop(self) -> None:
        """Let it end properly."""
        self.process.stop()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()

    def remove(self) -> None:
        """Stop it and remove its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        self.boot()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()
