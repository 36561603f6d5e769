"""Which rows of a fact table are wanted, and the statement that reads them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.sql import SQL, Composed, Identifier, Placeholder

from projections.table import COMMON, FactTable

_ONLY = {
    "streams": SQL("and stream = any(%(streams)s::uuid[])"),
    "since": SQL("and occurred_at >= %(since)s"),
    "until": SQL("and occurred_at <= %(until)s"),
}


_TELLING = ("stream", "source", "event_id", "occurred_at", "sequence", "learned")


class Wanted(NamedTuple):
    """Columns of a table's rows, known at a position: `streams`, `since`, `until` and `among` say
    of which, as for `Question.rows`."""

    table: FactTable
    columns: tuple[str, ...]
    streams: Collection[UUID] | None = None
    since: datetime | None = None
    until: datetime | None = None
    among: Mapping[str, Sequence[Any]] | None = None

    @property
    def is_of_all(self) -> bool:
        """Whether it isn't narrowed to streams or values, and so may be read ahead."""
        return self.streams is None and self.among is None

    def statement(self, schema: str) -> bytes:
        """It takes `values`, and the position `at`."""
        only = tuple(name for name in _ONLY if getattr(self, name) is not None)
        return _select(schema, self.table, self.columns, only, tuple(self.among or ()))

    def values(self) -> dict[str, Any]:
        """What the statement takes."""
        among = {_among_name(name): list(held) for name, held in (self.among or {}).items()}
        ids = several(self.streams or ())
        return {"streams": ids, "since": self.since, "until": self.until, **among}


def telling(table: FactTable, **narrow: Any) -> Wanted:
    """All that a table keeps of the facts that its rows tell; `narrow` as in `Wanted`."""
    return Wanted(table, (*_TELLING, *table.columns), **narrow)


def several(ids: Iterable[UUID]) -> str:
    """An array of ids in the database's own writing: far sooner made than from a list."""
    return f"{{{','.join(id_.hex for id_ in ids)}}}"


@lru_cache(maxsize=4096)  # shapes: some hundred for each municipality
def _select(
    schema: str,
    table: FactTable,
    columns: tuple[str, ...],
    only: tuple[str, ...],
    among: tuple[str, ...],
) -> bytes:
    """A statement that reads rows. It is written once: that takes longer than many a read."""
    narrow = [*(_ONLY[name] for name in only), *([_among(table, among)] if among else [])]
    statement = SQL(
        "select {columns} from {table} where learned <= %(at)s"
        " and (superseded is null or superseded > %(at)s) {only}"
        ' order by occurred_at, coalesce(sequence, -1), event_id collate "C",'
        ' source collate "C"'
    ).format(
        columns=SQL(", ").join(map(Identifier, columns)),
        table=Identifier(schema, table.name),
        only=SQL(" ").join(narrow),
    )
    return statement.as_bytes(None)


def _among(table: FactTable, among: Iterable[str]) -> Composed:
    kinds = {**COMMON, **table.columns}
    return SQL("and ({}) in (select * from unnest({}))").format(
        SQL(", ").join(map(Identifier, among)),
        SQL(", ").join(
            SQL("{}::{}[]").format(Placeholder(_among_name(name), format="b"), SQL(kinds[name].sql))
            for name in among
        ),
    )


def _among_name(column: str) -> str:
    return f"among_{column}"
