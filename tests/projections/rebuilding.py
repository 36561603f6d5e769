"""A rebuild of a log that is at hand, as if several processes had shared it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from projections.parking import Stored
from projections.rebuild import Block, amended_in, built_in, packed
from projections.rebuild import rebuild as rebuild_tables
from projections.tracking import Reached


def rebuild(
    cursor: psycopg.Cursor[Any],
    schema: str,
    log: Sequence[Stored],
    *,
    parts: int = 1,
    known: int | None = None,
) -> Reached:
    """Streams fall to the parts by their ids; only the first `known` events are there at first."""
    first = log[:known]

    def blocks() -> Iterable[Block]:
        for part in range(parts):
            own = [event for event in first if event.originator_id.int % parts == part]
            yield from packed([own], amended_in(own))

    def after(position: int) -> Iterator[Sequence[Stored]]:
        if rest := [event for event in log if event.position > position]:
            yield rest

    cursor.execute(SQL("create schema {}").format(Identifier(built_in(schema))))
    to = Reached(first[-1].position, first[-1].recorded_at) if first else Reached(0, None)
    return rebuild_tables(cursor, schema, to=to, blocks=blocks, after=after)
