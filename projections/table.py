"""What a fact table is: columns, and the events that bring its rows.

Every row comes from one event that counts: an original, or the replacement that a correction put
in its place. Rows are only added, or ended by the amendment of their event.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import call
from struct import Struct
from typing import Any, TypeVar
from uuid import UUID

from domain.events.base import Fact
from domain.values import Actor, Ref
from projections.copying import NULL, Kind

Values = tuple[Any, ...]
RowOf = Callable[[Any], Values]
FactOf = Callable[[Any], Fact]
F = TypeVar("F", bound=Fact)

# What every question asks of a row comes first: the database finds it without walking over texts.
COMMON: Mapping[str, Kind] = {
    "stream": Kind.UUID,  # the course, the staff member or the team
    "occurred_at": Kind.INSTANT,
    "learned": Kind.LONG,  # position of the event that brought the row
    "superseded": Kind.LONG,  # position of the amendment that ended it
    "sequence": Kind.LONG,
    "source": Kind.CODE,
    "event_id": Kind.TEXT,
}

# Where it stands in the packed common columns that nothing has ended a row: after three of them.
_ENDED = slice(20 + 12 + 12, 48)
_uuid, _instant, _long = Kind.UUID.encode, Kind.INSTANT.encode, Kind.LONG.encode
_code, _text = Kind.CODE.encode, Kind.TEXT.encode

# Stands for the actor in facts read from rows that don't tell who it was.
UNSAID = Actor("system")


def packed_common(
    stream: UUID, source: str, event_id: str, at: datetime, sequence: int | None, learned: int
) -> bytes:
    """The columns that all rows of one event share, packed, of rows that nothing has ended."""
    first = (_uuid(stream), _instant(at), _long(learned), NULL, _long(sequence))
    return b"".join((*first, _code(source), _text(event_id)))


def key(ref: Ref | None) -> str | None:
    """A reference in one column: source and id with a blank between, which neither can hold."""
    return None if ref is None else f"{ref.source} {ref.id}"


def ref(text: str) -> Ref:
    """The reference that `key` wrote."""
    source, id_ = text.split(" ", 1)
    return Ref(source, id_)


def people(actors: Iterable[Actor]) -> tuple[list[UUID | None], list[str]]:
    """Actors in two columns: who they are, and in the same order in which function."""
    several = list(actors)
    return [actor.id for actor in several], [actor.function for actor in several]


class FactTable:
    """A table of facts of one kind, in every municipality's schema.

    `rare` is the condition, in SQL as statements write it, of few rows looked for among many.
    """

    def __init__(
        self,
        name: str,
        columns: Mapping[str, Kind],
        *,
        indexed: Sequence[str] = (),
        rare: str | None = None,
    ) -> None:
        self.name = name
        self.columns = columns
        self.indexed = indexed
        self.rare = rare
        self.feeds: list[tuple[type[Fact], RowOf]] = []
        self.fact_of: FactOf | None = None
        self._encoders = [kind.encode for kind in columns.values()]
        self._width = len(columns)
        self._count = Struct(">h").pack(len(COMMON) + len(columns))

    def row_from(self, type_: type[F]) -> Callable[[Callable[[F], Values]], Callable[[F], Values]]:
        """Say which row an event of this type, or of a subtype, brings."""

        def register(row_of: Callable[[F], Values]) -> Callable[[F], Values]:
            self.feeds.append((type_, row_of))
            return row_of

        return register

    def read_as(self, fact_of: FactOf) -> FactOf:
        """Say which fact a row tells: the event again, less what the row leaves out.

        So that a view folds rows with the very functions that fold events.
        """
        self.fact_of = fact_of
        return fact_of

    @property
    def create(self) -> str:
        """DDL of the table, with `{schema}` left open."""
        kinds = {**COMMON, **self.columns}
        columns = ", ".join(f"{name} {kind.sql}" for name, kind in kinds.items())
        return f"create table if not exists {{schema}}.{self.name} ({columns})"

    @property
    def indexes(self) -> list[str]:
        """DDL of the indexes: rows are found by stream, and by `indexed`; the rare by time."""
        of = {name: f"({name})" for name in ("stream", *self.indexed)}
        if self.rare:
            of["rare"] = f"(occurred_at) where {self.rare}"
        return [
            f"create index if not exists {self.name}_{name} on {{schema}}.{self.name} {what}"
            for name, what in of.items()
        ]

    def pack(self, values: Values) -> bytes:
        """The columns of its own, in binary COPY's form."""
        if len(values) != self._width:
            raise ValueError(f"{self.name} has {self._width} columns")
        return b"".join(map(call, self._encoders, values))

    def row(self, common: bytes, superseded: int | None, packed: bytes) -> bytes:
        """One row of binary COPY; `common` are its first columns, of a row that nothing ended."""
        if superseded is not None:
            ended = _long(superseded)
            common = b"".join((common[: _ENDED.start], ended, common[_ENDED.stop :]))
        return b"".join((self._count, common, packed))

    def live_row(self, common: bytes, values: Values) -> bytes:
        """The same of a row that nothing has ended."""
        if len(values) != self._width:
            raise ValueError(f"{self.name} has {self._width} columns")
        return b"".join((self._count, common, *map(call, self._encoders, values)))
