"""The trees as the database holds them: tiles of up to 256 hashes (C2SP tlog-tiles).

A tile of level 0 holds the hashes of leaves, one of level L + 1 the roots of full tiles of level L.
Only the last tile of a level may be less than full.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.audit.proof import tree
from services.audit.proof.tree import node_hash

WIDTH = 256  # hashes
HASH = 32  # bytes
_UP = 8  # levels of a tree in a tile


class MissingTileError(Exception):
    """A tile that the tree needs isn't there, or is shorter than it must be."""


class Tile(NamedTuple):
    """A tile; `first` is the position of its first leaf, None above level 0."""

    level: int
    n: int
    hashes: bytes
    first: int | None

    def leaves(self) -> list[bytes]:
        """Its hashes, one by one."""
        return [self.hashes[at : at + HASH] for at in range(0, len(self.hashes), HASH)]


class Edge:
    """The tiles at a tree's right edge, where leaves are added. `size` counts leaves."""

    def __init__(self, size: int, tiles: Mapping[int, Tile]) -> None:
        """`tiles` are those that aren't full, by level."""
        self.size = size
        self._firsts = {0: tiles[0].first} if 0 in tiles else {}
        self._levels = {level: bytearray(tile.hashes) for level, tile in tiles.items()}
        self._full: list[Tile] = []
        for level in range(_levels_of(size)):
            width = (size >> (_UP * level)) % WIDTH
            if len(self._levels.setdefault(level, bytearray())) != width * HASH:
                raise MissingTileError(f"{level}/{size >> (_UP * (level + 1))}")

    def add(self, leaf: bytes, position: int) -> None:
        """Add the hash of a leaf; `position` is where what it is over stands."""
        if self.size % WIDTH == 0:
            self._firsts[0] = position
        self.size += 1
        self._push(0, leaf)

    def _push(self, level: int, hash_: bytes) -> None:
        hashes = self._levels.setdefault(level, bytearray())
        hashes += hash_
        if len(hashes) == WIDTH * HASH:
            whole = bytes(hashes)
            n = (self.size >> (_UP * (level + 1))) - 1
            self._full.append(Tile(level, n, whole, self._firsts.get(level)))
            hashes.clear()
            self._push(level + 1, _over(whole))

    def root(self) -> bytes:
        """The root of the tree."""
        return tree.root(self.size, self._node)

    def _node(self, height: int, index: int) -> bytes:
        level, up = divmod(height, _UP)
        start = (index << up) % WIDTH * HASH
        return _over(bytes(self._levels[level][start : start + (HASH << up)]))

    def written(self) -> list[Tile]:
        """All tiles that are new or wider than before."""
        partial = [
            Tile(level, self.size >> (_UP * (level + 1)), bytes(hashes), self._firsts.get(level))
            for level, hashes in self._levels.items()
            if hashes
        ]
        return [*self._full, *partial]


class Tiles:
    """One log's tiles in a municipality's schema, read and written in a transaction."""

    def __init__(self, cursor: Cursor[Any], schema: str, log: str) -> None:
        self._cursor, self._log = cursor, log
        self._table = Identifier(schema, "log_tiles")
        self._read: dict[tuple[int, int], bytes] = {}

    def edge(self, size: int) -> Edge:
        """The right edge of the tree of that size. Raises MissingTileError."""
        wanted = [(level, size >> (_UP * (level + 1))) for level in range(_levels_of(size))]
        found = {level: self.tile(level, n) for level, n in wanted}
        return Edge(size, {level: tile for level, tile in found.items() if tile})

    def tile(self, level: int, n: int) -> Tile | None:
        """A tile as it stands; None where there is none."""
        row = self._cursor.execute(
            SQL(
                "SELECT level, n, hashes, first FROM {} WHERE log = %b AND level = %b AND n = %b"
            ).format(self._table),
            (self._log, level, n),
            prepare=True,
        ).fetchone()
        return Tile(row[0], row[1], bytes(row[2]), row[3]) if row else None

    def tile_at(self, position: int) -> int | None:
        """The tile of leaves in which what stands at a position must be."""
        row = self._cursor.execute(
            SQL("SELECT max(n) FROM {} WHERE log = %b AND level = 0 AND first <= %b").format(
                self._table
            ),
            (self._log, position),
        ).fetchone()
        return row[0] if row else None

    def node(self, height: int, index: int) -> bytes:
        """The hash of a full subtree, for roots and proofs. Raises MissingTileError."""
        level, up = divmod(height, _UP)
        n, at = divmod(index << up, WIDTH)
        if (level, n) not in self._read:
            found = self.tile(level, n)
            self._read[level, n] = found.hashes if found else b""
        start = at * HASH
        hashes = self._read[level, n][start : start + (HASH << up)]
        if len(hashes) != HASH << up:
            raise MissingTileError(f"{level}/{n}")
        return _over(hashes)

    def write(self, tiles: list[Tile]) -> None:
        """Store tiles; one that was narrower is written over."""
        self._cursor.executemany(
            SQL(
                "INSERT INTO {} (log, level, n, hashes, first) VALUES (%b, %b, %b, %b, %b)"
                " ON CONFLICT (log, level, n) DO UPDATE SET hashes = excluded.hashes"
            ).format(self._table),
            [(self._log, *tile) for tile in tiles],
        )


def _levels_of(size: int) -> int:
    """How many levels of tiles a tree of that size can have."""
    return -(-size.bit_length() // _UP)


def _over(hashes: bytes) -> bytes:
    """The root over a power of two of hashes that stand one after another."""
    level = [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
    while len(level) > 1:
        level = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=True)]
    return level[0]
