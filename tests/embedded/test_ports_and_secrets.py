"""What a data folder remembers."""

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from embedded import private_files
from embedded.ports import Ports, is_free
from embedded.vault import Vault


def test_a_second_start_has_the_same_ports(tmp_path: Path) -> None:
    first = Ports(tmp_path / "ports.json").port("web")
    assert Ports(tmp_path / "ports.json").port("web") == first


def test_a_port_that_somebody_took_is_chosen_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as thief:
        taken = thief.getsockname()[1]
        (tmp_path / "ports.json").write_text(json.dumps({"web": taken}))
        chosen = Ports(tmp_path / "ports.json").port("web")
    assert chosen != taken
    assert is_free(chosen)


def test_two_parts_never_share_a_port(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    assert len({ports.port(f"part-{number}") for number in range(50)}) == 50


def test_two_runs_at_once_never_choose_the_same_port(tmp_path: Path) -> None:
    chosen = Ports(tmp_path / "one.json").port("web")
    (tmp_path / "other.json").write_text("{}")
    script = (
        f"import pathlib; from embedded import ports; ports._RANGE = range({chosen}, {chosen + 1}); "
        f"print(ports.Ports(pathlib.Path({str(tmp_path / 'other.json')!r})).port('web'))"
    )
    other = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert f"No port from {chosen}" in other.stderr


def test_a_server_can_listen_where_its_port_is_kept(tmp_path: Path) -> None:
    port = Ports(tmp_path / "ports.json").port("web")
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)


def test_no_port_is_one_that_clients_are_lent(tmp_path: Path) -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = Ports(tmp_path / "ports.json")
    assert all(ports.port(f"part-{number}") < lowest for number in range(50))


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    first = Vault(tmp_path / "secrets.json")
    made = [first.secret("database"), first.passphrase("demo"), first.signing_key("broker")]
    again = Vault(tmp_path / "secrets.json")
    assert [again.secret("database"), again.passphrase("demo"), again.signing_key("broker")] == made


def test_two_names_and_two_folders_have_different_secrets(tmp_path: Path) -> None:
    one, other = Vault(tmp_path / "one.json"), Vault(tmp_path / "other.json")
    assert len({one.secret("a"), one.secret("b"), other.secret("a")}) == 3


def test_only_its_owner_reads_a_secret(tmp_path: Path) -> None:
    Vault(tmp_path / "secrets.json").secret("database")
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_file_that_others_could_read_is_private_once_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("old")
    file.chmod(0o644)
    private_files.write(file, "new")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o600)


@pytest.mark.parametrize("_attempt", range(20))
def test_a_demo_password_is_long_enough_for_the_platform(tmp_path: Path, _attempt: int) -> None:
    words = Vault(tmp_path / "secrets.json").passphrase("demo").split("-")
    assert len("-".join(words)) >= 12
    assert words[-1].isdigit()
