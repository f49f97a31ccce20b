"""clamd with its own configuration: the official signatures where the machine has them, and the test file's always."""

import shutil
import socket
from pathlib import Path

from embedded.identity import UNPRIVILEGED_USER, make_readable_folder, reachable
from embedded.part import Part
from embedded.process import PartFailedError, Process

_OFFICIAL_SIGNATURES = Path("/var/lib/clamav")
_EICAR_BODY_IN_HEX = (
    "58354f2150254041505b345c505a58353428505e2937434329377d24"
    "45494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a"
)
"""The industry's harmless test file, spelled so that no scanner mistakes this source for it."""


class Clamd(Part):
    """One scanner on the loopback interface; `official` adds the machine's signatures, which take long to load."""

    def __init__(self, folder: Path, port: int, log: Path, *, official: bool = True) -> None:
        self.folder, self.port = reachable(folder), port
        self._official = official_signatures() if official else []
        self._configuration = self.folder / "clamd.conf"
        command = [_binary(), "--foreground", f"--config-file={self._configuration}"]
        self.process = Process("Virus scanner", command, log, folder=self.folder, user=UNPRIVILEGED_USER)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Write its configuration and signatures, and start it."""
        signatures = self.folder / "signatures"
        shutil.rmtree(signatures, ignore_errors=True)
        for folder in (self.folder, signatures):
            make_readable_folder(folder)
        (signatures / "gatehouse.ndb").write_text(f"Eicar-Test-Signature:0:*:{_EICAR_BODY_IN_HEX}\n")
        self._configuration.write_text(_settings(self.port, signatures))
        for file in (signatures / "gatehouse.ndb", self._configuration):
            file.chmod(0o644)
        for database in self._official:
            (signatures / database.name).symlink_to(database)
        self.process.start()

    def wait_until_ready(self) -> None:
        """Wait until it answers a PING; loading the official signatures takes most of a minute."""
        self.process.wait_until(self._answers, 180 if self._official else 20)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as connection:
                connection.sendall(b"zPING\0")
                return connection.recv(16) == b"PONG\0"
        except OSError:
            return False


def is_installed() -> bool:
    """Whether the machine has clamd."""
    return _found() is not None


def official_signatures() -> list[Path]:
    """The databases that freshclam keeps, where it ran."""
    return [file for file in _OFFICIAL_SIGNATURES.glob("*") if file.suffix in {".cvd", ".cld"}]


def _found() -> str | None:
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


def _binary() -> str:
    found = _found()
    if found is None:
        raise PartFailedError("The virus scanner clamd is not installed.")
    return found


def _settings(port: int, signatures: Path) -> str:
    """The largest limits that clamd has; what exceeds them is reported as a finding, never passed as clean."""
    settings = {
        "TCPSocket": port,
        "TCPAddr": "127.0.0.1",
        "DatabaseDirectory": signatures,
        "StreamMaxLength": "4000M",
        "MaxScanSize": "4000M",
        "MaxFileSize": "2000M",
        "AlertExceedsMax": "yes",
        "MaxThreads": 4,
        "ReadTimeout": 60,
        "CommandReadTimeout": 20,
        "LogTime": "yes",
        "Foreground": "yes",
    }
    return "".join(f"{name} {value}\n" for name, value in settings.items())
