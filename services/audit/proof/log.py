"""A municipality's logs: what was committed is added to a Merkle tree, and the tree is signed.

The log of events follows the events table in commit order, the log of access the looks. Either is
brought on by one at a time; tiles and checkpoints are of the transaction that notes how far it has
come.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.audit.access.looks import look_entries
from services.audit.proof import tree
from services.audit.proof.entries import ACCESS, EVENTS
from services.audit.proof.incoming import (
    CheckpointGoneError,
    KeysSetBackError,
    MemoryGoneError,
    NotGenuineError,
    SetBackError,
    event_leaves,
)
from services.audit.proof.notes import Checkpoint, Note, Verifier, sign
from services.audit.proof.remembered import Accepted, Remembered
from services.audit.proof.signing_keys import (
    LogKey,
    SigningKeys,
    current_signer,
    hand_over,
    known_keys,
    newest_key,
    told_keys,
)
from services.audit.proof.tiles import MissingTileError, Tiles
from services.audit.proof.tree import leaf_hash
from services.collecting import no_collecting
from services.store.keys import MissingKeyError
from services.store.municipality import Municipality
from services.store.writing import utc_now

A_CHECKPOINT = 1000  # leaves at most
_A_TRANSACTION = 8  # checkpoints at most
_TOP = 2**63 - 1


class End(NamedTuple):
    """How far a log has come: its leaves, and the position of the last of them."""

    size: int = 0
    position: int = 0


class Log:
    """One log of a municipality. `name` is that of the operator's logs, the origin's beginning."""

    def __init__(self, municipality: Municipality, log: str, name: str, keys: SigningKeys) -> None:
        self.log = log
        self.origin = f"{name}/{municipality.code}/{log}"
        self._municipality = municipality
        self._schema = municipality.schema
        self._keys = keys
        self._memory = keys.memory(log)

    def advance(self, now: datetime) -> int:
        """Add and sign what isn't in the tree yet, up to some thousands; how many leaves that was.

        Raises NotGenuineError, MissingKeyError, MissingTileError.
        """
        with self._municipality.transaction() as cursor, no_collecting():
            end = self._held(cursor)
            tiles = Tiles(cursor, self._schema, self.log)
            self._begin(cursor)
            remembered = self._remembered(cursor, end)
            most = A_CHECKPOINT * _A_TRANSACTION
            leaves = self._leaves(cursor, end.position, most, remembered.began)
            if not leaves:
                return 0
            edge = tiles.edge(end.size)
            if tree.root(remembered.size, tiles.node) != remembered.root:
                raise SetBackError(remembered.size)
            signer = current_signer(cursor, self._schema, self.log, self._keys, self.origin)
            signed = []
            for start in range(0, len(leaves), A_CHECKPOINT):
                for position, leaf in leaves[start : start + A_CHECKPOINT]:
                    edge.add(leaf, position)
                text = str(Checkpoint(signer.name, edge.size, edge.root()))
                signed.append((self.log, edge.size, str(Note(text, (sign(text, signer),))), now))
            tiles.write(edge.written())
            self._sign(cursor, signed)
            end = End(edge.size, leaves[-1][0])
            if self.log == EVENTS:
                self._forget(cursor, end.position)
            self._reach(cursor, end)
        # Remembered once it is committed: a crash between the two leaves it behind, never ahead.
        key = max(remembered.key, 1)  # of a log that has just begun, the first
        self._memory.write(Remembered(remembered.began, *end, edge.root(), key))
        return len(leaves)

    def has_signed(self) -> bool:
        """Whether anything was ever signed, as it is remembered outside the database."""
        found = self._memory.read()
        return bool(self._keys.newest()) if found is None else found.size > 0

    def trouble(self) -> str | None:
        """Why the log can't be brought on; None where it can."""
        try:
            with self._municipality.transaction() as cursor:
                end, tiles = self.end(cursor), Tiles(cursor, self._schema, self.log)
                remembered = self._remembered(cursor, end)
                if tree.root(remembered.size, tiles.node) != remembered.root:
                    raise SetBackError(remembered.size)
                if not self._has_checkpoint(cursor, end):
                    raise CheckpointGoneError(end.size)
                self._leaves(cursor, end.position, 1, remembered.began)
                if remembered.key:
                    current_signer(cursor, self._schema, self.log, self._keys, self.origin)
        except (
            *(NotGenuineError, MissingKeyError, MissingTileError),
            *(ValueError, OSError),  # of what is remembered, or of keys that the database has
        ) as error:
            return str(error)
        return None

    def accept(self, record: Callable[[Accepted], None]) -> Accepted:
        """Take what the database holds now as it is, and go on from there: somebody has looked into
        why it isn't what was signed.

        `record` is called before anything is accepted. Raises MissingTileError, and what it does.
        """
        with self._municipality.transaction() as cursor:
            end = self._held(cursor)
            root = Tiles(cursor, self._schema, self.log).edge(end.size).root()
            began = 0
            if self.log == EVENTS:
                # Who writes meanwhile waits, and notes its own behind what is accepted.
                self._municipality.log_recorder.lock(cursor)
                began = self._municipality.log_recorder.head(cursor).position
                self._forget(cursor, _TOP)
            before = self._memory.legible()
            key = self._keys_again(cursor, end.size, before.key if before else self._keys.newest())
            if not self._has_checkpoint(cursor, end):
                self._sign_again(cursor, end.size, root)
            accepted = Accepted(before, Remembered(began, *end, root, key))
            record(accepted)
        self._memory.write(accepted.after)
        return accepted

    def _keys_again(self, cursor: Cursor[Any], size: int, number: int) -> int:
        """Have keys up to a number, which there were, take over once more: what they replaced
        signs no more. Gives the newest. Raises MissingKeyError."""
        if number:
            current_signer(cursor, self._schema, self.log, self._keys, self.origin)
        while (newest := newest_key(cursor, self._schema, self.log)) < number:
            self._hand_over(cursor, size)
        return newest

    def _has_checkpoint(self, cursor: Cursor[Any], end: End) -> bool:
        """Whether what the log has come to is signed, as it is unless somebody deletes that."""
        row = cursor.execute(
            SQL("SELECT EXISTS (SELECT FROM {} WHERE log = %b AND size = %b)").format(
                Identifier(self._schema, "log_checkpoints")
            ),
            (self.log, end.size),
        ).fetchone()
        return not end.size or bool(row and row[0])

    def _sign_again(self, cursor: Cursor[Any], size: int, root: bytes) -> None:
        """Sign the last tree once more, unless its key was replaced since: that signs no more."""
        known = known_keys(cursor, self._schema, self.log)
        if known and known[-1].since < size:
            signer = current_signer(cursor, self._schema, self.log, self._keys, self.origin)
            text = str(Checkpoint(signer.name, size, root))
            note = str(Note(text, (sign(text, signer),)))
            self._sign(cursor, [(self.log, size, note, utc_now())])

    def _begin(self, cursor: Cursor[Any]) -> None:
        """What both of a municipality's logs remember is there before their first key is: where
        there is a key and no memory, the memory was taken away."""
        if self._memory.path.exists() or self._keys.newest():
            return
        for which in sorted((EVENTS, ACCESS), key=lambda which: which == self.log):  # its own last
            memory = self._keys.memory(which)
            if memory.read() is None and not end_of(cursor, self._schema, which).size:
                began = self._began(cursor) if which == EVENTS else 0
                memory.write(Remembered(began, *End(), tree.EMPTY))

    def _remembered(self, cursor: Cursor[Any], end: End) -> Remembered:
        """What was signed last, and the newest key of now. Raises MemoryGoneError, SetBackError
        where the database has come less far, KeysSetBackError where it knows fewer keys."""
        found = self._memory.read()
        if found is None:
            if end.size or self._keys.newest():
                raise MemoryGoneError(self._memory.path.name)
            began = self._began(cursor) if self.log == EVENTS else 0
            found = Remembered(began, *end, tree.EMPTY)
        if end.size < found.size or (end.size == found.size and end != found[1:3]):
            raise SetBackError(found.size)
        key = newest_key(cursor, self._schema, self.log)
        if key < found.key or (found.size and not key):
            raise KeysSetBackError(max(found.key, 1))  # else an older key would sign anew
        return found._replace(key=key)

    def _began(self, cursor: Cursor[Any]) -> int:
        """The position up to which events are older than their log that is about to begin."""
        # Before the notes: what is committed in between has one.
        head = self._municipality.log_recorder.head(cursor).position
        row = cursor.execute(
            SQL("SELECT min(after) FROM {}").format(Identifier(self._schema, "log_incoming"))
        ).fetchone()
        return head if row is None or row[0] is None else int(row[0])

    def rotate(self) -> LogKey:
        """Let a new key sign from here on. Raises MissingKeyError, NotGenuineError,
        MissingTileError."""
        with self._municipality.transaction() as cursor:
            end = self._held(cursor)
            self._begin(cursor)
            remembered = self._remembered(cursor, end)
            new = self._hand_over(cursor, end.size)
        self._memory.write(remembered._replace(key=new.number))
        return new

    def _hand_over(self, cursor: Cursor[Any], size: int) -> LogKey:
        return hand_over(cursor, self._schema, self.log, self._keys, self.origin, size)

    def first_key(self) -> Verifier:
        """The log's first key, as its file has it and not the database. Raises MissingKeyError."""
        with self._municipality.transaction() as cursor:
            told = told_keys(cursor, self._schema, self.log)
        name = told[0]["vkey"].partition("+")[0] if told else ""
        return self._keys.signer(name or self.origin, 1).verifier

    def end(self, cursor: Cursor[Any]) -> End:
        """How far the log has come."""
        return end_of(cursor, self._schema, self.log)

    def _held(self, cursor: Cursor[Any]) -> End:
        """The same, and nobody else brings it on until the transaction ends."""
        cursor.execute(
            SQL(
                "INSERT INTO {} (log, size, position) VALUES (%b, 0, 0) ON CONFLICT DO NOTHING"
            ).format(Identifier(self._schema, "log_ends")),
            (self.log,),
        )
        return end_of(cursor, self._schema, self.log, lock=True)

    def _leaves(
        self, cursor: Cursor[Any], after: int, limit: int, began: int
    ) -> list[tuple[int, bytes]]:
        if self.log == EVENTS:
            return event_leaves(self._municipality, cursor, after, limit, began)
        looks = look_entries(cursor, self._municipality, after, limit)
        return [(id_, leaf_hash(entry)) for id_, entry in looks]

    def _sign(self, cursor: Cursor[Any], signed: Sequence[tuple[str, int, str, datetime]]) -> None:
        cursor.executemany(
            SQL("INSERT INTO {} (log, size, note, signed_at) VALUES (%b, %b, %b, %b)").format(
                Identifier(self._schema, "log_checkpoints")
            ),
            signed,
        )

    def _forget(self, cursor: Cursor[Any], last: int) -> None:
        """What was taken in needn't be noted any longer, but for the last: the next is bound to
        it."""
        cursor.execute(
            SQL("DELETE FROM {} WHERE last < %b").format(Identifier(self._schema, "log_incoming")),
            (last,),
        )

    def _reach(self, cursor: Cursor[Any], end: End) -> None:
        cursor.execute(
            SQL("UPDATE {} SET size = %b, position = %b WHERE log = %b").format(
                Identifier(self._schema, "log_ends")
            ),
            (*end, self.log),
        )


def end_of(cursor: Cursor[Any], schema: str, log: str, *, lock: bool = False) -> End:
    """How far a log has come; with `lock`, its row is held."""
    row = cursor.execute(
        SQL("SELECT size, position FROM {} WHERE log = %b{}").format(
            Identifier(schema, "log_ends"), SQL(" FOR UPDATE" if lock else "")
        ),
        (log,),
    ).fetchone()
    return End(*row) if row else End()
