"""The servers together, in one data folder, and the environment that names them."""

import shlex
from pathlib import Path

from embedded import clamd, private_files
from embedded.clamd import Clamd
from embedded.identity import make_readable_folder
from embedded.key_service import DEMO_KEY, KeyService
from embedded.part import Part
from embedded.ports import Ports
from embedded.postgres import Postgres
from embedded.process import Process, stop_all
from embedded.provisioning import APPLICATION, OWNER, SUPERUSER
from embedded.seaweedfs import SeaweedFS
from embedded.valkey import Valkey
from embedded.vault import Vault


class Stack:
    """PostgreSQL, Valkey, the S3 server with its key service, and clamd where the machine has it.

    With `durable=False` they are quick and forgetful, for tests: nothing is synced to disk, and clamd knows the test
    file only.
    """

    def __init__(self, data: Path, *, durable: bool = True, web_port: int | None = None) -> None:
        make_readable_folder(data)
        self.data, self.logs = data, data / "logs"
        self._ports, self._vault = Ports(data / "ports.json"), Vault(data / "secrets.json")
        self.postgres = self._postgres(durable)
        self.valkey = self._valkey(durable)
        self.web_port = web_port or self._ports.port("web")
        self.keys = KeyService(
            data / "keys", self._ports.port("keys"), self._vault.secret("keys"), self._log("keys"), keys=[DEMO_KEY]
        )
        self.storage = self._storage(durable)
        self.scanner = self._clamd(durable) if clamd.is_installed() else None

    @property
    def processes(self) -> list[Process]:
        """The servers' processes."""
        return [part.process for part in self._parts]

    def start(self) -> None:
        """Start all, then await all. Raises PartFailedError."""
        for part in self._parts:
            part.start()
        for part in self._parts:
            part.wait_until_ready()

    def stop(self) -> None:
        """Stop all, side by side."""
        stop_all(self.processes)

    def remove(self) -> None:
        """Stop all and remove their data."""
        self.stop()
        for part in self._parts:
            part.remove()

    def write_environment(self) -> Path:
        """Write `env` for sourcing into a shell; it holds every secret, so only its owner reads it."""
        exports = (f"export {name}={shlex.quote(value)}\n" for name, value in self.environment().items())
        private_files.write(self.data / "env", "".join(exports))
        return self.data / "env"

    def environment(self) -> dict[str, str]:
        """Everything that the platform needs to know of its servers, as it would be told in production."""
        return {
            "GATEHOUSE_ENV": "development",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DJANGO_SECRET_KEY": self._vault.secret("django"),
            "DATABASE_URL": self.postgres.url_for(APPLICATION),
            "MIGRATION_DATABASE_URL": self.postgres.url_for(OWNER),
            "REDIS_URL": self.valkey.url,
            "S3_ENDPOINT_URL": self.storage.url,
            "S3_PUBLIC_ENDPOINT_URL": self.storage.url,
            "S3_REGION": "eu-central-1",
            "S3_BUCKET": "gatehouse",
            "S3_ACCESS_KEY_ID": self.storage.access_key_id,
            "S3_SECRET_ACCESS_KEY": self.storage.secret_access_key,
            "S3_POST_TAG_FIELD": "x-amz-tagging",
            "S3_CUSTOMER_KEYS": "yes",
            "KEY_SERVICE_FOLDER": str(self.keys.folder),
            "STORAGE_EVENTS_SECRET": self._vault.secret("storage-events"),
            "CLAMD_URL": self.scanner.url if self.scanner else "",
            "BROKER_SIGNING_KEY": self._vault.signing_key("broker"),
            "TEMPLATE_SIGNING_KEY": self._vault.signing_key("templates"),
            "SITE_URL": f"http://127.0.0.1:{self.web_port}",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "STATIC_ROOT": str(self.data / "static"),
            "DEMO_CUSTOMER_KEY": DEMO_KEY,
            "DEMO_PASSWORD": self._vault.passphrase("demo"),
        }

    @property
    def _parts(self) -> list[Part]:
        """The quickest to begin with; PostgreSQL last, since making its folder keeps the others waiting."""
        parts: list[Part] = [self.keys, self.storage, self.valkey, self.postgres]
        return [self.scanner, *parts] if self.scanner else parts

    def _postgres(self, durable: bool) -> Postgres:
        passwords = {role: self._vault.secret(role) for role in (OWNER, APPLICATION, SUPERUSER)}
        port = self._ports.port("postgres")
        return Postgres(self.data / "postgres", port, passwords, self._log("postgres"), durable=durable)

    def _valkey(self, durable: bool) -> Valkey:
        port, password = self._ports.port("valkey"), self._vault.secret("valkey")
        return Valkey(self.data / "valkey", port, password, self._log("valkey"), durable=durable)

    def _storage(self, durable: bool) -> SeaweedFS:
        """In tests nobody listens to what it tells."""
        events_to = f"http://127.0.0.1:{self.web_port}/hooks/storage" if durable else ""
        log = self._log("storage")
        return SeaweedFS(self.data / "storage", self._ports.port, self._vault, log, events_to=events_to, keys=self.keys)

    def _clamd(self, durable: bool) -> Clamd:
        return Clamd(self.data / "clamd", self._ports.port("clamd"), self._log("clamd"), official=durable)

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"
