"""What stands in a municipality's fact tables, for those who keep it running."""

from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL, Identifier

from domain.events.base import Fact
from domain.events.registry import REGISTRY
from projections.facts.all import TABLES
from projections.facts.timeline import TIMELINE
from projections.table import FactTable
from services.store.municipality import Municipality

_PARKED = SQL(
    "SELECT p.stream, p.position, p.topic, p.kind, p.since, p.attempts, (SELECT count(*)::int"
    " FROM {events} AS e WHERE e.originator_id = p.stream AND e.notification_id >= p.position)"
    " FROM {parked} AS p ORDER BY p.position"
)


@dataclass(frozen=True)
class Table:
    """A fact table, how many rows it has, and the events that bring them."""

    name: str
    rows: int
    events: str


def tables_of(store: Municipality) -> list[Table]:
    """All fact tables, in the order in which they are declared."""
    with store.transaction() as cursor:
        return [Table(one.name, _count(cursor, store.schema, one), _fed_by(one)) for one in TABLES]


def _count(cursor: Any, schema: str, table: FactTable) -> int:
    counted = SQL("SELECT count(*)::int FROM {}").format(Identifier(schema, table.name))
    (rows,) = cursor.execute(counted).fetchone()
    return int(rows)


def _fed_by(table: FactTable) -> str:
    if table is TIMELINE:
        return "*"
    return ", ".join(dict.fromkeys(name for type_, _ in table.feeds for name in _names(type_)))


def _names(fed_by: type[Fact]) -> list[str]:
    """What a type is called; of a base class, whatever stream it is of."""
    if fed_by.NAME:
        return [fed_by.NAME]
    return ["*." + type_.NAME.partition(".")[2] for type_ in REGISTRY if issubclass(type_, fed_by)]


def parked_in(store: Municipality) -> list[dict[str, Any]]:
    """The parked streams: where each stopped and why, and how many of its events wait."""
    statement = _PARKED.format(
        events=Identifier(store.schema, "events"), parked=Identifier(store.schema, "parked")
    )
    names = ("stream", "position", "event", "error", "since", "attempts", "waiting")
    with store.transaction() as cursor:
        return [dict(zip(names, row, strict=True)) for row in cursor.execute(statement)]
