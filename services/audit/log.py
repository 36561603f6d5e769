"""A municipality's logs: what was committed is added to a Merkle tree, and the tree is signed.

The log of events follows the events table in commit order, the log of access the looks. Either is
brought on by one at a time; tiles and checkpoints are of the transaction that notes how far it has
come.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from domain.values import Ref
from services.audit.entries import EVENTS, envelope, event_entry
from services.audit.looks import look_entries
from services.audit.notes import Checkpoint, Note, Verifier, sign
from services.audit.signing_keys import LogKey, SigningKeys, current_signer, hand_over, known_keys
from services.audit.tiles import Tiles
from services.audit.tree import leaf_hash
from services.collecting import no_collecting
from services.store.municipality import Municipality

A_CHECKPOINT = 1000  # leaves at most
_A_TRANSACTION = 8  # checkpoints at most
_HASH = 32  # bytes
_TOP = 2**63 - 1


class StrangeEventError(Exception):
    """An event that the store didn't take in: somebody put it into the database, or changed it."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"Hændelsen på plads {position} har ingen kvittering: den er ikke kommet ind ad den "
            "rette vej, og loggen underskrives ikke. (The event at this position has no receipt.)"
        )
        self.position = position


class End(NamedTuple):
    """How far a log has come: its leaves, and the position of the last of them."""

    size: int = 0
    position: int = 0


Leaf = tuple[int, bytes]
"""The position of what a leaf is over, and its hash."""


class Log:
    """One log of a municipality. `name` is that of the operator's logs, the origin's beginning."""

    def __init__(self, municipality: Municipality, log: str, name: str, keys: SigningKeys) -> None:
        self.log = log
        self.origin = f"{name}/{municipality.code}/{log}"
        self._municipality = municipality
        self._schema = municipality.schema
        self._keys = keys

    def advance(self, now: datetime) -> int:
        """Add and sign what isn't in the tree yet, up to some thousands; how many leaves that was.

        Raises StrangeEventError, MissingKeyError, MissingTileError.
        """
        with self._municipality.transaction() as cursor, no_collecting():
            end = self._held(cursor)
            most = A_CHECKPOINT * _A_TRANSACTION
            leaves = self._leaves(cursor, end.position, most)
            if not leaves:
                return 0
            tiles = Tiles(cursor, self._schema, self.log)
            edge = tiles.edge(end.size)
            signer = current_signer(cursor, self._schema, self.log, self._keys, self.origin)
            signed = []
            for start in range(0, len(leaves), A_CHECKPOINT):
                for position, leaf in leaves[start : start + A_CHECKPOINT]:
                    edge.add(leaf, position)
                text = str(Checkpoint(signer.name, edge.size, edge.root()))
                signed.append((self.log, edge.size, str(Note(text, (sign(text, signer),))), now))
            tiles.write(edge.written())
            self._sign(cursor, signed)
            if self.log == EVENTS:
                self._forget(cursor, leaves[-1][0])
            self._reach(cursor, End(edge.size, leaves[-1][0]))
        return len(leaves)

    def rotate(self) -> LogKey:
        """Let a new key sign from here on. Raises MissingKeyError."""
        with self._municipality.transaction() as cursor:
            size = self._held(cursor).size
            return hand_over(cursor, self._schema, self.log, self._keys, self.origin, size)

    def first_key(self) -> Verifier:
        """The log's first key, as its file has it and not the database. Raises MissingKeyError."""
        with self._municipality.transaction() as cursor:
            known = known_keys(cursor, self._schema, self.log)
        return self._keys.signer(known[0].verifier.name if known else self.origin, 1).verifier

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

    def _leaves(self, cursor: Cursor[Any], after: int, limit: int) -> list[Leaf]:
        if self.log == EVENTS:
            return _event_leaves(self._municipality, cursor, after, limit)
        looks = look_entries(cursor, self._schema, after, limit)
        return [(id_, leaf_hash(entry)) for id_, entry in looks]

    def _sign(self, cursor: Cursor[Any], signed: Sequence[tuple[str, int, str, datetime]]) -> None:
        cursor.executemany(
            SQL("INSERT INTO {} (log, size, note, signed_at) VALUES (%b, %b, %b, %b)").format(
                Identifier(self._schema, "log_checkpoints")
            ),
            signed,
        )

    def _forget(self, cursor: Cursor[Any], last: int) -> None:
        """What was taken in needn't be noted any longer."""
        cursor.execute(
            SQL("DELETE FROM {} WHERE last <= %b").format(Identifier(self._schema, "log_incoming")),
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


def _event_leaves(
    municipality: Municipality, cursor: Cursor[Any], after: int, limit: int
) -> list[Leaf]:
    """The leaves of events after a position, as the store has noted them with the events.

    Where it hasn't (it was written before there was a log, or somebody took a note away), they are
    worked out from the events. Raises StrangeEventError.
    """
    noted = _noted(municipality, cursor, after, limit)
    if noted:
        return noted
    return _worked_out(municipality, cursor, after, limit)


def _noted(municipality: Municipality, cursor: Cursor[Any], after: int, limit: int) -> list[Leaf]:
    """The leaves that are noted in one chain from a position on. Raises StrangeEventError."""
    rows = cursor.execute(
        SQL(
            "SELECT after, last, leaves, mac FROM {} WHERE after >= %b ORDER BY after LIMIT %b"
        ).format(Identifier(municipality.schema, "log_incoming")),
        (after, limit),
        prepare=True,
    )
    found: list[Leaf] = []
    for begins, last, leaves, mac in rows:
        if begins != after or len(found) >= limit:
            break
        if not hmac.compare_digest(municipality.key.incoming(begins, leaves), mac):
            raise StrangeEventError(begins)
        # Positions of one insert follow each other: nobody else may take any meanwhile.
        many = len(leaves) // _HASH
        found += [(last - many + 1 + n, leaves[n * _HASH : (n + 1) * _HASH]) for n in range(many)]
        after = last
    return found


def _worked_out(
    municipality: Municipality, cursor: Cursor[Any], after: int, limit: int
) -> list[Leaf]:
    """The leaves of events after a position, up to the first that wasn't taken in by the store.

    Each must have its receipt, which is kept under a keyed hash of its reference: nobody can write
    one who has the database only. Raises StrangeEventError where the first has none.
    """
    until = cursor.execute(
        SQL("SELECT min(after) FROM {} WHERE after > %b").format(
            Identifier(municipality.schema, "log_incoming")
        ),
        (after,),
    ).fetchone()
    where = SQL(
        " WHERE notification_id > %b AND notification_id <= %b ORDER BY notification_id LIMIT %b"
    )
    last = until[0] if until and until[0] is not None else _TOP
    rows = municipality.log_recorder.rows(cursor, where, (after, last, limit))
    told = [envelope(row[4]) for row in rows]
    refs = [Ref(each.source, each.source_id) if each else None for each in told]
    strange = municipality.first_strange(cursor, refs, rows)
    if strange == 0:
        raise StrangeEventError(rows[0][0])
    leaves: list[Leaf] = []
    for (position, stream, version, topic, state, recorded_at), each in zip(
        rows[:strange], told[:strange], strict=True
    ):
        at = each.at if each else None
        entry = event_entry(stream, version, topic, at, recorded_at, state)
        leaves.append((position, leaf_hash(entry)))
    return leaves
