"""How a question is put and answered: of what moment, as known when, and up to which position.

All reads of one question are bounded by one position, found first. The projector brings rows at
later positions only, and ends others there, so an answer is of one piece though it takes several
reads. What changes earlier ones, a rebuild or a parked stream tried again, waits for its end.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from typing import Any, LiteralString, NamedTuple, TypeVar
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row, tuple_row
from psycopg.sql import SQL, Identifier, Placeholder

from domain.calendar import day_of, instants
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.folding import Telling, Told
from domain.reckoning import Figure
from domain.values import Period, Ref
from projections import tracking
from projections.facts.timeline import TIMELINE
from projections.paging import WHOLE, L, Ordered, Page, Place, Reading, S
from projections.selecting import Wanted, telling
from projections.table import FactTable
from projections.tracking import Reached

Connection = psycopg.Connection[Any]
T = TypeVar("T")


_MONTH = SQL("date_trunc('month', occurred_at at time zone 'Europe/Copenhagen')::date")
_NO_EVENT = UUID(int=0)


def _told(row: Any, table: FactTable) -> Recorded:
    if table.fact_of is None:
        raise LookupError(f"rows of {table.name} tell no facts")
    fact = table.fact_of(row)
    return Recorded(
        originator_id=row.stream,
        originator_version=0,
        position=row.learned,
        topic=fact.NAME,
        event_id=_NO_EVENT,
        occurred_at=row.occurred_at,
        recorded_at=row.occurred_at,
        source=row.source,
        source_id=row.event_id,
        sequence=row.sequence,
        fact=fact,
    )


def _counts(row: Any, table: FactTable) -> Told[Fact]:
    """What a row tells. Only events that count have rows, so a fold needn't look for amendments."""
    if table.fact_of is None:
        raise LookupError(f"rows of {table.name} tell no facts")
    sequence = -1 if row.sequence is None else row.sequence
    order = (row.occurred_at, sequence, row.event_id, row.source)
    return Told(table.fact_of(row), row.occurred_at, Ref(row.source, row.event_id), order)


@dataclass(frozen=True)
class Municipality:
    """Where a municipality's rows are, and what it is called in answers."""

    code: str
    name: str
    schema: str


Behind = Callable[[], Iterable[Ref]]
"""Gives the events that a row was worked out from; asked only where somebody wants to know."""


Figures = Callable[[], Iterable[Figure]]
"""Tells how the figures of a row are made; asked only where somebody wants to know."""


class Answer(NamedTuple):
    """Rows, the position in the log that they reflect, and when that position was recorded.

    `behind` has one for each row, or none at all where nobody can ask; `places` one for each row
    of a list, by which it can be read on. `total` is how many rows the list has that this may be a
    page of, None where that would take reading them. `figures` has one for each row, as `behind`.
    """

    rows: list[dict[str, Any]]
    position: int
    recorded_at: datetime | None
    behind: Sequence[Behind] = ()
    places: Sequence[Place] = ()
    total: int | None = None
    figures: Sequence[Figures] = ()


