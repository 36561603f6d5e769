"""An OAuth issuer on this machine: real keys, a real server of metadata and key set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt import PyJWS
from jwt.algorithms import get_default_algorithms

AUDIENCE = "https://roedtraad.example"
CLIENT = "sagssystem"


class Signer:
    """A key pair under an id."""

    def __init__(self, id_: str, algorithm: str, private: Any) -> None:
        self.id = id_
        self.algorithm = algorithm
        self.private = private

    def jwk(self, **more: Any) -> dict[str, Any]:
        """The public part, as it stands in a key set."""
        kind: Any = get_default_algorithms()[self.algorithm]
        public: dict[str, Any] = kind.to_jwk(self.private.public_key(), as_dict=True)
        return public | {"kid": self.id, "use": "sig", "alg": self.algorithm} | more

    def sign(self, claims: Mapping[str, Any], **header: Any) -> str:
        """A token of these claims; a header of None is left out."""
        headers = {"kid": self.id, "typ": "at+jwt"} | header
        kept = {name: value for name, value in headers.items() if value is not None}
        content = json.dumps(dict(claims)).encode()
        return PyJWS().encode(content, self.private, self.algorithm, headers=kept)


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Made once: it takes a while."""
    return rsa.generate_private_key(65537, bits)


def signers() -> dict[str, Signer]:
    """One of each kind, by algorithm."""
    return {
        "RS256": Signer("r", "RS256", rsa_key()),
        "PS384": Signer("p", "PS384", rsa_key()),
        "ES256": Signer("e", "ES256", ec.generate_private_key(ec.SECP256R1())),
        "ES384": Signer("f", "ES384", ec.generate_private_key(ec.SECP384R1())),
        "ES512": Signer("g", "ES512", ec.generate_private_key(ec.SECP521R1())),
        "EdDSA": fresh("d"),
    }


def fresh(id_: str) -> Signer:
    """A new key, quickly made."""
    return Signer(id_, "EdDSA", ed25519.Ed25519PrivateKey.generate())


class LocalIssuer:
    """What is served, and how often it was asked for."""

    def __init__(self, port: int) -> None:
        self.name = f"http://127.0.0.1:{port}"
        self.signer = fresh("k-1")
        self.documents: dict[str, Any] = {}
        self.redirects: dict[str, str] = {}
        self.asked: list[str] = []
        self.down = False
        self.publish(self.signer)

    def publish(self, *signers: Signer) -> None:
        """These are its keys from now on."""
        self.documents["/keys"] = {"keys": [each.jwk() for each in signers]}
        self.documents["/.well-known/openid-configuration"] = {
            "issuer": self.name,
            "jwks_uri": f"{self.name}/keys",
            "token_endpoint": f"{self.name}/token",
        }

    @property
    def fetches(self) -> int:
        """How often its keys were fetched."""
        return self.asked.count("/keys")

    def claims(self, now: datetime, **more: Any) -> dict[str, Any]:
        """Those of a token for an hour; a claim of None is left out."""
        seconds = int(now.timestamp())
        found = {
            "iss": self.name,
            "aud": AUDIENCE,
            "sub": "service-account-1",
            "client_id": CLIENT,
            "iat": seconds,
            "exp": seconds + 3600,
        } | more
        return {name: value for name, value in found.items() if value is not None}

    def token(self, now: datetime, **more: Any) -> str:
        """A token of its client, by its key."""
        return self.signer.sign(self.claims(now, **more))


@contextmanager
def serving() -> Iterator[LocalIssuer]:
    """An issuer on a port of its own."""
    answering: list[LocalIssuer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer = answering[0]
            issuer.asked.append(self.path)
            if issuer.down:
                self.send_error(503)
            elif self.path in issuer.redirects:
                self.send_response(302)
                self.send_header("location", issuer.redirects[self.path])
                self.end_headers()
            elif self.path in issuer.documents:
                body = json.dumps(issuer.documents[self.path]).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            else:
                self.send_error(404)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        answering.append(LocalIssuer(server.server_port))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield answering[0]
        finally:
            server.shutdown()
            thread.join(30)
