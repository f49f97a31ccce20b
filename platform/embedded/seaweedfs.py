"""SeaweedFS as the S3 server, in one process, closed on every port that isn't S3's."""

import json
import shutil
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

from embedded import private_files
from embedded.key_service import KeyService
from embedded.part import Part
from embedded.ports import listens
from embedded.process import PartFailedError, Process
from embedded.vault import Vault

_SERVERS = ("master", "volume", "filer", "s3", "admin")
_JWT_VARIABLES = (
    "WEED_JWT_SIGNING_KEY",
    "WEED_JWT_SIGNING_READ_KEY",
    "WEED_JWT_FILER_SIGNING_KEY",
    "WEED_JWT_FILER_SIGNING_READ_KEY",
)
"""Without them the filer's own port reads and writes objects without authentication."""


class SeaweedFS(Part):
    """One storage on the loopback interface with one static identity.

    It tells a web address what changes, and asks a key service for the customers' keys, where it is given one.
    """

    def __init__(
        self,
        folder: Path,
        port: Callable[[str], int],
        vault: Vault,
        log: Path,
        *,
        events_to: str = "",
        keys: KeyService | None = None,
    ) -> None:
        self.folder, self._keys = folder.absolute(), keys
        self._ports = {name: port(f"seaweedfs-{name}") for name in _SERVERS}
        self._grpc_ports = {name: port(f"seaweedfs-{name}-grpc") for name in _SERVERS}
        self.access_key_id = "gatehouse"
        self.secret_access_key = vault.secret("s3-secret")
        environment = {name: vault.secret(name) for name in _JWT_VARIABLES}
        environment["WEED_S3_SSE_KEY"] = vault.secret("s3-sse")
        if events_to:
            environment |= _telling(events_to, vault.secret("storage-events"))
        self.process = Process("S3 server", self._command(), log, environment=environment)

    @property
    def url(self) -> str:
        """The S3 endpoint."""
        return f"http://127.0.0.1:{self._ports['s3']}"

    def start(self) -> None:
        """Write its identities and start it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        credentials = [{"accessKey": self.access_key_id, "secretKey": self.secret_access_key}]
        identity = {"name": "gatehouse", "credentials": credentials, "actions": ["Admin"]}
        settings = {"identities": [identity], **({"kms": self._keys.for_storage()} if self._keys else {})}
        private_files.write(self.folder / "s3.json", json.dumps(settings))
        self.process.start()

    def wait_until_ready(self) -> None:
        """Wait until the S3 port listens and the volumes behind it are announced."""
        self.process.wait_until(lambda: listens(self._ports["s3"]) and self._has_volumes(), 60)

    def _has_volumes(self) -> bool:
        """Asked of the master: a request that comes before its volume server did is failed for five seconds."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._ports['master']}/dir/status", timeout=2) as answer:
                return bool(json.load(answer)["Topology"]["DataCenters"])
        except (OSError, ValueError, KeyError):
            return False

    def _command(self) -> list[str]:
        servers = [
            f"-{name}.port{suffix}={ports[name]}"
            for suffix, ports in (("", self._ports), (".grpc", self._grpc_ports))
            for name in _SERVERS
        ]
        return [
            str(_binary()),
            "-logtostderr=true",
            "mini",
            f"-dir={self.folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-master.telemetry=false",
            "-webdav=false",
            "-admin.ui=false",
            *servers,
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.config={self.folder / 's3.json'}",
            f"-s3.iam.config={self.folder / 's3.json'}",
            "-s3.allowedOrigins=",
            "-s3.autoCreateBucket=false",
            "-filer.disableDirListing",
        ]


def _telling(address: str, secret: str) -> dict[str, str]:
    """Have each change told to a web address, which knows the server by its secret."""
    settings = {"ENABLED": "true", "ENDPOINT": address, "BEARER_TOKEN": secret, "EVENT_TYPES": "create update"}
    return {f"WEED_NOTIFICATION_WEBHOOK_{name}": value for name, value in settings.items()}


def _binary() -> Path:
    found = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
    if found is None:
        raise PartFailedError("The S3 server is not installed: requirements/embedded.txt brings it.")
    return Path(found)
