"""All tables anew from the log: the same rows as those that came live."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import psycopg

from domain.envelope import Recorded
from projections.apply import apply
from projections.schema import create_tables, drop_tables, note_definition

Cursor = psycopg.Cursor[Any]

BATCH = 10_000


def _batches(events: Iterable[Recorded], size: int) -> Iterator[list[Recorded]]:
    rest = iter(events)
    while batch := list(islice(rest, size)):
        yield batch


def rebuild(
    cursor: Cursor,
    schema: str,
    events: Iterable[Recorded],
    *,
    batch: int = BATCH,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Drop the tables of a schema and fill them from the log in commit order.

    All of it is in the caller's transaction; `progress` is told how many events are done.
    """
    create_tables(cursor, schema)  # the tracking, where all is missing
    drop_tables(cursor, schema)
    create_tables(cursor, schema)
    note_definition(cursor, schema)
    done = 0
    for some in _batches(events, batch):
        done += apply(cursor, schema, some)
        progress(done)
    return done
