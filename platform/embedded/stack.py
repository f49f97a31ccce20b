"""The servers together, in one data folder, and the environment that names them."""

from pathlib import Path
from typing import Protocol

from embedded import clamd
from embedded.clamd import Clamd
from embedded.ports import Ports
from embedded.postgres import APPLICATION, OWNER, SUPERUSER, Postgres
from embedded.process import Process
from embedded.seaweedfs import SeaweedFS
from embedded.valkey import Valkey
from embedded.vault import Vault


class Part(Protocol):
    """One server."""

    process: Process

    def start(self) -> None:
        """Start it."""

    def wait_until_ready(self) -> None:
        """Wait until it serves. Raises PartFailedError."""


class Stack:
    """PostgreSQL, Valkey, the S3 server, and clamd where the machine has it."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.data, self.logs = data, data / "logs"
        self.ports = Ports(data / "ports.json")
        self.vault = Vault(data / "secrets.json")
        port = self.ports.port
        passwords = {role: self.vault.secret(role) for role in (OWNER, APPLICATION, SUPERUSER)}
        self.postgres = Postgres(data / "postgres", port("postgres"), passwords, self._log("postgres"), durable=durable)
        self.valkey = Valkey(data / "valkey", port("valkey"), self.vault.secret("valkey"), self._log("valkey"))
        self.storage = SeaweedFS(data / "storage", port, self.vault, self._log("storage"))
        self.scanner = Clamd(data / "clamd", port("clamd"), self._log("clamd")) if clamd.is_installed() else None
        self.web_port = port("web")

    @property
    def processes(self) -> list[Process]:
        """The servers' processes."""
        return [part.process for part in self._parts]

    @property
    def _parts(self) -> list[Part]:
        parts: list[Part] = [self.postgres, self.valkey, self.storage]
        return [*parts, self.scanner] if self.scanner else parts

    def start(self) -> None:
        """Start all, then await all. Raises PartFailedError."""
        for part in self._parts:
            part.start()
        for part in self._parts:
            part.wait_until_ready()

    def stop(self) -> None:
        """Stop all, the database last."""
        for process in reversed(self.processes):
            process.stop()

    def environment(self) -> dict[str, str]:
        """Everything that the platform needs to know of its servers, as it would be told in production."""
        site = f"http://127.0.0.1:{self.web_port}"
        return {
            "GATEHOUSE_ENV": "development",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DJANGO_SECRET_KEY": self.vault.secret("django"),
            "DATABASE_URL": self.postgres.url(APPLICATION),
            "MIGRATION_DATABASE_URL": self.postgres.url(OWNER),
            "REDIS_URL": self.valkey.url,
            "S3_ENDPOINT_URL": self.storage.url,
            "S3_REGION": "eu-central-1",
            "S3_BUCKET": "gatehouse",
            "S3_ACCESS_KEY_ID": self.storage.access_key_id,
            "S3_SECRET_ACCESS_KEY": self.storage.secret_access_key,
            "S3_POST_TAG_FIELD": "x-amz-tagging",
            "CLAMD_URL": self.scanner.url if self.scanner else "",
            "BROKER_SIGNING_KEY": self.vault.signing_key("broker"),
            "SITE_URL": site,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "STATIC_ROOT": str(self.data / "static"),
            "DEMO_PASSWORD": self.vault.passphrase("demo"),
        }

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"
