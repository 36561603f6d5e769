"""A witness: cosigns the checkpoints of logs that only ever grow. It keeps its own state.

It follows C2SP's tlog-witness: who asks sends the size that the witness saw last, a proof that the
log goes on from there (RFC 9162, 2.1.4), and the checkpoint. The state is a folder: the witness's
key, the keys of the logs that it trusts, the last checkpoint of each, and the roots it cosigned. A
log that shrinks or forks is refused, kept as evidence, and told of; an old checkpoint that was
cosigned here is only refused.
"""

import base64
import binascii
import os
import re
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.proof.notes import (
    Checkpoint,
    Note,
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
from services.audit.proof.witnessed import Witnessed, short_hash
from services.files import replace_file
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


class NoWitnessError(Exception):
    """The folder isn't a witness's."""


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


class Accepted(msgspec.Struct, frozen=True):
    """A line of the file `accepted`: when (seconds since 1970), which log, size and root that were
    seen last and those that were accepted, and why."""

    at: int
    log: str
    before: str | None
    after: str
    reason: str


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
            replace_file(named, name.encode())
        return self.signer().cosigner

    def signer(self) -> Signer:
        """The witness's key. Raises NoWitnessError, MissingKeyError."""
        if not (self._folder / "name").is_file():
            raise NoWitnessError(
                f"{self._folder} er ikke et vidnes mappe; `audit witness begin` laver en "
                "(not a witness's folder)"
            )
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

        Raises NoWitnessError, and NoteError where a log is followed already and the note doesn't
        hold.
        """
        self.signer()
        known = self._followed()
        old = [each for each, _ in known if each.name == key.name]
        if key in [each for each, _ in known]:
            return
        if old and handover is None:
            raise NoteError(
                f"{key.name} følges allerede med en anden nøgle: {old[-1]}. Er den skiftet, så giv "
                "noten med --handover. (Followed by another key already; where it was rotated, "
                "give the note.)"
            )
        since = _handed_over(old[-1], key, handover or "") if old else 0
        lines = (f"{each} {above}\n" for each, above in (*known, (key, since)))
        replace_file(self._folder / "logs", "".join(lines).encode())

    def last(self, origin: str) -> Checkpoint | None:
        """The last checkpoint of a log that was cosigned, or accepted."""
        return Witnessed(self._folder, origin).last()

    def add(self, asked: Request, time: int) -> Signature:
        """Cosign a checkpoint at a time, in seconds since 1970. It is on disk before it is told.

        Raises RefusedError, NoWitnessError.
        """
        self.signer()
        note, new = self._signed(asked.note)
        kept = Witnessed(self._folder, new.origin)
        with kept.alone():
            try:
                _check(asked, new, kept)
            except RefusedError as error:
                if error.is_alarm:  # what was signed and can't be right
                    kept.keep(str(asked), short_hash(note.text))
                raise
            signature = cosign(note.text, self.signer(), time)
            kept.replace(f"{asked.note}{signature}")
        return signature

    def accept(self, checkpoint: str, reason: str, time: int) -> Accepted:
        """Follow a log from a checkpoint that doesn't go on from the last one, as the witness's
        operator wants who has looked into why. What was seen before is kept as evidence.

        Raises NoWitnessError, and RefusedError where the log's newest key hasn't signed it.
        """
        self.signer()
        note, new = self._signed(checkpoint, newest=True)
        kept = Witnessed(self._folder, new.origin)
        with kept.alone():
            last = kept.last()
            accepted = Accepted(time, new.origin, last and _told(last), _told(new), reason)
            with (self._folder / "accepted").open("ab") as file:
                file.write(msgspec.json.encode(accepted) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            kept.give_up(str(note))
            self._sign_from(new)
        return accepted

    def _sign_from(self, new: Checkpoint) -> None:
        """The newest key of a log that was put back to before it took over signs what is new."""
        known = self._followed()
        newest = [key for key, _ in known if key.name == new.origin][-1]
        least = max(new.size - 1, 0)
        lines = (f"{key} {min(since, least) if key == newest else since}\n" for key, since in known)
        replace_file(self._folder / "logs", "".join(lines).encode())

    def _signed(self, text: str, *, newest: bool = False) -> tuple[Note, Checkpoint]:
        """A checkpoint that is signed by the key that signs trees of its size, or by the newest,
        of a log that is followed. Raises RefusedError."""
        try:
            note = read_note(text)
            new = read_checkpoint(note.text)
            keys = [(key, since) for key, since in self._followed() if key.name == new.origin]
            if not keys:
                raise RefusedError(404, "loggen kendes ikke (unknown log)")
            # One that was taken over from may be in anybody's hands.
            above = [key for key, since in keys if newest or since < max(new.size, 1)]
            if not signed_by(note, above[-1:]):
                raise RefusedError(403, "ikke underskrevet af loggen (not signed by the log)")
        except NoteError as error:
            raise RefusedError(403, str(error)) from None
        return note, new


def _check(asked: Request, new: Checkpoint, kept: Witnessed) -> None:
    """Whether a checkpoint goes on from the last one. Raises RefusedError."""
    last = kept.last()
    size = last.size if last else 0
    if last and new.size <= size:
        _check_old(asked, new, last, kept)
    if asked.old > new.size:
        raise RefusedError(400, "old er større end træet (larger than the tree)")
    if asked.old != size:
        raise RefusedError(409, f"sidst set: {size} (last seen)", size=size)
    if last and not is_consistent(size, new.size, last.root, new.root, asked.proof):
        if kept.was_given_up(new):
            raise RefusedError(422, "fra før det, der er godtaget (from before what was accepted)")
        why = f"beviset viser ikke, at den fortsætter fra størrelse {size} (isn't proved to go on)"
        raise RefusedError(422, f"{new.origin}: {why}", is_alarm=True)
    if last is None and asked.proof:
        raise RefusedError(422, "et bevis fra ingenting er tomt (a proof from 0 is empty)")


def _check_old(asked: Request, new: Checkpoint, last: Checkpoint, kept: Witnessed) -> None:
    """A checkpoint that isn't newer than the last one proves nothing where it was cosigned here:
    anybody may send it again. One of a size that was never seen may be of a log that was set back.

    Raises RefusedError, of all but the last one itself.
    """
    known = kept.knows(new)
    if known and new.size == last.size:
        return
    # C2SP gives the first to who says that the tree was larger.
    status, size = (400, None) if asked.old > new.size else (409, last.size)
    if known or kept.was_given_up(new):
        raise RefusedError(status, f"sidst set: {last.size} (last seen)", size=size)
    if known is None:
        why = (
            f"loggen er blevet kortere, eller et gammelt checkpoint, som ikke er set før, er sendt:"
            f" {new.size} efter {last.size} (shrunk, or an old checkpoint that wasn't seen before)"
        )
    else:
        why = f"to forskellige logge af størrelse {new.size} (forked)"
    raise RefusedError(status, f"{new.origin}: {why}", size=size, is_alarm=True)


def _told(one: Checkpoint) -> str:
    return f"{one.size} {base64.b64encode(one.root).decode()}"


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
