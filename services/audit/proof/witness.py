"""A witness: cosigns the checkpoints of logs that only ever grow. It keeps its own state.

It follows C2SP's tlog-witness: who asks sends the size that the witness saw last, a proof that the
log goes on from there (RFC 9162, 2.1.4), and the checkpoint. The state is a folder: the witness's
key, the keys of the logs that it trusts, and the last checkpoint of each. One that shrinks or forks
is refused, kept as evidence, and told of.
"""

import base64
import binascii
import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.proof.notes import (
    Checkpoint,
    NoteError,
    Signature,
    Signer,
    Verifier,
    cosign,
    read_checkpoint,
    read_note,
    read_verifier,
    signed_by,
)
from services.audit.proof.signing_keys import handover_text
from services.audit.proof.tree import is_consistent
from services.store.keys import create_key, read_key

_MOST_HASHES = 63  # of a proof
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


class RefusedError(Exception):
    """Not cosigned. `status` is HTTP's, as C2SP gives it; `size` the last size that was cosigned,
    where another was given; `is_alarm` where the log has shrunk or forked."""

    def __init__(
        self, status: int, why: str, *, size: int | None = None, is_alarm: bool = False
    ) -> None:
        super().__init__(why)
        self.status = status
        self.size = size
        self.is_alarm = is_alarm


class Request(NamedTuple):
    """What a log asks: `old` is the size that the proof begins at."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        lines = [f"old {self.old}", *(base64.b64encode(each).decode() for each in self.proof)]
        return "".join(f"{line}\n" for line in lines) + f"\n{self.note}"


def read_request(text: str) -> Request:
    """The body of a request. Raises RefusedError."""
    above, gap, note = text.partition("\n\n")
    first, *hashes = above.split("\n")
    old = _OLD.fullmatch(first)
    try:
        proof = tuple(base64.b64decode(each, validate=True) for each in hashes)
    except binascii.Error:
        proof = (b"",)
    if not gap or old is None or len(proof) > _MOST_HASHES or any(len(h) != 32 for h in proof):
        raise RefusedError(400, "anmodningen kan ikke læses (the request can't be read)")
    return Request(int(old[1]), proof, note)


class Witness:
    """A witness's state in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, name: str) -> Verifier:
        """Make the key, in this name, where there is none; the key that others verify by."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_key(self._folder / "witness.key")
        named = self._folder / "name"
        if not named.exists():
            _write(named, name)
        return self.signer().cosigner

    def signer(self) -> Signer:
        """The witness's key. Raises MissingKeyError, OSError."""
        key = Ed25519PrivateKey.from_private_bytes(read_key(self._folder / "witness.key"))
        return Signer((self._folder / "name").read_text(encoding="utf-8"), key)

    def trusted(self) -> list[Verifier]:
        """The keys of the logs that are followed."""
        return [key for key, _ in self._followed()]

    def _followed(self) -> list[tuple[Verifier, int]]:
        """The keys, each with the size above which it signs."""
        path = self._folder / "logs"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        told = [line.partition(" ") for line in lines]
        return [(read_verifier(key), int(since or 0)) for key, _, since in told]

    def trust(self, key: Verifier, handover: str | None = None) -> None:
        """Follow a log, or take its next key because the present one has named it in a note.

        Raises NoteError where a log is followed already and the note doesn't hold.
        """
        known = self._followed()
        old = [each for each, _ in known if each.name == key.name]
        if key in [each for each, _ in known]:
            return
        since = _handed_over(old[-1], key, handover or "") if old else 0
        lines = (f"{each} {above}\n" for each, above in (*known, (key, since)))
        _write(self._folder / "logs", "".join(lines))

    def last(self, origin: str) -> Checkpoint | None:
        """The last checkpoint of a log that was cosigned."""
        path = self._seen(origin)
        return read_checkpoint(read_note(path.read_text()).text) if path.exists() else None

    def add(self, asked: Request, time: int) -> Signature:
        """Cosign a checkpoint at a time, in seconds since 1970. It is on disk before it is told.

        Raises RefusedError.
        """
        try:
            note = read_note(asked.note)
            new = read_checkpoint(note.text)
            keys = [(key, since) for key, since in self._followed() if key.name == new.origin]
            if not keys:
                raise RefusedError(404, "loggen kendes ikke (unknown log)")
            # One that was taken over from may be in anybody's hands.
            if not signed_by(note, [key for key, since in keys if since < max(new.size, 1)][-1:]):
                raise RefusedError(403, "ikke underskrevet af loggen (not signed by the log)")
        except NoteError as error:
            raise RefusedError(403, str(error)) from None
        with self._alone(new.origin):
            self._check(asked, new)
            signature = cosign(note.text, self.signer(), time)
            _write(self._seen(new.origin), f"{asked.note}{signature}")
        return signature

    def _check(self, asked: Request, new: Checkpoint) -> None:
        if asked.old > new.size:
            raise RefusedError(400, "old er større end træet (larger than the tree)")
        last = self.last(new.origin)
        size = last.size if last else 0
        if new.size < size:
            self._alarm(asked, new, f"loggen er blevet kortere: {new.size} efter {size} (shrunk)")
        if last and new.size == size and new.root != last.root:
            self._alarm(asked, new, f"to forskellige logge af størrelse {size} (forked)")
        if asked.old != size:
            raise RefusedError(409, f"sidst set: {size} (last seen)", size=size)
        if last and not is_consistent(size, new.size, last.root, new.root, asked.proof):
            self._alarm(asked, new, f"fortsætter ikke fra størrelse {size} (doesn't go on)", 422)
        if last is None and asked.proof:
            raise RefusedError(422, "et bevis fra ingenting er tomt (a proof from 0 is empty)")

    def _alarm(self, asked: Request, new: Checkpoint, why: str, status: int = 409) -> None:
        """Keep what was signed and can't be right, and refuse it."""
        evidence = self._folder / "evidence"
        evidence.mkdir(exist_ok=True)
        _write(evidence / f"{_hash(new.origin)}-{_hash(asked.note)}.txt", str(asked))
        size = self.last(new.origin)
        told = size.size if size and status == 409 else None
        raise RefusedError(status, f"{new.origin}: {why}", size=told, is_alarm=True)

    def _seen(self, origin: str) -> Path:
        return self._folder / f"{_hash(origin)}.checkpoint"

    @contextmanager
    def _alone(self, origin: str) -> Iterator[None]:
        """Whoever looks at the last checkpoint of a log and replaces it does so alone."""
        with (self._folder / f"{_hash(origin)}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _handed_over(old: Verifier, new: Verifier, handover: str) -> int:
    """The size above which a key signs, as the one before it has named it. Raises NoteError."""
    note = read_note(handover)
    size = note.text.split("\n")[1] if note.text.count("\n") > 1 else ""
    fits = size.isdecimal() and note.text == handover_text(new.name, int(size), new)
    if not fits or signed_by(note, (old, new)) != [old, new]:
        raise NoteError(
            "Nøglen er ikke indsat af den, som loggen har nu (not named by the present one)"
        )
    return int(size)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _write(path: Path, text: str) -> None:
    """Replace a file so that a crash leaves the old one or the new one."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
