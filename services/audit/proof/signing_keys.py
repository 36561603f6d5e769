"""The keys that sign a municipality's logs: files beside its own key, one after another.

Only the newest signs. One that takes over is named by the one before it, in a note that both have
signed, so that who trusts one key of a log can come to trust the next.
"""

from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.audit.proof.notes import (
    Note,
    NoteError,
    Signer,
    Verifier,
    read_note,
    read_verifier,
    sign,
    signed_by,
)
from services.audit.proof.remembered import Memory
from services.store.keys import MissingKeyError, create_key, read_key


class LogKey(NamedTuple):
    """A public key of a log. It signs trees above the size `since`, until the next one does.

    `handover` is the note by which the one before it names it; None for the first.
    """

    number: int
    verifier: Verifier
    since: int
    handover: str | None


class SigningKeys:
    """The private keys of one municipality's logs."""

    def __init__(self, folder: Path, code: str) -> None:
        self._folder, self._code = folder, code

    def signer(self, origin: str, number: int, *, create: bool = False) -> Signer:
        """A key by its number, from 1, in the name of a log. Raises MissingKeyError."""
        path = self._folder / f"{self._code}.log-{number}.key"
        if create:
            create_key(path)
        return Signer(origin, Ed25519PrivateKey.from_private_bytes(read_key(path)))

    def newest(self) -> int:
        """The number of the newest key there is a file of; 0 where there is none."""
        names = [path.name for path in self._folder.glob(f"{self._code}.log-*.key")]
        numbers = [name.removeprefix(f"{self._code}.log-")[:-4] for name in names]
        return max((int(each) for each in numbers if each.isdecimal()), default=0)

    def forget(self) -> None:
        """Have the logs begin anew, with another key, where they are thrown away on purpose."""
        for path in (
            *self._folder.glob(f"{self._code}.log-*.key"),
            *self._folder.glob(f"{self._code}.log-*.signed"),
        ):
            path.unlink()

    def memory(self, log: str) -> Memory:
        """What is remembered beside the keys of what they signed last of a log."""
        return Memory(self._folder / f"{self._code}.log-{log}.signed")


def known_keys(cursor: Cursor[Any], schema: str, log: str) -> list[LogKey]:
    """The public keys of a log, the oldest first."""
    rows = cursor.execute(
        SQL("SELECT number, vkey, since, handover FROM {} WHERE log = %b ORDER BY number").format(
            Identifier(schema, "log_keys")
        ),
        (log,),
    )
    return [LogKey(row[0], read_verifier(row[1]), row[2], row[3]) for row in rows]


def told_keys(cursor: Cursor[Any], schema: str, log: str) -> list[dict[str, Any]]:
    """The same as the database has them, for who verifies them: nothing of it may be right."""
    rows = cursor.execute(
        SQL("SELECT vkey, since, handover FROM {} WHERE log = %b ORDER BY number").format(
            Identifier(schema, "log_keys")
        ),
        (log,),
    )
    return [dict(zip(("vkey", "since", "handover"), row, strict=True)) for row in rows]


def newest_key(cursor: Cursor[Any], schema: str, log: str) -> int:
    """The number of a log's newest key; 0 where it has none."""
    row = cursor.execute(
        SQL("SELECT max(number) FROM {} WHERE log = %b").format(Identifier(schema, "log_keys")),
        (log,),
    ).fetchone()
    return (row and row[0]) or 0


def current_signer(
    cursor: Cursor[Any], schema: str, log: str, keys: SigningKeys, origin: str
) -> Signer:
    """The key that signs now; made where the log has none yet. Raises MissingKeyError."""
    known = known_keys(cursor, schema, log)
    if not known:
        first = keys.signer(origin, 1, create=True)
        _note(cursor, schema, log, LogKey(1, first.verifier, 0, None))
        return first
    signer = keys.signer(known[-1].verifier.name, known[-1].number)
    if signer.verifier != known[-1].verifier:
        raise MissingKeyError(
            "Nøglen, der underskriver loggen, er ikke den, som databasen kender. "
            "(The key that signs the log is not the one that the database knows.)"
        )
    return signer


def hand_over(
    cursor: Cursor[Any], schema: str, log: str, keys: SigningKeys, origin: str, size: int
) -> LogKey:
    """Let a new key sign trees above `size`, the log's present one. Raises MissingKeyError.

    The log's row in `log_ends` must be held. A log keeps its first origin.
    """
    old = current_signer(cursor, schema, log, keys, origin)
    number = known_keys(cursor, schema, log)[-1].number + 1
    new = keys.signer(old.name, number, create=True)
    text = handover_text(old.name, size, new.verifier)
    note = Note(text, (sign(text, old), sign(text, new)))
    key = LogKey(number, new.verifier, size, str(note))
    _note(cursor, schema, log, key)
    return key


def handover_text(origin: str, size: int, new: Verifier) -> str:
    """What a note says by which a key is named: of which log, above which size, and the key."""
    return f"{origin}/handover\n{size}\n{new}\n"


def trusted_keys(pinned: Verifier, keys: list[LogKey]) -> list[LogKey]:
    """The keys that one that is trusted vouches for: itself, and those named after it in turn.

    Raises NoteError where it isn't among them, or where a note doesn't hold.
    """
    verifiers = [key.verifier for key in keys]
    if pinned not in verifiers:
        raise NoteError("Loggen har aldrig haft den nøgle (the log never had that key)")
    n = verifiers.index(pinned)
    for old, new in zip(keys[n:], keys[n + 1 :], strict=False):
        note = read_note(new.handover or "")
        wanted = handover_text(old.verifier.name, new.since, new.verifier)
        both = [old.verifier, new.verifier]
        if note.text != wanted or signed_by(note, both) != both:
            raise NoteError(
                f"Nøgle nr. {new.number} er ikke indsat af den før (not named by the one before)"
            )
    return keys[n:]


def _note(cursor: Cursor[Any], schema: str, log: str, key: LogKey) -> None:
    cursor.execute(
        SQL(
            "INSERT INTO {} (log, number, vkey, since, handover) VALUES (%b, %b, %b, %b, %b)"
        ).format(Identifier(schema, "log_keys")),
        (log, key.number, str(key.verifier), key.since, key.handover),
    )
