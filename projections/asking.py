"""How a question is put and answered: of what moment, as known when, and up to which position.

All reads of one question are bounded by one position, found first. Rows change in one way only,
by being ended at a later position, so an answer is of one piece though it takes several reads and
the projector goes on meanwhile.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row
from psycopg.sql import SQL, Identifier

from domain.calendar import day_of
from projections import tracking
from projections.table import FactTable

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Municipality:
    """Where a municipality's rows are, and what it is called in answers."""

    code: str
    name: str
    schema: str


class Answer(NamedTuple):
    """Rows, the position in the log that they reflect, and when that position was recorded."""

    rows: list[dict[str, Any]]
    position: int
    recorded_at: datetime | None


class Question:
    """One question to one municipality.

    `as_of` is the moment that is asked about: its day in Copenhagen for what holds by days. Rows
    are those known at the position `known_at`, or at what has been reached when that is less.
    """

    def __init__(
        self,
        connection: Connection,
        schema: str,
        *,
        as_of: datetime | None = None,
        known_at: int | None = None,
    ) -> None:
        self.connection = connection
        self.schema = schema
        self.as_of = as_of or datetime.now(UTC)
        self.reached = tracking.reached(connection.cursor(), schema)
        self.position = self.reached.position
        if known_at is not None:
            self.position = min(known_at, self.position)

    @property
    def day(self) -> date:
        """The day in Copenhagen that is asked about."""
        return day_of(self.as_of)

    def rows(
        self, table: FactTable, *columns: str, streams: Collection[UUID] | None = None
    ) -> Sequence[Any]:
        """Rows known at the position: named tuples of the columns, in fold order.

        With `streams`, those streams only. Rows of any time are given, later ones than `as_of` too.
        """
        statement = SQL(
            "select {columns} from {table} where learned <= %(at)s"
            " and (superseded is null or superseded > %(at)s) {only}"
            " order by occurred_at, coalesce(sequence, -1), event_id collate \"C\","
            " source collate \"C\""
        ).format(
            columns=SQL(", ").join(map(Identifier, columns)),
            table=Identifier(self.schema, table.name),
            only=SQL("" if streams is None else "and stream = any(%(streams)s)"),
        )
        cursor = self.connection.cursor(binary=True, row_factory=namedtuple_row)
        values = {"at": self.position, "streams": list(streams or ())}
        return cursor.execute(statement, values, prepare=True).fetchall()

    def happened(
        self, table: FactTable, *columns: str, streams: Collection[UUID] | None = None
    ) -> Sequence[Any]:
        """The same, without what happened after the moment asked about."""
        rows = self.rows(table, "occurred_at", *columns, streams=streams)
        return [row for row in rows if row.occurred_at <= self.as_of]

    def answer(self, rows: list[dict[str, Any]]) -> Answer:
        """The rows with the position they reflect."""
        return Answer(rows, self.position, self.reached.recorded_at)


def across(
    municipalities: Sequence[Municipality], ask: Callable[[Municipality], Answer]
) -> list[tuple[Municipality, Answer]]:
    """One question to several municipalities: each answer reflects a position of its own."""
    return [(municipality, ask(municipality)) for municipality in municipalities]
