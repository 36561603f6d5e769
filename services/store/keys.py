"""Keys: one for each person, wrapped by the municipality's, held apart from the events.

A municipality's key is a file of its own that never enters the database. From it come, by HKDF
(RFC 5869), the key that wraps people's keys and the keys of all keyed look-ups. Destroying a
person's key makes what was sealed under it unreadable for ever, and leaves the events in place.
"""

import binascii
import hashlib
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.files import sync_folder, write_new

_NONCE = 12
_PREFIX = "s1"
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_STANDARD = bytes.maketrans(b"-_", b"+/")


class MissingKeyError(Exception):
    """A key file can't be read."""


class UnreadableSealError(ValueError):
    """Sealed text whose key is gone (the person was erased), or that isn't whole."""


class KeyedHash:
    """HMAC-SHA256 (RFC 2104) under one key, whose two padded blocks are hashed once for all."""

    def __init__(self, key: bytes) -> None:
        """`key` has 64 bytes at most."""
        block = key.ljust(hashlib.sha256().block_size, b"\0")
        self._inner = hashlib.sha256(bytes(each ^ 0x36 for each in block))
        self._outer = hashlib.sha256(bytes(each ^ 0x5C for each in block))

    def __call__(self, message: bytes) -> bytes:
        """32 bytes."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


class MunicipalityKey:
    """The key of one municipality, and what is derived from it."""

    def __init__(self, code: str, secret: bytes) -> None:
        self.code = code
        self._secret = secret
        self._wrap = AESGCM(self._derive("wrap"))
        self._lookup = KeyedHash(self._derive("lookup"))
        self.content = KeyedHash(self._derive("content"))
        """A keyed hash of an event's content (32 bytes)."""
        self._incoming = KeyedHash(self._derive("incoming"))
        self._own = AESGCM(self._derive("own"))

    def _derive(self, purpose: str) -> bytes:
        info = f"roedtraad {self.code} {purpose}".encode()
        return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(self._secret)

    @property
    def check(self) -> bytes:
        """What tells that a database was written under this key (32 bytes); opens nothing."""
        return self._derive("check")

    def lookup(self, *parts: str) -> bytes:
        """A keyed hash of an identifier (32 bytes): finds it, and can't be guessed back."""
        return self._lookup("\x1f".join(parts).encode())

    def incoming(self, after: int, previous: bytes, leaves: bytes) -> bytes:
        """A keyed hash of leaves on their way into the auditors' log (32 bytes), and of that of
        those before them; empty where there are none."""
        bound = after.to_bytes(8, "big", signed=True) + bytes([len(previous)]) + previous
        return self._incoming(bound + leaves)

    def seal(self, purpose: str, plain: bytes) -> bytes:
        """Ciphertext of what belongs to no known person, such as an event that was refused."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._own.encrypt(nonce, plain, purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """The reverse of `seal`. Raises UnreadableSealError."""
        try:
            return self._own.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            raise UnreadableSealError("kan ikke læses (can't be read)") from None

    def wrap(self, subject: UUID, key: bytes) -> bytes:
        """A person's key, sealed under this one and bound to that person."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._wrap.encrypt(nonce, key, subject.bytes)

    def unwrap(self, subject: UUID, wrapped: bytes) -> bytes:
        """The reverse of `wrap`. Raises MissingKeyError with a key that isn't the right one."""
        try:
            return self._wrap.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject.bytes)
        except InvalidTag:
            raise MissingKeyError(
                f"Kommunens nøgle passer ikke til databasen ({self.code}). "
                f"(The municipality's key does not fit the database.)"
            ) from None


class Keyring:
    """The municipalities' keys: a folder with a file of 32 bytes each, readable to the owner."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def key(self, code: str, *, create: bool = False) -> MunicipalityKey:
        """A municipality's key; with `create`, made where there is none. Raises MissingKeyError."""
        path = self.folder / f"{code}.key"
        if create:
            create_key(path)
        return MunicipalityKey(code, read_key(path))


