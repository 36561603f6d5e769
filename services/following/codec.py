"""What Temporal keeps is sealed: AES-256-GCM, under a key that it never sees.

The key is the installation's: the file `temporal.key` among the municipalities' keys, made at first
use. To change it, rename it to `temporal-<anything>.key`, and a new one is made: each payload says
which key opens it, and all the folder's `temporal*.key` are tried. A key can be destroyed when
nothing that was sealed under it is kept any more.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from services.store.keys import create_key, read_key

ENCODING = b"binary/encrypted"
_KEY_ID = "encryption-key-id"  # by this name Temporal's own samples call it
_CURRENT = "temporal.key"
_NONCE = 12

log = structlog.get_logger()


class UnreadablePayloadError(Exception):
    """A payload's key is gone, or the payload isn't as it was sealed."""


class PayloadKeys:
    """The keys of a folder. Safe to use from threads, and by several processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._keys: dict[str, AESGCM] = {}
        self._missing: set[str] = set()
        create_key(folder / _CURRENT)
        self.current = self._read(folder / _CURRENT)

    def key(self, id: str) -> AESGCM:
        """The key of that id, looked for anew if it isn't known. Raises UnreadablePayloadError."""
        with self._lock:
            if id not in self._keys:
                for path in sorted(self._folder.glob("temporal*.key")):
                    self._read(path)
            if id in self._keys:
                return self._keys[id]
            if id not in self._missing:
                self._missing.add(id)
                log.error("a key of Temporal's payloads is missing", key=id, remedy=_REMEDY)
        raise UnreadablePayloadError(f"the key {id} is not in {self._folder}: {_REMEDY}")

    def _read(self, path: Path) -> str:
        secret = read_key(path)
        id = hashlib.sha256(b"roedtraad payload key" + secret).hexdigest()[:16]
        self._keys[id] = AESGCM(secret)
        return id


_REMEDY = "put it back, or begin anew with `roedtraad follow-ups reconcile --anew`"


class SealedPayloads(PayloadCodec):
    """Seals what goes to Temporal, opens what comes; what earlier releases left open is read."""

    def __init__(self, keys: PayloadKeys) -> None:
        self._keys = keys

    @property
    def key_id(self) -> str:
        """The key that is sealed under now."""
        return self._keys.current

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload whole, its metadata too, bound to the key's id."""
        id = self._keys.current
        key, bound = self._keys.key(id), id.encode()
        return [_sealed(payload, key, bound) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The reverse. Raises UnreadablePayloadError."""
        return list(self._opened(payloads))

    def _opened(self, payloads: Iterable[Payload]) -> Iterable[Payload]:
        for payload in payloads:
            if payload.metadata.get("encoding") != ENCODING:
                yield payload
                continue
            bound = payload.metadata.get(_KEY_ID, b"")
            key = self._keys.key(bound.decode(errors="replace"))
            try:
                nonce, sealed = payload.data[:_NONCE], payload.data[_NONCE:]
                yield Payload.FromString(key.decrypt(nonce, sealed, bound))
            except (InvalidTag, ValueError):
                raise UnreadablePayloadError("a payload isn't as it was sealed") from None


def _sealed(payload: Payload, key: AESGCM, bound: bytes) -> Payload:
    nonce = secrets.token_bytes(_NONCE)
    data = nonce + key.encrypt(nonce, payload.SerializeToString(), bound)
    return Payload(metadata={"encoding": ENCODING, _KEY_ID: bound}, data=data)
