"""The bundle of a log: the whole history, with what proves it, in a file of lines of JSON.

`standalone.py` verifies it. First comes a head with the log's keys; then the entries in order, each
with its stored bytes as they are; after each 256 of them, and after the last, a tile: the leaves'
hashes as the log holds them, so that the first entry that isn't right can be named, and what the
levels above hold of a full one. A checkpoint stands before the end of the tile in which its size
lies; an end counts it all.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain, islice, repeat
from typing import Any, BinaryIO, NamedTuple

import msgspec
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.audit.proof.entries import EVENTS, event_entry, look_entry, moment
from services.audit.proof.incoming import NotGenuineError
from services.audit.proof.log import Log
from services.audit.proof.notes import NoteError
from services.audit.proof.signing_keys import told_keys
from services.audit.proof.standalone import FORMAT, WIDTH
from services.audit.proof.tiles import HASH, MissingTileError, Tile, Tiles
from services.audit.proof.tree import leaf_hash
from services.store.keys import MissingKeyError
from services.store.municipality import Municipality

_A_READ = 2000
_DIGEST = len(',"sha256":""}') + 64
_TOP, _BOTTOM = 2**63 - 1, -(2**63)
_check = msgspec.json.Decoder(msgspec.Raw).decode
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


class NothingSignedError(Exception):
    """There is no log to export yet."""

    def __init__(self) -> None:
        super().__init__(
            "Loggen er ikke begyndt; kør `roedtraad audit sign`. (The log hasn't begun: sign it.)"
        )


class Entry(NamedTuple):
    """An entry as the database holds it: where it stands, the entry, and the bytes it is over."""

    position: int
    entry: bytes
    stored: bytes
    is_event: bool


class Written(NamedTuple):
    """How much a bundle holds."""

    entries: int
    checkpoints: int


def write_bundle(
    store: Municipality,
    log: Log,
    out: BinaryIO,
    now: datetime,
    tell: Callable[[int, int], None] = lambda done, total: None,
    cosigned: Callable[[], None] = lambda: None,
) -> Written:
    """Sign what is committed, have it `cosigned`, and write the log as of that moment; `tell` is
    called with how many entries of how many are written.

    What the log refuses to sign goes along, to be found by whoever verifies the bundle; what comes
    in meanwhile doesn't. Raises NothingSignedError.
    """
    refuses = False
    try:
        while log.advance(now):
            pass
    except (NotGenuineError, MissingTileError, MissingKeyError, NoteError):
        refuses = True
    cosigned()
    with store.transaction() as cursor:
        cursor.execute(_SNAPSHOT)
        keys = told_keys(cursor, store.schema, log.log)
        if not keys and not log.has_signed():
            raise NothingSignedError
        size, last = log.end(cursor)
        head = {
            "format": FORMAT,
            "municipality": store.code,
            "log": log.log,
            "origin": keys[0]["vkey"].partition("+")[0] if keys else log.origin,
            "keys": keys,
            "size": size,
            "exported_at": moment(now),
        }
        out.write(_line(head))
        rows = _events if log.log == EVENTS else _looks
        entries = rows(store, cursor, _TOP if refuses else last)
        written = _write_tiles(out, _Log(cursor, store.schema, log.log), entries, size, tell)
        end = {"entries": written.entries, "checkpoints": written.checkpoints}
        out.write(_line({"end": end}))
        return written


class _Log:
    """What the log holds of itself."""

    def __init__(self, cursor: Cursor[Any], schema: str, log: str) -> None:
        self._cursor, self._log = cursor, log
        self._tiles = Tiles(cursor, schema, log)
        self._higher: dict[int, Tile | None] = {}  # the last that was read of each level
        self._notes = SQL(
            "SELECT size, note FROM {} WHERE log = %b AND size > %b AND size <= %b ORDER BY size"
        ).format(Identifier(schema, "log_checkpoints"))

    def tile(self, n: int) -> Tile | None:
        """A tile of leaves."""
        return self._tiles.tile(0, n)

    def above(self, n: int) -> list[str]:
        """What the levels above the leaves hold of the full subtrees that end with a tile, from
        below, in base64; empty where they hold nothing."""
        found, level = [], 1
        while True:
            n, at = divmod(n, WIDTH)
            tile = self._higher.get(level)
            if tile is None or tile.n != n:
                tile = self._higher[level] = self._tiles.tile(level, n)
            found.append(b64encode(tile.hashes[at * HASH : (at + 1) * HASH] if tile else b""))
            if at < WIDTH - 1:
                return [each.decode() for each in found]
            level += 1

    def checkpoints(self, n: int) -> list[tuple[int, str]]:
        """The sizes within a tile, with what was signed at them."""
        asked = (self._log, n * WIDTH, (n + 1) * WIDTH)
        return self._cursor.execute(self._notes, asked, prepare=True).fetchall()


def _write_tiles(
    out: BinaryIO,
    log: _Log,
    entries: Iterator[Entry],
    size: int,
    tell: Callable[[int, int], None],
) -> Written:
    first = next(entries, None)
    pruned = _pruned(log, first) if first else size
    several = chain(repeat(None, pruned), [first] if first else [], entries)
    index = checkpoints = n = 0
    while True:
        some, tile = list(islice(several, WIDTH)), log.tile(n)
        if not some and tile is None:
            return Written(index, checkpoints)
        for each in some:
            out.write(_entry_line(index, each))
            index += 1
        for at, note in log.checkpoints(n):
            out.write(_line({"checkpoint": at, "note": note}))
            checkpoints += 1
        told = {"tile": n, "leaves": b64encode(tile.hashes if tile else b"").decode()}
        if tile and len(tile.hashes) == WIDTH * HASH:
            told["above"] = log.above(n)
        out.write(_line(told))
        n += 1
        tell(index, max(size, index))


def _pruned(log: _Log, first: Entry) -> int:
    """How many entries were pruned: the index of the first that is still there."""
    if first.is_event:
        return 0
    n = 0
    while (tile := log.tile(n + 1)) and tile.first is not None and tile.first <= first.position:
        n += 1
    tile = log.tile(n)
    leaves = tile.leaves() if tile else []
    leaf = leaf_hash(first.entry)
    return n * WIDTH + leaves.index(leaf) if leaf in leaves else 0


def _entry_line(index: int, each: Entry | None) -> bytes:
    if each is None:
        return b'{"index":%d,"pruned":true}\n' % index
    told = each.entry[1:-_DIGEST]
    if b"\n" not in each.stored and _is_json(each.stored):
        stored = b'"stored":' + each.stored
    else:
        stored = b'"stored_base64":"' + b64encode(each.stored) + b'"'
    return b'{"index":%d,"position":%d,%b,%b}\n' % (index, each.position, told, stored)


def _is_json(stored: bytes) -> bool:
    try:
        _check(stored)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _events(store: Municipality, cursor: Cursor[Any], last: int) -> Iterator[Entry]:
    where = SQL(
        " WHERE notification_id > %b AND notification_id <= %b ORDER BY notification_id LIMIT %b"
    )
    at = _BOTTOM
    while rows := store.log_recorder.rows(cursor, where, (at, last, _A_READ)):
        for at, stream, version, topic, state, recorded_at in rows:
            entry = event_entry(stream, version, topic, state, recorded_at)
            yield Entry(at, entry, state, is_event=True)


def _looks(store: Municipality, cursor: Cursor[Any], last: int) -> Iterator[Entry]:
    statement = SQL(
        "SELECT id, at, record FROM {} WHERE id > %b AND id <= %b ORDER BY id LIMIT %b"
    ).format(Identifier(store.schema, "looks"))
    after = _BOTTOM
    while rows := cursor.execute(statement, (after, last, _A_READ)).fetchall():
        after = rows[-1][0]
        for id_, at, record in rows:
            yield Entry(id_, look_entry(id_, at, bytes(record)), bytes(record), is_event=False)


def _line(told: object) -> bytes:
    return msgspec.json.encode(told) + b"\n"