def create_key(path: Path) -> None:
    """A new key of 32 bytes where there is none, readable to its owner only."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    write_new(fresh, secrets.token_bytes(32))
    try:
        # link, unlike rename, never replaces the key that another process has just made
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    sync_folder(path.parent)  # what will be sealed under it outlasts a power failure


def read_key(path: Path) -> bytes:
    """The 32 bytes of a key file. Raises MissingKeyError."""
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise MissingKeyError(
            f"Nøglefilen {path} kan ikke læses: {error.strerror}. (The key file can't be read.)"
        ) from None
    if len(secret) != 32:
        raise MissingKeyError(
            f"Nøglefilen {path} skal være på 32 byte. (The key file must have 32 bytes.)"
        )
    return secret


class SubjectKeys:
    """People's keys of one municipality, in a schema that only their own role may read."""

    def __init__(self, key: MunicipalityKey, schema: str) -> None:
        self._key = key
        self._cache: dict[UUID, AESGCM] = {}
        table = SQL("{}.subject_keys").format(Identifier(schema))
        self._select = (
            SQL("SELECT subject, wrapped FROM {} WHERE subject = ANY(%b)").format(table).as_bytes()
        )
        self._insert = (
            SQL("INSERT INTO {} (subject, wrapped) SELECT * FROM unnest(%b::uuid[], %b::bytea[])")
            .format(table)
            .as_bytes()
        )

    def has(self, subject: UUID) -> bool:
        """Whether a subject's key is in the cache."""
        return subject in self._cache

    def lacking(self, subjects: Iterable[UUID]) -> set[UUID]:
        """Those whose keys aren't in the cache."""
        return {subject for subject in subjects if subject not in self._cache}

    def load(self, cursor: Cursor[Any], subjects: Iterable[UUID]) -> None:
        """Fetch keys into the cache. A subject without one stays unreadable."""
        wanted = list(self.lacking(subjects))
        if wanted:
            for subject, wrapped in cursor.execute(self._select, (wanted,), prepare=True):
                self._cache[subject] = AESGCM(self._key.unwrap(subject, bytes(wrapped)))

    def create(self, cursor: Cursor[Any], subjects: Sequence[UUID]) -> None:
        """Make and store keys for new subjects; call `forget` if the transaction fails."""
        fresh = {subject: AESGCM.generate_key(256) for subject in subjects}
        wrapped = [self._key.wrap(subject, key) for subject, key in fresh.items()]
        cursor.execute(self._insert, (list(fresh), wrapped), prepare=True)
        self._cache.update({subject: AESGCM(key) for subject, key in fresh.items()})

    def forget(self, subjects: Iterable[UUID]) -> None:
        """Drop keys from the cache: their transaction was rolled back, or they were destroyed."""
        for subject in subjects:
            self._cache.pop(subject, None)

    def seal(self, subject: UUID, field: str, plain: str) -> str:
        """Ciphertext that says whose key opens it, bound to the person and the field."""
        nonce = os.urandom(_NONCE)
        sealed = self._cache[subject].encrypt(nonce, plain.encode(), _bound(subject, field))
        text = binascii.b2a_base64(nonce + sealed, newline=False).translate(_URL_SAFE).decode()
        return f"{_PREFIX}.{subject.hex}.{text}"

    def open(self, field: str, sealed: str) -> str:
        """The reverse of `seal`, with the key in the cache. Raises UnreadableSealError."""
        return self.open_of(subject_of(sealed), field, sealed)

    def open_of(self, subject: UUID, field: str, sealed: str) -> str:
        """The same of what is known to be sealed by that key: `subject_of` takes half the time."""
        try:
            text = sealed.rsplit(".", 1)[1].encode().translate(_STANDARD)
            raw = binascii.a2b_base64(text)
            plain = self._cache[subject].decrypt(raw[:_NONCE], raw[_NONCE:], _bound(subject, field))
        except (KeyError, InvalidTag, ValueError):
            raise UnreadableSealError("kan ikke læses (can't be read)") from None
        return plain.decode()


def subject_of(sealed: str) -> UUID:
    """Whose key opens this ciphertext. Raises UnreadableSealError if it isn't one."""
    try:
        prefix, subject, _ = sealed.split(".")
        if prefix != _PREFIX:
            raise ValueError(prefix)
        return UUID(subject)
    except ValueError:
        raise UnreadableSealError("er ikke forseglet tekst (isn't sealed text)") from None


def _bound(subject: UUID, field: str) -> bytes:
    return subject.bytes + field.encode()
