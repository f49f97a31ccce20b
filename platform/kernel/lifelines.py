"""Cutting a connection from outside, at a deadline.

A timeout bounds the silence between two bytes, so a server that sends one byte at a time holds its caller as long as
it likes. Whoever holds the lifeline ends that.
"""

import contextlib
import socket
import threading
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Lifeline:
    """The connections of one session; `cut` ends those that are open, and every later one as it opens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self._is_cut = False

    def tie(self, session: Session) -> None:
        """Hold whatever the session connects to."""
        for adapter in session.adapters.values():
            if isinstance(adapter, HTTPAdapter):
                adapter.poolmanager.pool_classes_by_scheme = {
                    "http": self._held_pool(HTTPConnectionPool),
                    "https": self._held_pool(HTTPSConnectionPool),
                }

    def cut(self) -> None:
        """Shut the connections down; whoever reads from one of them is woken."""
        with self._lock:
            self._is_cut = True
            for held in self._held:
                _shut(held)

    def let_go(self) -> None:
        """Close our own handles, once the session is closed."""
        with self._lock:
            for held in self._held:
                held.close()
            self._held.clear()

    def hold(self, connected: socket.socket) -> None:
        """Keep a second handle: wrapping a socket in TLS takes the first one away."""
        with self._lock:
            self._held.append(connected.dup())
            if self._is_cut:
                _shut(self._held[-1])

    def _held_pool(self, base: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
        lifeline, connection = self, base.ConnectionCls

        class HeldConnection(connection):  # type: ignore[misc, valid-type]  # the class is chosen by the scheme
            def _new_conn(self) -> socket.socket:
                connected: socket.socket = super()._new_conn()
                lifeline.hold(connected)
                return connected

        made: Any = type(f"Held{base.__name__}", (base,), {"ConnectionCls": HeldConnection})
        return made  # type: ignore[no-any-return]


def _shut(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side may have gone already
        connected.shutdown(socket.SHUT_RDWR)
