"""API keys: signed, so that none is looked up that wasn't made here.

A key is `roedtraad_` and 64 characters of base64url: the token's id, 128 random bits, and the first
128 bits of an HMAC-SHA256 of both under the installation's own key, the file `access.key` in the
folder of the municipalities' keys. So what is made up costs no look-up; whoever can only write to
the database can let nobody in; and scanners know a lost key by its look. What it allows stands in
the database, where it can be revoked; there its random bits stand as their SHA-256.

To change `access.key`, rename it to `access-<anything>.key`: all the folder's `access*.key` are
tried, and new keys are signed by a new one. A process reads the folder when it starts.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from services.store.keys import create_key, read_key

PREFIX = "roedtraad_"
_CURRENT = "access.key"
_FORM = re.compile(PREFIX + r"([A-Za-z0-9_-]{64})")
_PART = 16  # bytes of each of the three parts
_LABEL = b"roedtraad api key 1"


class Shown(NamedTuple):
    """What a genuine key says: which token's it is, and the SHA-256 of its random bits."""

    id: UUID
    digest: bytes


class ApiKeys:
    """Makes keys and tells genuine ones. Raises MissingKeyError where the folder can't be read."""

    def __init__(self, folder: Path) -> None:
        create_key(folder / _CURRENT)
        self._current = read_key(folder / _CURRENT)
        self._all = [self._current, *map(read_key, sorted(folder.glob("access-*.key")))]

    def make(self, id_: UUID) -> tuple[str, bytes]:
        """A key for that token, and the digest to remember it by."""
        random = secrets.token_bytes(_PART)
        signed = id_.bytes + random
        text = base64.urlsafe_b64encode(signed + _mac(self._current, signed)).decode()
        return PREFIX + text, hashlib.sha256(random).digest()

    def read(self, text: str) -> Shown | None:
        """What a key says, or None if it wasn't made here."""
        found = _FORM.fullmatch(text)
        if found is None:
            return None
        try:
            content = base64.urlsafe_b64decode(found[1])
        except binascii.Error:
            return None
        signed, mac = content[: 2 * _PART], content[2 * _PART :]
        if not any(hmac.compare_digest(mac, _mac(key, signed)) for key in self._all):
            return None
        return Shown(UUID(bytes=signed[:_PART]), hashlib.sha256(signed[_PART:]).digest())


def _mac(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, _LABEL + signed, "sha256")[:_PART]
