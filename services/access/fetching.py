"""Getting an issuer's keys: its metadata (OpenID Connect Discovery, RFC 8414), its key set.

Blocking; run beside the event loop. Nothing is followed elsewhere: no redirect, no address that a
token names.
"""

import json
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from services.access.addresses import is_address, is_here
from services.access.hanging_up import HangingUp
from services.access.key_set import Keys, keys_of

_SECONDS = 5.0  # to connect, and between two things that are heard
_IN_ALL = 8.0  # seconds until a document was read
_LONGEST = 512 * 1024  # bytes of a document


class KeysUnavailableError(Exception):
    """An issuer's keys can't be had. Says why, without what was received."""


class Found(NamedTuple):
    """An issuer's keys, and where its clients get their tokens, if its metadata says so."""

    keys: Keys
    token_url: str | None


def find_keys(issuer: str, jwks: str | None) -> Found:
    """The keys at `jwks` (an address or a file), or where the issuer's metadata says.

    Raises KeysUnavailableError.
    """
    token_url = None
    if jwks is None:
        metadata = _metadata(issuer)
        jwks, token_url = metadata.get("jwks_uri"), metadata.get("token_endpoint")
    try:
        if not isinstance(jwks, str):
            raise ValueError("no jwks_uri")
        document = _document(jwks) if is_address(jwks) else json.loads(Path(jwks).read_bytes())
        keys = keys_of(document)
    except (OSError, ValueError, RecursionError, HTTPException) as error:
        raise KeysUnavailableError(_told(error)) from None
    return Found(keys, token_url if isinstance(token_url, str) else None)


def _metadata(issuer: str) -> dict[str, Any]:
    """Of the two documents the first that is the issuer's own."""
    last: Exception = ValueError("no metadata")
    for address in _addresses(issuer):
        try:
            found = _document(address)
        except (OSError, ValueError, RecursionError, HTTPException) as error:
            last = error
            continue
        if isinstance(found, dict) and found.get("issuer") == issuer:
            return found
        last = ValueError("the metadata is another issuer's")
    raise KeysUnavailableError(_told(last))


def _addresses(issuer: str) -> tuple[str, str]:
    """OpenID puts the well-known part last, RFC 8414 between host and path."""
    parts = urlsplit(issuer)
    path = f"/.well-known/oauth-authorization-server{parts.path.rstrip('/')}"
    return (
        issuer.rstrip("/") + "/.well-known/openid-configuration",
        urlunsplit((parts.scheme, parts.netloc, path, "", "")),
    )


class Stay(HTTPRedirectHandler):
    """Has no redirect followed: whoever is named there isn't who was asked."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Another host's keys would be taken for the issuer's."""


def _document(address: str) -> Any:
    if not is_address(address):
        raise ValueError("not https")
    proxies = [ProxyHandler({})] if is_here(address) else []
    request = Request(address, headers={"accept": "application/json"})  # noqa: S310  # checked
    with HangingUp(_IN_ALL) as hanging_up:
        opener = build_opener(Stay(), *proxies, *hanging_up.handlers())
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                content = answer.read(_LONGEST + 1)
        except HTTPError as error:
            error.close()
            raise
    if len(content) > _LONGEST:
        raise ValueError("too large")
    return json.loads(content)


def _told(error: Exception) -> str:
    if isinstance(error, HTTPError):
        return f"HTTP {error.code}"
    if isinstance(error, json.JSONDecodeError):
        return "not JSON"
    if isinstance(error, OSError):
        return type(getattr(error, "reason", error)).__name__
    return str(error) if type(error) is ValueError else type(error).__name__
