"""The tests' databases: copies of a migrated one, made by the owner's role and used by the application's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import environ
import psycopg
from django.db import connection, connections

from kernel.identifiers import new_id

MIGRATED = os.environ["MIGRATED_DATABASE"]


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the role that owns every table, and migrates."""
    before = dict(connection.settings_dict)
    owner = environ.Env.db_url_config(os.environ["MIGRATION_DATABASE_URL"])
    _reconnect(owner["USER"], owner["PASSWORD"], before["NAME"])
    try:
        yield
    finally:
        _reconnect(before["USER"], before["PASSWORD"], connection.settings_dict["NAME"])


@contextmanager
def own_database() -> Iterator[None]:
    """One that is empty and migrated, for a test that looks at everything there is."""
    before, name = dict(connection.settings_dict), f"own_{new_id().hex}"
    with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"], autocommit=True) as cluster:
        cluster.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
        _reconnect(before["USER"], before["PASSWORD"], name)
        try:
            yield
        finally:
            _reconnect(before["USER"], before["PASSWORD"], before["NAME"])
            cluster.execute(f"DROP DATABASE {name}")


def _reconnect(user: str, password: str, name: str) -> None:
    connections["default"].close()
    connections["default"].settings_dict.update(USER=user, PASSWORD=password, NAME=name)
