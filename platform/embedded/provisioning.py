"""The roles and rights in PostgreSQL, as production has them.

`gatehouse_owner` owns the database and its schema and migrates; `gatehouse_app` serves requests, owns nothing and
can't bypass row-level security. The cluster's superuser appears only here, to make them.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import psycopg
from psycopg import sql

OWNER, APPLICATION, SUPERUSER, DATABASE = "gatehouse_owner", "gatehouse_app", "gatehouse_cluster", "gatehouse"
_NOBODY_SPECIAL = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION"
_RIGHTS = {OWNER: "CREATEDB", APPLICATION: "NOCREATEDB"}
"""The owner makes the databases of the tests; they copy `template1`, and with it the application's rights."""

Connection: TypeAlias = "psycopg.Connection[tuple[object, ...]]"


def provision(connect: Callable[[str], Connection], passwords: Mapping[str, str]) -> None:
    """Make the roles, the database and the rights, whatever of them there is already."""
    with connect("postgres") as connection:
        for role in (OWNER, APPLICATION):
            _ensure_role(connection, role, passwords[role])
        _ensure_database(connection)
    for database in ("template1", DATABASE):
        with connect(database) as inside:
            _grant(inside)


def _ensure_role(connection: Connection, role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = sql.SQL("{verb} ROLE {role} {rights} PASSWORD {password}")
    connection.execute(
        statement.format(
            verb=sql.SQL("ALTER" if known else "CREATE"),
            role=sql.Identifier(role),
            rights=sql.SQL(f"{_NOBODY_SPECIAL} {_RIGHTS[role]}"),
            password=sql.Literal(password),
        )
    )


def _ensure_database(connection: Connection) -> None:
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    connection.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APPLICATION}")


def _grant(connection: Connection) -> None:
    """What the application may do with tables that the owner will make, in this database and in copies of it."""
    connection.execute(f"ALTER SCHEMA public OWNER TO {OWNER}")
    connection.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}")
    for rights, things in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        connection.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT {rights} ON {things} TO {APPLICATION}")
