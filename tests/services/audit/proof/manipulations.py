"""What somebody with the whole database in hand may do to a signed history, at random places."""

import random
from collections.abc import Callable
from typing import Any

from psycopg import Cursor
from psycopg.sql import SQL, Identifier, Literal

from services.audit.proof.entries import EVENTS, event_entry
from services.audit.proof.tiles import Edge, Tiles
from services.audit.proof.tree import leaf_hash
from tests.services.audit.proof.signed_case import EVENTS_IN_ALL, Case
from tests.services.audit.proof.signed_log import event_rows

Manipulation = Callable[[Case, Cursor[Any], random.Random], None]


def place(case: Case, dice: random.Random) -> Literal:
    """The position of any event."""
    with case.store.transaction() as cursor:
        rows = cursor.execute(
            SQL("SELECT notification_id FROM {} ORDER BY 1").format(case.table("events"))
        ).fetchall()
    return Literal(dice.choice(rows)[0])


def edit(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """Another byte somewhere in what was stored."""
    cursor.execute(
        SQL(
            "UPDATE {} SET state = set_byte(state, n, get_byte(state, n) # 1) FROM"
            " (SELECT (length(state) * {})::int AS n FROM {} WHERE notification_id = {}) AS at"
            " WHERE notification_id = {}"
        ).format(
            case.table("events"),
            Literal(dice.random() * 0.99),
            case.table("events"),
            at := place(case, dice),
            at,
        )
    )


def rename(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """An event of another name, stream or version."""
    change = dice.choice(
        [
            "topic = topic || 'x'",
            "originator_id = gen_random_uuid()",
            "originator_version = originator_version + 9000",
        ]
    )
    cursor.execute(
        SQL("UPDATE {} SET " + change + " WHERE notification_id = {}").format(
            case.table("events"), place(case, dice)
        )
    )


def retime(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """Recorded at another time, by a microsecond or by days."""
    cursor.execute(
        SQL(
            "UPDATE {} SET recorded_at = recorded_at + {}::interval WHERE notification_id = {}"
        ).format(
            case.table("events"),
            Literal(dice.choice(["1 microsecond", "-1 microsecond", "-30 days"])),
            place(case, dice),
        )
    )


def delete(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """An event is gone."""
    cursor.execute(
        SQL("DELETE FROM {} WHERE notification_id = {}").format(
            case.table("events"), place(case, dice)
        )
    )


def truncate(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """All from one on are gone."""
    cursor.execute(
        SQL("DELETE FROM {} WHERE notification_id >= {}").format(
            case.table("events"), place(case, dice)
        )
    )


def swap(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """Two events have changed places."""
    one = place(case, dice)
    other = one
    while other == one:
        other = place(case, dice)
    for old, new in ((one, Literal(-1)), (other, one), (Literal(-1), other)):
        cursor.execute(
            SQL("UPDATE {} SET notification_id = {} WHERE notification_id = {}").format(
                case.table("events"), new, old
            )
        )


def insert(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """An event that never was, before, between or after the others."""
    cursor.execute(
        SQL(
            "INSERT INTO {0} (notification_id, originator_id, originator_version, topic, state,"
            " recorded_at) SELECT {1}, gen_random_uuid(), 1, topic, state, recorded_at FROM {0}"
            " WHERE notification_id = {2}"
        ).format(case.table("events"), Literal(dice.choice([-5, 0, 10**6])), place(case, dice))
    )


def insert_between(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """An event that never was, and all that came after moved on."""
    at = place(case, dice)
    for step in ("notification_id + 1000000", "notification_id - 999999"):
        cursor.execute(
            SQL("UPDATE {} SET notification_id = " + step + " WHERE notification_id >= {}").format(
                case.table("events"), at
            )
        )
    cursor.execute(
        SQL(
            "INSERT INTO {0} (notification_id, originator_id, originator_version, topic, state,"
            " recorded_at) SELECT {1}, gen_random_uuid(), 1, topic, state, recorded_at FROM {0}"
            " ORDER BY notification_id LIMIT 1"
        ).format(case.table("events"), at)
    )


KINDS: list[Manipulation] = [edit, rename, retime, delete, truncate, swap, insert, insert_between]


def statement(text: str) -> Manipulation:
    """One statement on the log's own tables; `{n}` is any number up to 700, `{tile}` any tile."""

    def run(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
        cursor.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(case.store.schema)))
        cursor.execute(text.format(n=dice.randrange(1, EVENTS_IN_ALL), tile=dice.randint(0, 2)))

    run.__name__ = text
    return run


def work_out_anew(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """The tree as the events would have it."""
    edge = Edge(0, {})
    for position, row in enumerate(event_rows(cursor, case.store.schema)):
        edge.add(leaf_hash(event_entry(*row)), position)
    cursor.execute(SQL("DELETE FROM {} WHERE log = 'events'").format(case.table("log_tiles")))
    Tiles(cursor, case.store.schema, EVENTS).write(edge.written())


OWN: list[Manipulation] = [
    work_out_anew,
    *map(
        statement,
        (
            "DELETE FROM log_tiles WHERE level = 0 AND n = {tile}",
            "UPDATE log_tiles SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)",
            "UPDATE log_tiles SET hashes = substr(hashes, 1, 64) WHERE n = {tile}",
            "DELETE FROM log_checkpoints WHERE size > {n}",
            "UPDATE log_checkpoints SET size = {n} WHERE size = 300",
            "UPDATE log_checkpoints SET note = replace(note, '700', '{n}')",
            "UPDATE log_checkpoints SET note = split_part(note, chr(10), {tile} + 1)",
            "UPDATE log_ends SET size = {n}",
            "UPDATE log_ends SET position = {n}",
            "UPDATE log_ends SET position = -{n}, size = 0",
            "DELETE FROM log_ends",
            "UPDATE log_keys SET since = {n}",
            "UPDATE log_keys SET vkey = 'a+b'",
            "UPDATE log_keys SET vkey = 'roedtraad.dk/0751/events+' || split_part(vkey, '+', 2)",
            "DELETE FROM log_keys",
            "DELETE FROM log_incoming",
            "UPDATE log_incoming SET last = {n}",
            "DELETE FROM receipts WHERE position > {n}",
        ),
    ),
]