class Question:
    """One question to one municipality, within one transaction of the connection's.

    `as_of` is the moment that is asked about, now unless given: its day in Copenhagen for what
    holds by days. Rows
    are those known at the position `known_at`, or at what has been reached when that is less.
    """

    def __init__(
        self,
        connection: Connection,
        schema: str,
        *,
        as_of: datetime | None = None,
        known_at: int | None = None,
        page: Page = WHOLE,
    ) -> None:
        self.reading = Reading(page)
        self.connection = connection
        self.schema = schema
        reached = tracking.held(connection.cursor(row_factory=tuple_row), schema)
        self.as_of = as_of or self._now()
        if known_at is not None and known_at < reached.position:
            reached = Reached(known_at, self._recorded_at(known_at))
        self.position, self.recorded_at = reached
        self._once: dict[Hashable, Any] = {}
        self._ahead: dict[Wanted, Sequence[Any]] = {}

    def in_chunks(
        self,
        subjects: Ordered[S],
        lines_of: Callable[[Sequence[S]], Iterable[Iterable[L]]],
        columns: Sequence[str] = ("course",),
        *,
        one_each: bool = False,
    ) -> Iterator[L]:
        """The lines of subjects in their order, read so far as a page goes: as `Reading` does."""
        return self.reading.in_chunks(subjects, lines_of, columns, one_each=one_each)

    def once(self, work: Callable[["Question"], T]) -> T:
        """What `work` reads of this question; read again only by another question."""
        if work not in self._once:
            self._once[work] = work(self)
        found: T = self._once[work]
        return found

    def _now(self) -> datetime:
        """What the database's clock says."""
        row = self.connection.cursor(row_factory=tuple_row).execute("select now()").fetchone()
        assert row is not None
        now: datetime = row[0]
        return now

    def _recorded_at(self, position: int) -> datetime | None:
        """When the last event up to a position was recorded."""
        statement = SQL(
            "select recorded_at from {} where learned <= %s order by learned desc limit 1"
        ).format(Identifier(self.schema, TIMELINE.name))
        cursor = self.connection.cursor(row_factory=tuple_row)
        row = cursor.execute(statement, (position,)).fetchone()
        return row[0] if row else None

    @cached_property
    def day(self) -> date:
        """The day in Copenhagen that is asked about."""
        return day_of(self.as_of)

    def rows(
        self,
        table: FactTable,
        *columns: str,
        streams: Collection[UUID] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        among: Mapping[str, Sequence[Any]] | None = None,
    ) -> Sequence[Any]:
        """Rows known at the position: named tuples of the columns, in fold order.

        With `streams`, those streams only. Rows of any time are given, later ones than `as_of`
        too, unless `since` and `until` say between which instants, both included. `among` are
        columns and their values, one beside the other, of which rows must have one combination.
        """
        (found,) = self.each([Wanted(table, columns, streams, since, until, among)])
        return found

    def each(self, wanted: Sequence[Wanted]) -> list[Sequence[Any]]:
        """The same of several tables, in one round trip."""
        if all(one.is_of_all and one in self._ahead for one in wanted):
            return [self._ahead[one] for one in wanted]
        if len(wanted) < 2:
            return [self._sent(one).fetchall() for one in wanted]
        with self.connection.pipeline():
            cursors = [self._sent(one) for one in wanted]
            return [cursor.fetchall() for cursor in cursors]

    def ahead(self, *several: Iterable[Wanted]) -> None:
        """Read in one round trip what will be asked for one after another; `each` gives it then.

        None of it may be narrowed to streams or values.
        """
        wanted = list(dict.fromkeys(chain.from_iterable(several)))
        self._ahead |= zip(wanted, self.each(wanted), strict=True)

    def _sent(self, wanted: Wanted) -> psycopg.Cursor[Any]:
        """A cursor of these rows; in a pipeline they are waited for when they are fetched."""
        cursor = self.connection.cursor(binary=True, row_factory=namedtuple_row)
        values = {"at": self.position, **wanted.values()}
        return cursor.execute(wanted.statement(self.schema), values, prepare=True)

    def streams(self, table: FactTable, condition: LiteralString, **values: Any) -> set[UUID]:
        """The streams with a row known at the position for which an SQL condition holds."""
        statement = SQL(
            "select distinct stream from {} where learned <= %(at)s"
            " and (superseded is null or superseded > %(at)s) and ({})"
        ).format(Identifier(self.schema, table.name), SQL(condition))
        cursor = self.connection.cursor(binary=True, row_factory=tuple_row)
        found = cursor.execute(statement, {"at": self.position, **values}, prepare=True)
        return {stream for (stream,) in found}

    def grouped(
        self,
        table: FactTable,
        by: Sequence[str],
        *,
        total: str,
        only: Mapping[str, str],
        period: Period | None = None,
    ) -> Sequence[tuple[Any, ...]]:
        """Count and sum `total` of what happened up to the moment asked about, largest sum first.

        `only` are columns that must hold these values. With `period` what happened on its days
        only. Of `by`, `month` is the first day of the month in Copenhagen.
        """
        statement = SQL(
            "select {by}, count(*)::int, sum({total})::bigint from {table}"
            " where learned <= %(at)s and (superseded is null or superseded > %(at)s)"
            " and occurred_at <= %(as_of)s and occurred_at >= %(since)s and occurred_at < %(until)s"
            " {only} group by {places} order by sum({total}) desc, {places}"
        ).format(
            by=SQL(", ").join(_MONTH if name == "month" else Identifier(name) for name in by),
            places=SQL(", ").join(SQL(str(n)) for n in range(1, len(by) + 1)),
            total=Identifier(total),
            table=Identifier(self.schema, table.name),
            only=SQL("").join(
                SQL("and {} = {}").format(Identifier(name), Placeholder(name)) for name in only
            ),
        )
        cursor = self.connection.cursor(binary=True, row_factory=tuple_row)
        since, until = instants(period)
        values = {"at": self.position, "as_of": self.as_of, "since": since, "until": until}
        return cursor.execute(statement, {**values, **only}).fetchall()

    def happened(
        self, table: FactTable, *columns: str, streams: Collection[UUID] | None = None
    ) -> Sequence[Any]:
        """The same, without what happened after the moment asked about."""
        return self.rows(table, "occurred_at", *columns, streams=streams, until=self.as_of)

    def facts(
        self,
        *tables: FactTable,
        streams: Collection[UUID] | None = None,
        **narrow: Any,
    ) -> list[Recorded]:
        """The same rows as events again, with what the tables keep of them; of any time too.

        `narrow` as for `rows`.
        """
        found = self._telling(dict.fromkeys(tables, streams), narrow)
        return [_told(row, table) for table, rows in found for row in rows]

    def tellings(
        self,
        *tables: FactTable,
        one_of: Mapping[UUID, UUID],
        streams: Collection[UUID] | None = None,
        **narrow: Any,
    ) -> dict[UUID, Telling]:
        """The same, as folds read them: by stream, linked ones by the id that stands for them.

        `narrow` as for `rows`.
        """
        return self.tellings_of(dict.fromkeys(tables, streams), one_of=one_of, **narrow)

    def tellings_of(
        self,
        tables: Mapping[FactTable, Collection[UUID] | None],
        *,
        one_of: Mapping[UUID, UUID],
        **narrow: Any,
    ) -> dict[UUID, Telling]:
        """The same, of each table the streams beside it only, where there are any."""
        found: defaultdict[UUID, Telling] = defaultdict(Telling)
        for table, rows in self._telling(tables, narrow):
            for row in rows:
                found[one_of[row.stream]].add(_counts(row, table))
        return dict(found)

    def _telling(
        self, tables: Mapping[FactTable, Collection[UUID] | None], narrow: Mapping[str, Any]
    ) -> Iterable[tuple[FactTable, Sequence[Any]]]:
        """Of each table the rows that tell its facts."""
        wanted = [telling(table, streams=of, **narrow) for table, of in tables.items()]
        return zip(tables, self.each(wanted), strict=True)

    def answer(
        self,
        rows: list[dict[str, Any]],
        behind: Sequence[Behind] = (),
        places: Sequence[Place] = (),
    ) -> Answer:
        """The rows with the position they reflect."""
        return Answer(rows, self.position, self.recorded_at, behind, places)
