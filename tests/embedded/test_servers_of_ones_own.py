"""The real servers, each booted alone, killed and brought back; the rights that the database gives."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import psycopg
import pytest
import redis
from botocore.client import BaseClient
from botocore.config import Config

from embedded import parts
from embedded.postgres import Postgres
from embedded.provisioning import APPLICATION, OWNER
from embedded.seaweedfs import SeaweedFS

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-" + b"STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
FORBIDDEN = (
    "CREATE TABLE mine (id int)",
    "TRUNCATE note",
    "DROP TABLE note",
    "ALTER TABLE note DISABLE ROW LEVEL SECURITY",
)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with parts.postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


def s3_of(server: SeaweedFS, **other: str) -> BaseClient:
    keys = {"aws_access_key_id": server.access_key_id, "aws_secret_access_key": server.secret_access_key, **other}
    once = Config(retries={"max_attempts": 0})
    return boto3.client("s3", endpoint_url=server.url, region_name="eu-central-1", config=once, **keys)


def scan(url: str, body: bytes) -> bytes:
    address = urlsplit(url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), 10) as connection:
        connection.sendall(b"zINSTREAM\0" + len(body).to_bytes(4) + body + bytes(4))
        return connection.recv(200)


def test_neither_role_is_privileged(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url_for(OWNER)) as connection:
        rows = connection.execute(
            "SELECT rolname, rolcreatedb FROM pg_roles WHERE rolname = ANY(%s)"
            " AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication)",
            [[OWNER, APPLICATION]],
        ).fetchall()
    assert dict(rows) == {OWNER: True, APPLICATION: False}


@pytest.mark.parametrize("later", [False, True], ids=["its database", "a database that the owner makes later"])
def test_the_application_changes_rows_and_never_tables(postgres: Postgres, later: bool) -> None:
    owner_url, application_url = postgres.url_for(OWNER), postgres.url
    if later:
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE later")
        owner_url, application_url = (url.rpartition("/")[0] + "/later" for url in (owner_url, application_url))
    with psycopg.connect(owner_url) as owner:
        owner.execute("CREATE TABLE note (id bigserial PRIMARY KEY, words text)")
    with psycopg.connect(application_url, autocommit=True) as application:
        application.execute("INSERT INTO note (words) VALUES ('kept')")
        application.execute("UPDATE note SET words = 'changed'")
        assert application.execute("DELETE FROM note").rowcount == 1
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(statement)


def test_postgresql_comes_back_after_a_kill_with_what_was_committed(tmp_path: Path) -> None:
    with parts.postgres(tmp_path) as server:
        with psycopg.connect(server.url_for(OWNER)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url, connect_timeout=1)
        server.boot()
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]


def test_postgresql_stops_though_a_client_stays(tmp_path: Path) -> None:
    with parts.postgres(tmp_path) as server, psycopg.connect(server.url):
        server.process.stop(seconds=60)  # the test's own time limit would notice the wait
        assert not server.process.is_running()


def test_postgresql_starts_where_another_program_has_the_number_of_its_last_life(tmp_path: Path) -> None:
    with parts.postgres(tmp_path) as server:
        server.stop()
        (server.folder / "postmaster.pid").write_text(f"{os.getpid()}\n")
        server.boot()


def test_no_data_and_no_programs_are_left_by_a_server_of_ones_own(tmp_path: Path) -> None:
    with parts.postgres(tmp_path) as server:
        folder, pid = server.folder, server.process.pid
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_valkey_keeps_through_a_kill_what_it_was_told(tmp_path: Path) -> None:
    with parts.valkey(tmp_path) as server, redis.Redis.from_url(server.url) as client:
        client.set("answer", "42")
        server.kill()
        server.boot()
        assert client.get("answer") == b"42"


def test_valkey_answers_nobody_without_the_password(tmp_path: Path) -> None:
    with parts.valkey(tmp_path) as server, redis.Redis(port=server.port) as stranger:
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()
        assert server.url.split(":")[2].split("@")[0] not in Path(f"/proc/{server.process.pid}/cmdline").read_text()


def test_the_s3_server_keeps_objects_through_a_kill(tmp_path: Path) -> None:
    with parts.seaweedfs(tmp_path) as server:
        client = s3_of(server)
        client.create_bucket(Bucket="photos")
        client.put_object(Bucket="photos", Key="a", Body=b"bytes", ServerSideEncryption="AES256")
        server.kill()
        server.boot()
        assert client.get_object(Bucket="photos", Key="a")["Body"].read() == b"bytes"


def test_the_s3_server_refuses_strangers(tmp_path: Path) -> None:
    with parts.seaweedfs(tmp_path) as server:
        s3_of(server).create_bucket(Bucket="photos")
        for stranger in (s3_of(server, aws_secret_access_key="guessed"), s3_of(server, aws_access_key_id="other")):
            with pytest.raises(stranger.exceptions.ClientError, match=r"SignatureDoesNotMatch|InvalidAccessKeyId"):
                stranger.list_buckets()


def test_clamd_finds_the_test_file_and_nothing_in_plain_words(tmp_path: Path) -> None:
    with parts.clamd(tmp_path) as server:
        assert b"Eicar-Test-Signature" in scan(server.url, EICAR)
        assert scan(server.url, b"hello") == b"stream: OK\0"


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs everything as themselves")
def test_as_root_what_reads_hostile_bytes_is_not_root(tmp_path: Path) -> None:
    with parts.clamd(tmp_path) as scanner, parts.postgres(tmp_path) as database:
        for part in (scanner, database):
            assert Path(f"/proc/{part.process.pid}").stat().st_uid != 0
