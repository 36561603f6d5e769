"""Which mail server letters are handed to: one address that says all of it."""

import re
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

Tls = Literal["whole", "started", "none"]

# Narrower than RFC 5321: what an e-mail library could read as more than an address (quotes,
# comments, the encoded words of RFC 2047 with their `=` and `?`) can't stand in it.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/^_{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", re.ASCII
)
_LONGEST_ADDRESS = 254  # RFC 5321
_PORTS: dict[Tls, int] = {"whole": 465, "started": 587, "none": 25}
_SCHEMES = ("smtp", "smtps")


class MailServer(NamedTuple):
    """`tls` is from the first byte on, begun by STARTTLS, or none at all."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str = ""


def mail_server(address: str) -> MailServer:
    """Read `smtps://user:password@host:port` or `smtp://host:port?starttls`.

    User and password are percent-encoded. Without TLS only on this machine, or where `?plain` says
    so, and then without a password. Raises ValueError, which doesn't quote the address.
    """
    parts = urlsplit(address)
    asked = set(parse_qs(parts.query, keep_blank_values=True))
    if parts.scheme not in _SCHEMES or not parts.hostname or asked - {"starttls", "plain"}:
        raise ValueError("skriv smtps://vært, smtp://vært?starttls (write it so)")
    tls: Tls = "whole" if parts.scheme == "smtps" else "started" if "starttls" in asked else "none"
    here = _is_here(parts.hostname)
    if tls == "none" and not here and ("plain" not in asked or parts.username):
        raise ValueError("brug smtps:// eller ?starttls (use TLS; ?plain for none, no password)")
    user = unquote(parts.username) if parts.username else None
    port = parts.port or _PORTS[tls]
    return MailServer(parts.hostname, port, tls, user, unquote(parts.password or ""))


def _is_here(host: str) -> bool:
    """Whether that is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_mail_address(text: str) -> bool:
    """Whether a letter can be addressed so: somebody at some place, with nothing around it."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None
