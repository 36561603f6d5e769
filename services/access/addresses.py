"""Addresses that keys may be fetched from."""

from urllib.parse import urlsplit

_HERE = ("localhost", "127.0.0.1", "::1")


def is_address(text: str) -> bool:
    """Whether nobody on the way can put others in the keys' place: https, or on this machine."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _HERE))


def is_here(address: str) -> bool:
    """Whether it is on this machine."""
    return urlsplit(address).hostname in _HERE
