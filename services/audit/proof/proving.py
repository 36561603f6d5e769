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
from services.audit.proof.notes import (
    NoteError,
    read_checkpoint,
    read_note,
    read_verifier,
    signed_by,
)
from services.audit.proof.signing_keys import told_keys
from services.audit.proof.tiles import WIDTH, MissingTileError, Tiles
from services.audit.proof.witness import Request
from services.store.municipality import Municipality

FIRST_LINE = "c2sp.org/tlog-proof@v1"


class NotInTheLogError(Exception):
    """What is asked about isn't under a signed checkpoint, or the database holds it no more."""


def inclusion(store: Municipality, log: str, position: int) -> str:
    """That the event at a position, or the look of that id, is in the log. Raises
    NotInTheLogError."""
    with store.transaction() as cursor:
        entry = _entry(store, cursor, log, position)
        tiles = Tiles(cursor, store.schema, log)
        size, _ = last_checkpoint(cursor, store.schema, log)
        index = _index(tiles, tree.leaf_hash(entry), position, size)
        return _proof(store, cursor, log, index, entry)


def inclusion_at(store: Municipality, log: str, index: int) -> str:
    """The same of what has an index in the log. Raises NotInTheLogError."""
    with store.transaction() as cursor:
        return _proof(store, cursor, log, index, _entry_at(store, cursor, log, index))


def _proof(store: Municipality, cursor: Cursor[Any], log: str, index: int, entry: bytes) -> str:
    """The proof as a file, once it has been checked."""
    size, note = last_checkpoint(cursor, store.schema, log)
    if index >= size:
        raise NotInTheLogError(f"Loggen er på {size} (the log has that many): {index}")
    top = _signed_root(store, cursor, log, size, note)
    try:
        proof = tree.inclusion_proof(index, size, Tiles(cursor, store.schema, log).node)
    except MissingTileError as error:
        raise _unproved(f"hashes mangler (are missing): {error}") from None
    if not tree.is_included(tree.leaf_hash(entry), index, size, proof, top):
        raise _unproved(f"indeks {index} fører ikke til den underskrevne rod (to the signed root)")
    lines = [
        FIRST_LINE,
        f"extra {b64encode(entry).decode()}",
        f"index {index}",
        *(b64encode(each).decode() for each in proof),
    ]
    return "".join(f"{line}\n" for line in lines) + f"\n{note}"


def consistency(store: Municipality, log: str, old: int, size: int | None = None) -> Request:
    """That the log of its last checkpoint, or of the one of a size, goes on from an old size.

    Raises NotInTheLogError, MissingTileError.
    """
    with store.transaction() as cursor:
        size, note = last_checkpoint(cursor, store.schema, log, size)
        if old > size:
            raise NotInTheLogError(f"Loggen er på {size} (the log has that many): {old}")
        top = _signed_root(store, cursor, log, size, note)
        node = Tiles(cursor, store.schema, log).node
        try:
            was = _root_at(cursor, store.schema, log, old) or tree.root(old, node)
            proof = tree.consistency_proof(old, size, node)
        except MissingTileError as error:
            raise _unproved(f"hashes mangler (are missing): {error}") from None
        if not tree.is_consistent(old, size, was, top, proof):
            raise _unproved(f"fra {old} til {size} (from and to)")
        return Request(old, tuple(proof), note)


def _unproved(what: str) -> NotInTheLogError:
    return NotInTheLogError(
        f"Loggens egne hashes beviser det ikke; kør `audit verify`. {what} "
        "(The log's own hashes don't prove it.)"
    )


def _signed_root(store: Municipality, cursor: Cursor[Any], log: str, size: int, note: str) -> bytes:
    """The root of a checkpoint that the log's key of that size has signed."""
    keys = [key["vkey"] for key in told_keys(cursor, store.schema, log) if key["since"] < size]
    try:
        signed = signed_by(read := read_note(note), [read_verifier(key) for key in keys[-1:]])
        checkpoint = read_checkpoint(read.text)
    except NoteError as error:
        raise _unproved(f"checkpoint {size}: {error}") from None
    if not signed or checkpoint.size != size:
        raise _unproved(f"checkpoint {size} er ikke underskrevet af loggen (isn't signed by it)")
    return checkpoint.root


def _root_at(cursor: Cursor[Any], schema: str, log: str, size: int) -> bytes | None:
    """The root of a checkpoint of that size, where there is one."""
    row = cursor.execute(
        SQL("SELECT note FROM {} WHERE log = %b AND size = %b").format(
            Identifier(schema, "log_checkpoints")
        ),
        (log, size),
    ).fetchone()
    try:
        return read_checkpoint(read_note(row[0]).text).root if row else None
    except NoteError as error:
        raise _unproved(f"checkpoint {size}: {error}") from None


def index_of(store: Municipality, cursor: Cursor[Any], log: str, position: int, size: int) -> int:
    """Where in the tree of that size what stands at a position is. Raises NotInTheLogError."""
    leaf = tree.leaf_hash(_entry(store, cursor, log, position))
    return _index(Tiles(cursor, store.schema, log), leaf, position, size)


def last_checkpoint(
    cursor: Cursor[Any], schema: str, log: str, size: int | None = None
) -> tuple[int, str]:
    """Size and note of a log's last checkpoint, or of the one of a size. Raises NotInTheLogError
    where there is none."""
    row = cursor.execute(
        SQL(
            "SELECT size, note FROM {} WHERE log = %b AND (%b::bigint IS NULL OR size = %b)"
            " ORDER BY size DESC LIMIT 1"
        ).format(Identifier(schema, "log_checkpoints")),
        (log, size, size),
    ).fetchone()
    if row is None:
        raise NotInTheLogError("Intet er underskrevet endnu; kør `audit sign` (nothing signed yet)")
    return row[0], row[1]


def _entry(store: Municipality, cursor: Cursor[Any], log: str, position: int) -> bytes:
    found = (_event_entry if log == EVENTS else _look_entry)(store, cursor, position)
    if found is None:
        raise NotInTheLogError(f"Intet står på plads {position} (nothing at that position)")
    return found


def _entry_at(store: Municipality, cursor: Cursor[Any], log: str, index: int) -> bytes:
    """What the database holds of the entry of an index."""
    n, at = divmod(index, WIDTH)
    tile = Tiles(cursor, store.schema, log).tile(0, n)
    leaf = tile.leaves()[at : at + 1] if tile else []
    if not tile or tile.first is None or not leaf:
        raise NotInTheLogError(f"Loggen har intet indeks {index} (no such index in the log)")
    table, place = ("events", "notification_id") if log == EVENTS else ("looks", "id")
    rows = cursor.execute(
        SQL("SELECT {0} FROM {1} WHERE {0} >= %b ORDER BY {0} LIMIT %b").format(
            Identifier(place), Identifier(store.schema, table)
        ),
        (tile.first, WIDTH),
    ).fetchall()
    for (position,) in rows[: at + 1][::-1]:  # what was signed is there, or further back
        entry = _entry(store, cursor, log, position)
        if tree.leaf_hash(entry) == leaf[0]:
            return entry
    raise NotInTheLogError(
        f"Det, der blev underskrevet som indeks {index}, er ikke i databasen mere. "
        "(What was signed as that index isn't in the database any more.)"
    )


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
