"""Signed notes, checkpoints and cosignatures in the formats of C2SP (c2sp.org).

A note is a text that ends with a newline, an empty line, and lines of signatures: an em dash, the
key's name, and in base64 four bytes of the key's id and the signature. A checkpoint
(tlog-checkpoint) is a note whose first lines are the log's origin, the tree's size, and its root in
base64. A witness's cosignature (tlog-cosignature) is over a line with a time before that text.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

ED25519, COSIGNATURE = 1, 4
"""Kinds of key: of a note, and of a witness's cosignature."""

_DASH = "\N{EM DASH} "
_KINDS = {ED25519, COSIGNATURE}
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_MOST_SIGNATURES = 100


class NoteError(ValueError):
    """A note, checkpoint or key that isn't written as it must be, or isn't signed as it must be."""


class Verifier(NamedTuple):
    """A public key, `vkey`: its name, kind, and its 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes by which signatures tell keys apart."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"


class Signer(NamedTuple):
    """A private key with its name."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """The public half, of a log."""
        return Verifier(self.name, ED25519, self.key.public_key().public_bytes_raw())

    @property
    def cosigner(self) -> Verifier:
        """The public half, of a witness."""
        return self.verifier._replace(kind=COSIGNATURE)


class Signature(NamedTuple):
    """A line below a note: who signed, the key's id, and what was signed with it."""

    name: str
    id: bytes
    signed: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.id + self.signed).decode()}\n"


class Note(NamedTuple):
    """A text with its signatures, of which nothing is known yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"


class Checkpoint(NamedTuple):
    """A tree of a log at a size, with its root (32 bytes). `extensions` are further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode())
        return "".join(f"{line}\n" for line in (*lines, *self.extensions))


def read_verifier(vkey: str) -> Verifier:
    """The key of `<name>+<id>+<base64>`. Raises NoteError."""
    try:
        name, id_, key = vkey.strip().split("+", 2)
        raw = base64.b64decode(key, validate=True)
        found = Verifier(name, raw[0], raw[1:])
        whole = _is_name(name) and found.kind in _KINDS and len(found.public) == 32
        if not whole or found.id.hex() != id_:
            raise ValueError(vkey)
    except (ValueError, IndexError):
        raise NoteError(
            "Nøglen kan ikke læses; den skal se ud som navn+1234abcd+base64. "
            "(Not a key of the form name+1234abcd+base64.)"
        ) from None
    return found


def sign(text: str, signer: Signer) -> Signature:
    """A signature of a note's text."""
    return Signature(signer.name, signer.verifier.id, signer.key.sign(text.encode()))


def cosign(text: str, witness: Signer, time: int) -> Signature:
    """A witness's cosignature of a checkpoint's text at a time, in seconds since 1970."""
    signed = witness.key.sign(_timed(text, time))
    return Signature(witness.name, witness.cosigner.id, time.to_bytes(8, "big") + signed)


def _timed(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def read_note(text: str) -> Note:
    """The parts of a note. Raises NoteError."""
    body, gap, below = text.rpartition("\n\n")
    lines = below.split("\n")
    if not gap or lines.pop() or not lines or len(lines) > _MOST_SIGNATURES:
        raise NoteError("Ikke en underskrevet note (not a signed note)")
    if any(ord(char) < 0x20 and char != "\n" for char in text):
        raise NoteError("En note har ingen styretegn (no control characters in a note)")
    return Note(f"{body}\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    try:
        if not line.startswith(_DASH):
            raise ValueError(line)
        name, coded = line.removeprefix(_DASH).split(" ")
        raw = base64.b64decode(coded, validate=True)
        if not _is_name(name) or len(raw) < 5:
            raise ValueError(line)
    except (ValueError, binascii.Error):
        raise NoteError("En underskrift kan ikke læses (a signature can't be read)") from None
    return Signature(name, raw[:4], raw[4:])


def _is_name(text: str) -> bool:
    return bool(text) and "+" not in text and not any(char.isspace() for char in text)


def signed_by(note: Note, keys: Iterable[Verifier]) -> list[Verifier]:
    """Which of these keys have signed. A key's signature that doesn't hold raises NoteError;
    signatures of keys that aren't among these are passed over, as the format asks for."""
    found = []
    for key in keys:
        for each in note.signatures:
            if (each.name, each.id) == (key.name, key.id):
                _check(note.text, key, each)
                found.append(key)
                break
    return found


def cosigned_at(note: Note, witness: Verifier) -> int | None:
    """When a witness says to have seen a checkpoint (seconds since 1970); None where it hasn't
    signed. Raises NoteError for a signature that doesn't hold."""
    for each in note.signatures:
        if (each.name, each.id) == (witness.name, witness.id):
            _check(note.text, witness, each)
            return int.from_bytes(each.signed[:8], "big")
    return None


def _check(text: str, key: Verifier, signature: Signature) -> None:
    signed, message = signature.signed, text.encode()
    if key.kind == COSIGNATURE:
        message = _timed(text, int.from_bytes(signed[:8], "big"))
        signed = signed[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signed, message)
    except InvalidSignature:
        raise NoteError(
            f"Underskriften af {key.name} passer ikke (the signature doesn't hold)"
        ) from None


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text. Raises NoteError."""
    lines = text.split("\n")
    try:
        origin, size, coded, *extensions = lines[:-1]
        top = base64.b64decode(coded, validate=True)
        if lines[-1] or not origin or not _SIZE.fullmatch(size) or len(top) != 32:
            raise ValueError(text)
        if base64.b64encode(top).decode() != coded or not all(extensions):
            raise ValueError(text)
    except (ValueError, binascii.Error):
        raise NoteError(
            "Ikke et checkpoint: oprindelse, størrelse, rod (not a checkpoint)"
        ) from None
    return Checkpoint(origin, int(size), top, tuple(extensions))
