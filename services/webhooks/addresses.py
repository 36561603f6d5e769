"""Where webhooks may be sent: never to what only this installation can reach, unless it is allowed.

A name is looked up when it is sent to, and what is connected to is the address that was looked at:
a name that means another machine a moment later gains nothing.
"""

import socket
from collections.abc import Iterable, Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import NamedTuple
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
_LONGEST = 2000
_HERE = ("localhost", "127.0.0.1", "::1")
_NAT64 = IPv6Network("64:ff9b::/96")
_PUBLIC_6 = IPv6Network("2000::/3")
"""All of version 6 that is given out to anybody; what lies elsewhere leads into some network."""
_NOBODYS_4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
"""Set apart for protocols (RFC 6890) and for relays to version 6 that are no more (RFC 7526)."""


class ForbiddenAddressError(Exception):
    """It may not be sent there; `reason` is one word of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Target(NamedTuple):
    """The parts of a webhook's address."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def shown(self) -> str:
        """What may be shown of it: a path can be a secret."""
        scheme = "https" if self.is_secure else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"


def target_of(url: str) -> Target:
    """https, or http on this machine. Raises ForbiddenAddressError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ForbiddenAddressError("form") from None
    if not host or len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise ForbiddenAddressError("form")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ForbiddenAddressError("form")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
        raise ForbiddenAddressError("not-https")
    if not _can_be_asked_for(host):
        raise ForbiddenAddressError("form")
    is_secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(is_secure, host, port or (443 if is_secure else 80), path)


def _can_be_asked_for(host: str) -> bool:
    """Whether it is a name at all: no label of it is empty or longer than 63 characters."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def networks_of(text: str) -> tuple[Network, ...]:
    """Networks set apart by spaces or commas, `10.0.0.0/8`. Raises ValueError."""
    return tuple(ip_network(part) for part in text.replace(",", " ").split())


def looked_up(target: Target, allowed: Iterable[Network]) -> list[str]:
    """The addresses of a host, all of which may be sent to.

    Raises ForbiddenAddressError, and OSError where the name isn't known.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    allowed = tuple(allowed)
    if not addresses or not all(_may_be(ip_address(one), allowed) for one in addresses):
        raise ForbiddenAddressError("not-public")
    return addresses


def _may_be(address: Address, allowed: tuple[Network, ...]) -> bool:
    return all(
        _is_public(one) or any(one in network for network in allowed) for one in _meant(address)
    )


def _is_public(address: Address) -> bool:
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv6Address):
        return address in _PUBLIC_6
    return not any(address in network for network in _NOBODYS_4)


def _meant(address: Address) -> Iterator[Address]:
    """The address, or the one of version 4 that it stands for."""
    if isinstance(address, IPv4Address):
        yield address
        return
    within = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        within.append(IPv4Address(int(address) & 0xFFFFFFFF))
    stands_for = [one for one in within if one is not None]
    yield from stands_for or [address]
