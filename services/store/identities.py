"""Internal ids: random, and found by a keyed look-up of the sender's own.

The sender's id stands nowhere in clear but in its own system. Beside the keyed hash it is kept
sealed under the person it names, so that whoever may see the person can see the id too, and an
erasure takes it away.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.store.keys import MunicipalityKey, SubjectKeys

Name = tuple[str, str, str]  # kind, source, id
TEAM: Name = ("team", "", "")
REFERENCE_FIELD = "reference"
_MARK = "\n"


class Identities:
    """The ids of one municipality's courses, persons and team. Each has a key of its own."""

    def __init__(self, key: MunicipalityKey, schema: str) -> None:
        self._key = key
        self._cache: dict[Name, UUID] = {}
        self.at_hand = self._cache.get
        """The id of a name that was found before."""
        table = SQL("{}.identities").format(Identifier(schema))
        self._select = SQL("SELECT key, id FROM {} WHERE key = ANY(%b)").format(table).as_bytes()
        self._insert = (
            SQL(
                "INSERT INTO {} (key, kind, id, reference)"
                " SELECT * FROM unnest(%b::bytea[], %b::text[], %b::uuid[], %b::text[])"
            )
            .format(table)
            .as_bytes()
        )
        self._references = (
            SQL("SELECT DISTINCT ON (id) id, reference FROM {} WHERE id = ANY(%b) ORDER BY id, key")
            .format(table)
            .as_bytes()
        )

    def find(self, cursor: Cursor[Any], names: Iterable[Name]) -> dict[Name, UUID]:
        """The ids of those names that have one."""
        names = set(names)
        wanted = {self._key.lookup(*n): n for n in names if n not in self._cache}
        if wanted:
            for key, id in cursor.execute(self._select, (list(wanted),), prepare=True):
                self._cache[wanted[bytes(key)]] = id
        return {name: self._cache[name] for name in names if name in self._cache}

    def create(self, cursor: Cursor[Any], names: Mapping[Name, UUID], keys: SubjectKeys) -> None:
        """Store new ids, each with the sender's reference sealed under it.

        They count, and may be cached, only when the transaction has: see `remember`.
        """
        rows = [
            (
                self._key.lookup(*name),
                name[0],
                id,
                keys.seal(id, REFERENCE_FIELD, f"{name[1]}{_MARK}{name[2]}"),
            )
            for name, id in names.items()
        ]
        cursor.execute(self._insert, tuple(map(list, zip(*rows, strict=True))), prepare=True)

    def remember(self, names: Mapping[Name, UUID]) -> None:
        """Cache ids whose transaction has been committed."""
        self._cache.update(names)

    def references(self, cursor: Cursor[Any], ids: list[UUID]) -> dict[UUID, str]:
        """The sealed sender's references of these ids, where they are known."""
        return dict(cursor.execute(self._references, (ids,), prepare=True).fetchall())


def read_reference(plain: str) -> tuple[str, str]:
    """Source and id from an opened reference."""
    source, _, id = plain.partition(_MARK)
    return source, id
