"""A JSON Web Token as an access token (RFC 9068, RFC 8725): whose it is, if it is good here.

What it may is not believed from it: it names a client, and what that may stands in our table.
A scope `roedtraad:send`, `roedtraad:read` or `roedtraad:decide` narrows that to what is named.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from jwt import PyJWS
from jwt.exceptions import PyJWTError
from msgspec import Struct

from services.access.issuers import Issuer
from services.access.key_set import ALGORITHMS, Key
from services.access.refusing import NoAccessError
from services.settings import Settings
from services.words import Words

LEEWAY = 30.0  # seconds that two clocks may differ
_NEVER = 1e11  # seconds since 1970, in some three thousand years
LONGEST = 8192  # characters of a token
SCOPE = "roedtraad:"
SEND, READ, DECIDE, WEBHOOKS = (SCOPE + what for what in ("send", "read", "decide", "webhooks"))
_KINDS = ("", "jwt", "at+jwt", "application/at+jwt")
# A key comes from the issuer, never from the token; what is critical can't be passed over.
_REFUSED = ("crit", "jwk", "jku", "x5u", "x5c", "b64")
_jws = PyJWS(algorithms=sorted(ALGORITHMS), options={"enforce_minimum_key_length": True})


class Caller(Struct, frozen=True, kw_only=True):
    """A client that its issuer vouches for, and ours of its scopes; none = not narrowed."""

    issuer: str
    client_id: str
    scopes: frozenset[str]
    until: float  # seconds since 1970, leeway included
    key: Key


class Verifier:
    """Tells whose a token is. Raises what its methods say, and never another error."""

    def __init__(self, issuers: Sequence[Issuer], audience: str) -> None:
        self.issuers = {issuer.name: issuer for issuer in issuers}
        self._audience = audience

    def holds(self, caller: Caller, now: datetime) -> bool:
        """Whether what was verified before still is: in time, under a key that the issuer has."""
        return now.timestamp() < caller.until and self.issuers[caller.issuer].holds(caller.key)

    async def caller(self, text: str, now: datetime) -> Caller:
        """Whose token it is. Raises NoAccessError, UnsureError."""
        header, claims = _parts(text)
        algorithm, id_ = _checked(header)
        issuer = self.issuers.get(_text(claims, "iss"))
        if issuer is None:
            raise _wrong("issuer", "iss er en anden udsteder.", "iss is another issuer.")
        key = await issuer.key(id_, algorithm)
        try:
            signed = _jws.decode(text, key.public, algorithms=[algorithm])
        except PyJWTError:
            raise _wrong(
                "signature", "Underskriften passer ikke.", "The signature doesn't fit."
            ) from None
        # What was verified is what counts, however the parts were read before.
        return self._caller(issuer, key, _object(signed), now.astimezone(UTC).timestamp())

    def _caller(self, issuer: Issuer, key: Key, claims: dict[str, Any], now: float) -> Caller:
        until = _in_time(claims, now)
        if _text(claims, "iss") != issuer.name:
            raise _wrong("issuer", "iss er en anden udsteder.", "iss is another issuer.")
        audience = claims.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise _wrong(
                "audience",
                f"aud skal være eller rumme {self._audience}.",
                f"aud must be or contain {self._audience}.",
            )
        if "cnf" in claims:
            raise _wrong(
                "bound-to-a-key",
                "Adgangen er bundet til en nøgle (cnf); hent en uden.",
                "The token is bound to a key (cnf); get one without.",
            )
        return Caller(
            issuer=issuer.name,
            client_id=_client(claims),
            scopes=_scopes(claims),
            until=until,
            key=key,
        )


def verifier(settings: Settings) -> Verifier:
    """Of the issuers that are set; of none, where there are none."""
    issuers = [Issuer(name, settings.jwks) for name in settings.issuers]
    return Verifier(issuers, settings.audience or "")


def _parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, not verified."""
    parts = text.split(".")
    if len(text) > LONGEST or len(parts) != 3:
        raise _unreadable()
    try:
        header, claims = (base64.urlsafe_b64decode(p + "=" * (-len(p) % 4)) for p in parts[:2])
    except (binascii.Error, ValueError):
        raise _unreadable() from None
    return _object(header), _object(claims)


def _object(content: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise _unreadable() from None


def _checked(header: dict[str, Any]) -> tuple[str, str | None]:
    """Its algorithm and its key's id."""
    algorithm, id_, kind = header.get("alg"), header.get("kid"), header.get("typ", "")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        allowed = ", ".join(sorted(ALGORITHMS))
        raise _wrong("algorithm", f"alg skal være en af {allowed}.", f"alg must be of {allowed}.")
    for name in _REFUSED:
        if name in header:
            raise _wrong("header", f"{name} må ikke stå i den.", f"{name} may not stand in it.")
    if not isinstance(kind, str) or kind.lower() not in _KINDS:
        raise _wrong("kind", "typ skal være at+jwt eller JWT.", "typ must be at+jwt or JWT.")
    if id_ is not None and not isinstance(id_, str):
        raise _unreadable()
    return algorithm, id_


def _in_time(claims: dict[str, Any], now: float) -> float:
    """Until when it holds."""
    until = _seconds(claims, "exp")
    if until is None:
        raise _wrong("no-end", "exp mangler.", "exp is missing.")
    if now >= until + LEEWAY:
        raise _wrong(
            "expired", "Adgangen er udløbet; hent en ny.", "It has expired; get a new one."
        )
    for name in ("nbf", "iat"):
        since = _seconds(claims, name)
        if since is not None and now < since - LEEWAY:
            raise _wrong("not-yet", f"{name} ligger ude i tiden.", f"{name} lies in the future.")
    return until + LEEWAY


def _seconds(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _NEVER:
        raise _unreadable()
    return float(value)


def _client(claims: dict[str, Any]) -> str:
    """Who asks: `client_id` (RFC 9068) or `azp`, alike if both are there; else the subject."""
    named = {claims[name] for name in ("client_id", "azp") if isinstance(claims.get(name), str)}
    if len(named) > 1:
        raise _wrong(
            "two-clients", "client_id og azp er forskellige.", "client_id and azp aren't alike."
        )
    client = named.pop() if named else _text(claims, "sub")
    if not client:
        raise _wrong(
            "no-client",
            "client_id, azp eller sub skal sige, hvem der spørger.",
            "client_id, azp or sub must say who asks.",
        )
    return client


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    found: set[str] = set()
    for name in ("scope", "scp"):
        value = claims.get(name, "")
        listed = value.split() if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise _unreadable()  # what was to narrow it isn't passed over
        found |= set(listed)
    return frozenset(scope for scope in found if scope.startswith(SCOPE))


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _wrong(reason: str, danish: str, english: str) -> NoAccessError:
    return NoAccessError(reason, Words(danish, english))


def _unreadable() -> NoAccessError:
    return _wrong(
        "unreadable",
        "Den er hverken en nøgle, der er lavet her, eller et JWT, der kan læses.",
        "It is neither a key made here nor a JWT that can be read.",
    )
