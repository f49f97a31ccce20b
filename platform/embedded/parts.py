"""Servers of a test's own, which it may stop, kill and start again without disturbing anybody.

    with parts.valkey(tmp_path) as valkey:
        valkey.kill()      # or stop(); its url stays
        valkey.boot()      # back, with the same data

Leaving the block removes them.
"""

from pathlib import Path

from embedded.clamd import Clamd
from embedded.key_service import KeyService
from embedded.ports import Ports
from embedded.postgres import Postgres
from embedded.provisioning import APPLICATION, OWNER, SUPERUSER
from embedded.seaweedfs import SeaweedFS
from embedded.valkey import Valkey
from embedded.vault import Vault


def postgres(folder: Path) -> Postgres:
    """PostgreSQL with the platform's roles and an empty database; durable, so that a kill loses nothing."""
    vault = Vault(folder / "postgres-secrets.json")
    passwords = {role: vault.secret(role) for role in (OWNER, APPLICATION, SUPERUSER)}
    return Postgres(folder / "postgres", _port(folder, "postgres"), passwords, folder / "postgres.log")


def valkey(folder: Path) -> Valkey:
    """Valkey that keeps what it has through a kill."""
    password = Vault(folder / "valkey-secrets.json").secret("valkey")
    return Valkey(folder / "valkey", _port(folder, "valkey"), password, folder / "valkey.log")


def key_service(folder: Path) -> KeyService:
    """A key service without a key."""
    token = Vault(folder / "keys-secrets.json").secret("keys")
    return KeyService(folder / "keys", _port(folder, "keys"), token, folder / "keys.log")


def seaweedfs(folder: Path, *, keys: KeyService | None = None) -> SeaweedFS:
    """An S3 server without a bucket."""
    ports = Ports(folder / "seaweedfs-ports.json")
    vault = Vault(folder / "seaweedfs-secrets.json")
    return SeaweedFS(folder / "seaweedfs", ports.port, vault, folder / "seaweedfs.log", keys=keys)


def clamd(folder: Path) -> Clamd:
    """A virus scanner that knows the harmless test file."""
    return Clamd(folder / "clamd", _port(folder, "clamd"), folder / "clamd.log", official=False)


def _port(folder: Path, name: str) -> int:
    return Ports(folder / f"{name}-ports.json").port(name)
