"""Addresses that owners give can't be used against the network that we stand in (attack 59)."""

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from kernel.outbound import OutboundError, post
from notices.channels import webhook
from notices.deliveries import deliver_due
from notices.kinds import Channel
from notices.targets import UnusableTargetError, clean_target
from tests.notices.servers import Receiver, raw_server
from tests.notices.world import Office

INSIDE = [
    "127.0.0.1", "127.1", "127.0.0.1.", "2130706433", "0x7f000001", "0177.0.0.1", "0", "0.0.0.0", "10.0.0.1",
    "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "169.254.170.2", "168.63.129.16", "198.18.0.1",
    "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:a9fe:a9fe]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "localhost",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("port", ["", ":443", ":8443"])
def test_nothing_is_sent_into_a_private_network(host: str, port: str) -> None:
    with pytest.raises(OutboundError, match="can't be reached"):
        post(f"https://{host}{port}/", b"{}", {}, seconds=5)


@pytest.mark.parametrize("host", [host for host in INSIDE if host not in {"168.63.129.16", "[64:ff9b::7f00:1]"}])
def test_most_of_it_is_said_as_soon_as_the_address_is_typed(host: str) -> None:
    with pytest.raises(UnusableTargetError, match="private network"):
        clean_target(f"https://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd", "gopher://hooks.example.com/",
        "//hooks.example.com/", "hooks.example.com", "https://", "https:///x", "https://me:secret@hooks.example.com/",
        "https://hooks.example.com@127.0.0.1/", "https://hooks.example.com/#x", "https://hooks.example\\@127.0.0.1/",
        "https://hooks.example.com:0/", "https://hooks.example.com:99999/", "https://hooks.example.com/\r\nX: y",
        "https://hooks.example.com/a b", "https://hö.example.com/", "https://[::1",
        "https://h.example.com/" + "a" * 500,
        "https://printer.local/", "https://db.internal/", "https://intranet/", "https://api.localhost/",
        "javascript:alert(1)", "data:text/html,x",
    ],
)  # fmt: skip
def test_what_is_no_public_https_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(UnusableTargetError) as refusal:
        clean_target(url)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    "url", ["https://hooks.example.com/", "https://hooks.example.com:8443/a?b=c", "https://93.184.215.14/"]
)
def test_what_is_one_is_kept_as_it_was_typed(url: str) -> None:
    assert clean_target(url) == url


def test_a_name_that_leads_inside_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["169.254.169.254"])
    with pytest.raises(OutboundError):
        post("https://hooks.example.com/", b"{}", {}, seconds=5)


def test_one_inside_among_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(OutboundError):
        post("https://hooks.example.com/", b"{}", {}, seconds=5)


def test_a_name_that_changes_its_mind_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: what was looked at is what is connected to."""
    asked = resolve_to(monkeypatch, ["192.0.9.9"], then=["127.0.0.1"])
    connected: list[Any] = []

    def connect(_: socket.socket, address: Any) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(OutboundError):
        post("https://hooks.example.com/", b"{}", {}, seconds=5)
    assert asked.count("hooks.example.com") == 1
    assert set(connected) == {"192.0.9.9"}


def resolve_to(monkeypatch: pytest.MonkeyPatch, first: list[str], then: list[str] | None = None) -> list[str]:
    """Stand in for the network's name server, which a test has no hand on; returns the names as they are asked."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: str, port: Any, *rest: Any, **more: Any) -> Any:
        if host.replace(".", "").isdigit():
            return real(host, port, *rest, **more)
        asked.append(host)
        addresses = first if len(asked) == 1 or then is None else then
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [(302, {"Location": receiver.url + "/inside"})]
    assert post(receiver.url, b"{}", {}, seconds=5, allow_private=True) == 302
    assert len(receiver.calls) == 1


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert post(receiver.url, b"{}", {}, seconds=5, allow_private=True) == 204


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while connection.send(b"x"):
        time.sleep(0.02)  # one byte at a time, for ever: this is the attack


def stay_silent(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def flood(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n")
    while connection.send(b"x" * 65536):
        pass


def send_endless_headers(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while connection.send(b"X-Header: " + b"x" * 1000 + b"\r\n"):
        pass


def speak_another_language(connection: socket.socket) -> None:
    connection.sendall(b"220 mail.example ESMTP\r\n\x00\xff")


@pytest.mark.parametrize("behave", [drip, stay_silent, send_endless_headers, speak_another_language])
def test_a_server_that_means_no_good_holds_nobody(behave: Callable[[socket.socket], None]) -> None:
    with raw_server(behave) as url:
        began = time.monotonic()
        with pytest.raises(OutboundError):
            post(url, b"{}", {}, seconds=0.5, allow_private=True)
        assert time.monotonic() - began < 2


def test_a_hundred_gigabytes_of_answer_are_not_read() -> None:
    with raw_server(flood) as url:
        assert post(url, b"{}", {}, seconds=2, allow_private=True) == 200


def test_many_slow_addresses_do_not_keep_a_good_one_waiting(receiver: Receiver) -> None:
    with raw_server(drip) as url:
        for _ in range(12):
            with pytest.raises(OutboundError):
                post(url, b"{}", {}, seconds=0.1, allow_private=True)
    assert post(receiver.url, b"{}", {}, seconds=5, allow_private=True) == 204


@pytest.mark.usefixtures("mailbox")
def test_an_endpoint_that_turned_private_gets_nothing(office: Office, receiver: Receiver, settings: Any) -> None:
    office.listen(receiver.url)
    settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED = False
    office.tell()
    deliver_due(office.tenant_id)
    (delivery,) = office.deliveries(channel=Channel.WEBHOOK)
    assert receiver.calls == []
    assert (delivery.state, delivery.last_error) == ("waiting", "The address must begin with https://.")


@pytest.mark.usefixtures("mailbox")
def test_a_slow_endpoint_is_told_of_in_words_that_say_nothing_of_our_network(
    office: Office, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED = True
    monkeypatch.setattr(webhook, "SECONDS", 0.3)
    with raw_server(drip) as url:
        office.listen(url)
        office.tell()
        deliver_due(office.tenant_id)
    (delivery,) = office.deliveries(channel=Channel.WEBHOOK)
    assert delivery.last_error == "The address took too long to answer."
