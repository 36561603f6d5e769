"""The raw limits: what PostgreSQL does with the same events when nothing is asked of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
from psycopg.sql import SQL, Identifier

from bench.measure import timed
from bench.workload import Workload

COPIED_A_COMMIT = 1000

_TABLE = """CREATE TABLE raw_events (
 originator_id uuid NOT NULL, originator_version bigint NOT NULL, topic text NOT NULL,
 state bytea NOT NULL, notification_id bigserial,
 PRIMARY KEY (originator_id, originator_version));
CREATE UNIQUE INDEX ON raw_events (notification_id)"""

_COPY = """COPY raw_events (originator_id, originator_version, topic, state)
 FROM STDIN (FORMAT BINARY)"""

_INSERT = """INSERT INTO raw_events (originator_id, originator_version, topic, state)
 SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[])"""

VIEW = """CREATE TABLE IF NOT EXISTS {view} (stream uuid PRIMARY KEY, events bigint NOT NULL,
 last_by text, last_at timestamptz, minutes numeric)"""
"""One simple view, of the limit and of the stock library: what there is of each stream."""

# `OFFSET 0` keeps the planner from decoding an event once for each column.
_SELECT = """INSERT INTO limit_view
 SELECT originator_id, count(*),
  (array_agg(s->'data'->'actor'->>'function' ORDER BY originator_version DESC))[1],
  max((s->>'at')::timestamptz), sum((s->'data'->>'minutes')::numeric)
 FROM (SELECT originator_id, originator_version, convert_from(state, 'utf8')::jsonb AS s
  FROM {events} OFFSET 0) AS decoded GROUP BY originator_id"""

RawRow = tuple[UUID, int, str, bytes]


def raw_rows(workload: Workload) -> list[RawRow]:
    """The files' lines with the keys of an events table."""
    streams: dict[str, UUID] = {}
    versions: dict[UUID, int] = {}
    rows = []
    for line in workload.lines():
        event = msgspec.json.decode(line)
        stream = streams.setdefault(event["subject"], uuid4())
        versions[stream] = versions.get(stream, 0) + 1
        rows.append((stream, versions[stream], event["type"], line))
    return rows


def prepare_copy(url: str) -> None:
    """Make the table that is copied into: the keys and index of an events table."""
    with psycopg.connect(url) as connection:
        connection.execute(_TABLE)


def copy(url: str, rows: list[RawRow]) -> float:
    """Events a second by binary COPY."""
    with psycopg.connect(url) as connection, timed() as clock:
        for start in range(0, len(rows), COPIED_A_COMMIT):
            with connection.cursor().copy(_COPY) as copying:
                copying.set_types(["uuid", "int8", "text", "bytea"])
                for row in rows[start : start + COPIED_A_COMMIT]:
                    copying.write_row(row)
            connection.commit()
    return len(rows) / clock.seconds


def insert(connection: psycopg.Connection[Any], rows: Sequence[RawRow]) -> None:
    """One statement for all of them, and its commit; the connection commits by itself."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(_INSERT, columns, prepare=True, binary=True)


def select_into_view(connection: psycopg.Connection[Any], schemas: list[str]) -> float:
    """Events a second by one INSERT … SELECT for each municipality, every event decoded once."""
    connection.execute(VIEW.format(view="limit_view"))
    connection.execute("TRUNCATE limit_view")
    connection.commit()
    with timed() as clock:
        for schema in schemas:
            connection.execute(SQL(_SELECT).format(events=Identifier(schema, "events")))
            connection.commit()
    counted = connection.execute("SELECT sum(events)::bigint FROM limit_view").fetchone()
    connection.commit()
    assert counted is not None
    return float(counted[0]) / clock.seconds
