"""A log in a real database: filled, brought on, read, and what somebody does to it there."""

from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.audit.proof import standalone
from services.audit.proof.entries import envelope, event_entry
from services.audit.proof.log import Log
from services.audit.proof.tree import leaf_hash
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.mixed import mixed

NAME = "roedtraad.dk"


def fill(municipality: Municipality, many: int, writer: str = "a") -> None:
    """Store so many events without data of citizens who could be linked by events of ours."""
    events = (each for each in mixed(writer) if not each.topic.startswith("course.intake"))
    municipality.append(list(islice(events, many)))


def advance(log: Log, clock: Clock) -> int:
    """Bring the log to its end; how many leaves were added."""
    added = 0
    while some := log.advance(clock()):
        added += some
    return added


def leaves_of(municipality: Municipality) -> list[bytes]:
    """The leaves, worked out from the events table alone."""
    with municipality.transaction() as cursor:
        rows = event_rows(cursor, municipality.schema)
    assert all(envelope(state) for _, _, _, state, _ in rows)
    return [leaf_hash(event_entry(*row)) for row in rows]


def event_rows(cursor: Cursor[Any], schema: str) -> list[tuple[UUID, int, str, bytes, datetime]]:
    """Stream, version, name, state and time of recording of each event, in commit order."""
    return cursor.execute(
        SQL(
            "SELECT originator_id, originator_version, topic, state, recorded_at FROM {}"
            " ORDER BY notification_id"
        ).format(Identifier(schema, "events"))
    ).fetchall()


def notes_of(municipality: Municipality) -> list[str]:
    """The checkpoints, the smallest first."""
    table = Identifier(municipality.schema, "log_checkpoints")
    with municipality.transaction() as cursor:
        rows = cursor.execute(SQL("SELECT note FROM {} ORDER BY size").format(table))
        return [row[0] for row in rows]


def forget_notes(municipality: Municipality) -> None:
    """Take all notes away."""
    with municipality.transaction() as cursor:
        cursor.execute(
            SQL("DELETE FROM {}").format(Identifier(municipality.schema, "log_incoming"))
        )


def in_the_database(municipality: Municipality, *statements: str) -> None:
    """What somebody does who has the whole database in hand."""
    with municipality.transaction() as cursor:
        cursor.execute(SQL("SET search_path TO {}").format(Identifier(municipality.schema)))
        for statement in statements:
            cursor.execute(statement)


def verdict(tmp_path: Path, text: str, log: Log, *seen: str) -> dict[str, object]:
    """What the verifier says of a proof."""
    path = tmp_path / "proof"
    path.write_text(text)
    return standalone.judged(str(path), str(log.first_key()), seen)
