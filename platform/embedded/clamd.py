"""clamd with its own configuration: the official signatures where the machine has them, and the test file's always."""

import shutil
import socket
from pathlib import Path

from embedded.process import PartFailedError, Process

_OFFICIAL_SIGNATURES = Path("/var/lib/clamav")
_EICAR_BODY_IN_HEX = (
    "58354f2150254041505b345c505a58353428505e2937434329377d24"
    "45494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a"
)
"""The industry's harmless test file, spelled so that no scanner mistakes this source for it."""


class Clamd:
    """One scanner on the loopback interface."""

    def __init__(self, folder: Path, port: int, log: Path) -> None:
        self._folder, self._port = folder, port
        binary = _binary()
        if binary is None:
            raise PartFailedError("clamd is not installed.")
        self.process = Process("Virus scanner", [binary, "--foreground", f"--config-file={folder / 'clamd.conf'}"], log)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"tcp://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Write its configuration and signatures, and start it."""
        signatures = self._folder / "signatures"
        signatures.mkdir(parents=True, exist_ok=True)
        (signatures / "gatehouse.ndb").write_text(f"Eicar-Test-Signature:0:*:{_EICAR_BODY_IN_HEX}\n")
        for official in official_signatures():
            link = signatures / official.name
            link.unlink(missing_ok=True)
            link.symlink_to(official)
        (self._folder / "clamd.conf").write_text(_configuration(self._port, signatures))
        self.process.start()

    def wait_until_ready(self) -> None:
        """Wait until it answers a PING; loading the official signatures takes most of a minute."""
        self.process.wait_until(self._answers, 120)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), 0.5) as connection:
                connection.sendall(b"zPING\0")
                return connection.recv(16) == b"PONG\0"
        except OSError:
            return False


def is_installed() -> bool:
    """Whether the machine has clamd."""
    return _binary() is not None


def official_signatures() -> list[Path]:
    """The databases that freshclam keeps, where it ran."""
    return [file for file in _OFFICIAL_SIGNATURES.glob("*") if file.suffix in {".cvd", ".cld"}]


def _binary() -> str | None:
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


def _configuration(port: int, signatures: Path) -> str:
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
