"""Proofs as files: that an entry is in the log, and that the log goes on from what it was.

That an entry is in it is C2SP's tlog-proof, with the entry as `extra`; that the log goes on is what
a witness is asked (tlog-witness): the old size, the proof, and the checkpoint.
"""

from base64 import b64encode
from typing import Any

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.audit.proof import tree
from services.audit.proof.entries import EVENTS, event_entry, look_entry
from services.audit.proof.tiles import WIDTH, Tiles
from services.audit.proof.witness import Request
from services.store.municipality import Municipality

FIRST_LINE = "c2sp.org/tlog-proof@v1"


class NotInTheLogError(Exception):
    """What is asked about isn't under a signed checkpoint, or the database holds it no more."""


def inclusion(store: Municipality, log: str, position: int) -> str:
    """That the event at a position, or the look of that id, is in the log.

    Raises NotInTheLogError, MissingTileError.
    """
    with store.transaction() as cursor:
        tiles = Tiles(cursor, store.schema, log)
        size, note = last_checkpoint(cursor, store.schema, log)
        leaf = tree.leaf_hash(entry := _entry(store, cursor, log, position))
        index = _index(tiles, leaf, position, size)
        proof = tree.inclusion_proof(index, size, tiles.node)
    lines = [
        FIRST_LINE,
        f"extra {b64encode(entry).decode()}",
        f"index {index}",
        *(b64encode(each).decode() for each in proof),
    ]
    return "".join(f"{line}\n" for line in lines) + f"\n{note}"


def consistency(store: Municipality, log: str, old: int) -> Request:
    """That the log of its last checkpoint goes on from a size. Raises NotInTheLogError."""
    with store.transaction() as cursor:
        size, note = last_checkpoint(cursor, store.schema, log)
        if old > size:
            raise NotInTheLogError(f"Loggen er på {size} (the log has that many): {old}")
        node = Tiles(cursor, store.schema, log).node
        return Request(old, tuple(tree.consistency_proof(old, size, node)), note)


def index_of(store: Municipality, cursor: Cursor[Any], log: str, position: int, size: int) -> int:
    """Where in the tree of that size what stands at a position is. Raises NotInTheLogError."""
    leaf = tree.leaf_hash(_entry(store, cursor, log, position))
    return _index(Tiles(cursor, store.schema, log), leaf, position, size)


def last_checkpoint(cursor: Cursor[Any], schema: str, log: str) -> tuple[int, str]:
    """Size and note of a log's last checkpoint. Raises NotInTheLogError where there is none."""
    row = cursor.execute(
        SQL("SELECT size, note FROM {} WHERE log = %b ORDER BY size DESC LIMIT 1").format(
            Identifier(schema, "log_checkpoints")
        ),
        (log,),
    ).fetchone()
    if row is None:
        raise NotInTheLogError("Intet er underskrevet endnu; kør `audit sign` (nothing signed yet)")
    return row[0], row[1]


def _entry(store: Municipality, cursor: Cursor[Any], log: str, position: int) -> bytes:
    found = (_event_entry if log == EVENTS else _look_entry)(store, cursor, position)
    if found is None:
        raise NotInTheLogError(f"Intet står på plads {position} (nothing at that position)")
    return found


def _event_entry(store: Municipality, cursor: Cursor[Any], position: int) -> bytes | None:
    where = SQL(" WHERE notification_id = %b")
    for _, *columns in store.log_recorder.rows(cursor, where, (position,)):
        return event_entry(*columns)
    return None


def _look_entry(store: Municipality, cursor: Cursor[Any], position: int) -> bytes | None:
    row = cursor.execute(
        SQL("SELECT id, at, record FROM {} WHERE id = %b").format(
            Identifier(store.schema, "looks")
        ),
        (position,),
    ).fetchone()
    return look_entry(row[0], row[1], bytes(row[2])) if row else None


def _index(tiles: Tiles, leaf: bytes, position: int, size: int) -> int:
    """Where in the tree a leaf is: in the last tile that begins at or before its position."""
    n = tiles.tile_at(position)
    held = tiles.tile(0, n) if n is not None else None
    leaves = held.leaves() if held else []
    if held is None or leaf not in leaves or held.n * WIDTH + leaves.index(leaf) >= size:
        raise NotInTheLogError(
            f"Det, der står på plads {position}, er ikke det, der blev underskrevet, eller er det "
            "ikke endnu. (What stands there isn't what was signed, or isn't signed yet.)"
        )
    return held.n * WIDTH + leaves.index(leaf)
