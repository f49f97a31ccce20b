"""Which addresses may be written down for a webhook. What a name leads to is looked at when something is sent.

This only says early, in words, what could never work; the wall itself is `kernel.outbound`.
"""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.utils.translation import gettext as _

from notices.models import MAX_URL_CHARACTERS

_OWN_NETWORK = (".localhost", ".local", ".internal", ".home.arpa", ".localdomain")


class UnusableTargetError(ValueError):
    """The address can't be used; its text says why, in words for the person who typed it."""


def clean_target(url: str, *, allow_private: bool = False) -> str:
    """The address as it is kept. Raises UnusableTargetError."""
    if len(url) > MAX_URL_CHARACTERS or not url.isascii() or not url.isprintable() or " " in url:
        raise UnusableTargetError(
            _("Write the address in at most %(most)s plain characters.") % {"most": MAX_URL_CHARACTERS}
        )
    parts, host = _parts(url)
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise UnusableTargetError(_("The address must begin with https://."))
    if not host or "\\" in url:
        raise UnusableTargetError(_("This is not an address."))
    if "@" in parts.netloc or parts.fragment:
        raise UnusableTargetError(_("Leave out names, passwords and anything after #."))
    if not allow_private and is_private(host):
        words = _("This address is inside a private network. Use one that the internet reaches.")
        raise UnusableTargetError(words)
    return urlunsplit(parts._replace(netloc=parts.netloc.lower()))


def is_private(host: str) -> bool:
    """Whether the host says of itself that it isn't on the internet: by its name, or as a number in any spelling."""
    host = host.removesuffix(".")
    number = _as_number(host)
    if number is not None:
        return not number.is_global or number.is_multicast
    return "." not in host or f".{host}".endswith(_OWN_NETWORK)


def _parts(url: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or ""), parts.port
    except ValueError as error:
        raise UnusableTargetError(_("This is not an address.")) from error
    if port == 0:
        raise UnusableTargetError(_("This is not an address."))
    return parts, host


def _as_number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that the system's resolver would read: also `127.1`, `2130706433` and `0x7f.0.0.1`."""
    try:
        return _unmapped(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _unmapped(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return mapped or address
