"""An issuer's public keys, from a JSON Web Key Set (RFC 7517). Each is for one algorithm."""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from jwt import PyJWK
from jwt.exceptions import PyJWTError

_SHORTEST_RSA = 2048  # bits
_OF_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_BY_CURVE = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "EdDSA"}
ALGORITHMS = frozenset((*_OF_RSA, *_BY_CURVE.values()))
"""Asymmetric ones only: nobody can sign with what verifies."""
_SECRET = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
_MOST = 100  # keys of a set


class Key(NamedTuple):
    """A public key. `mark` tells it from another that came to have its name."""

    id: str  # empty where it has none
    algorithm: str
    mark: bytes
    public: PyJWK


Keys = Mapping[tuple[str, str], Key]
"""By id and algorithm."""


def keys_of(document: Any) -> Keys:
    """The keys that signatures can be verified by; others are passed over. Raises ValueError."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or len(listed) > _MOST:
        raise ValueError("not a key set")
    found: dict[tuple[str, str], Key] = {}
    for each in listed:
        if isinstance(each, dict) and (key := _key(each)) is not None:
            found.setdefault((key.id, key.algorithm), key)
    if not found:
        raise ValueError("no key that can be used")
    return found


def _key(given: dict[str, Any]) -> Key | None:
    id_, algorithm = given.get("kid", ""), _algorithm(given)
    if algorithm is None or not isinstance(id_, str):
        return None
    if given.get("use", "sig") != "sig" or "verify" not in given.get("key_ops", ["verify"]):
        return None
    # Should a secret part stand there by mistake, it isn't kept.
    public = {name: value for name, value in given.items() if name not in _SECRET}
    try:
        key = PyJWK(public, algorithm)
    except (PyJWTError, ValueError, TypeError):
        return None
    if algorithm in _OF_RSA and key.key.key_size < _SHORTEST_RSA:
        return None
    mark = hashlib.sha256(msgspec.json.encode(public, order="sorted")).digest()
    return Key(id_, algorithm, mark, key)


def _algorithm(given: dict[str, Any]) -> str | None:
    """The one that the key is for: what it names, if its kind can; else the usual of its kind."""
    named = given.get("alg")
    if given.get("kty") == "RSA":
        return named if named in _OF_RSA else "RS256" if named is None else None
    curve = given.get("crv")
    of_kind = _BY_CURVE.get(curve) if isinstance(curve, str) else None
    return of_kind if named in (None, of_kind) else None
