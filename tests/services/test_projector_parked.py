"""An event that can't be brought into rows: it parks its own stream, in order, and nothing else."""

from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import PersistenceError

from domain.events.course import Closed
from projections import parking
from projections.apply import apply
from projections.batch import FEEDS
from projections.facts.courses import CLOSINGS
from services.freshness import freshness_at
from services.projector import catch_up, prepare
from services.rebuilding import rebuild_all
from services.retrying import retry
from services.store.municipality import Municipality
from services.store.server import Server
from tests.services.store.sending import SOURCE, intake, sent
from tests.services.tables import rows_of

UNKNOWN = "topic = 'course.of-a-later-release.v1'"
BROKEN = "state = '{'"
# Text with a NUL can be read and packed, but PostgreSQL refuses it.
REFUSED = (
    r"""state = convert_to(replace(convert_from(state, 'utf8'), '"job"', '"j\u0000b"'), 'utf8')"""
)


def closing(id: str, course: str, day: str = "2026-01-10") -> Any:
    return sent(id, "course.closed.v1", course, to=day, reason="job")


def tell(municipality: Municipality) -> None:
    """Two courses; of each an intake, a closing, a correction of the closing, a reopening."""
    correction: dict[str, Any] = {
        "corrects": {"id": "close-a"},
        "reason": "typing-error",
        "replacement": {
            "type": "dk.roedtraad.course.closed.v1",
            "time": "2026-01-11T08:00:00+00:00",
            "data": {"actor": {"function": "caseworker"}, "to": "2026-01-09", "reason": "job"},
        },
    }
    municipality.append([intake("in-a", "a"), intake("in-b", "b")])
    municipality.append([closing("close-a", "a"), closing("close-b", "b")])
    municipality.append([sent("fix-a", "course.event-corrected.v1", "a", **correction)])
    again = {"from_": "2026-01-12", "reason": "new-need"}
    municipality.append([sent(f"again-{c}", "course.reopened.v1", c, **again) for c in "ab"])


def poison(url: str, how: str) -> bytes:
    """Spoil the closing of course a; gives what it was."""
    with psycopg.connect(url) as admin:
        where = "convert_from(state, 'utf8') LIKE '%\"close-a\"%' AND topic = 'course.closed.v1'"
        [(state,)] = admin.execute(f"SELECT state FROM m0860.events WHERE {where}").fetchall()
        admin.execute(f"UPDATE m0860.events SET {how} WHERE {where}")
        return bytes(state)


def mend(url: str, state: bytes) -> None:
    with psycopg.connect(url) as admin:
        admin.execute(
            "UPDATE m0860.events SET topic = 'course.closed.v1', state = %s WHERE notification_id ="
            " (SELECT position FROM m0860.parked)",
            (state,),
        )


def parked(municipality: Municipality) -> list[parking.Parked]:
    with municipality.transaction() as cursor:
        return parking.parked(cursor, municipality.schema)


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        (UNKNOWN, "UnknownEventError"),
        (BROKEN, "DecodeError"),
        (REFUSED, "CharacterNotInRepertoire"),
    ],
)
def test_a_poisoned_stream_waits_in_order_and_comes_back_as_if_nothing_had_been(
    municipality: Municipality, database_url: str, how: str, kind: str
) -> None:
    prepare(municipality)
    tell(municipality)
    catch_up(municipality)
    whole = rows_of(municipality)
    state = poison(database_url, how)
    rebuild_all(municipality)
    [one] = parked(municipality)
    assert one.kind == kind
    assert one.stream == municipality.find("course", "a", SOURCE)
    # The intake of a came before; of b nothing is missing.
    assert _told(database_url) == {"a": ["in-a"], "b": ["in-b", "close-b", "again-b"]}
    assert retry(municipality) == (0, 1)
    with municipality.transaction() as cursor:
        up_to, before = (
            freshness_at(municipality, cursor, position, municipality.clock()).parked
            for position in (one.position, one.position - 1)
        )
        assert (up_to, before) == ((1, one.position), (0, None))
        attempts = cursor.execute("SELECT attempts FROM m0860.parked").fetchall()
    assert attempts == [(2,)]
    mend(database_url, state)
    assert retry(municipality) == (1, 0)
    assert parked(municipality) == []
    assert rows_of(municipality) == whole


def _told(url: str) -> dict[str, list[str]]:
    """The ids of the timeline, by course."""
    with psycopg.connect(url) as admin:
        rows = admin.execute(
            "SELECT event_id FROM m0860.timeline WHERE brought_by IS NULL ORDER BY learned"
        ).fetchall()
    ids = [row[0] for row in rows]
    return {course: [id for id in ids if id.endswith(f"-{course}")] for course in "ab"}


@pytest.mark.parametrize("how", [UNKNOWN, BROKEN, REFUSED])
def test_a_poison_that_comes_live_parks_its_stream_and_no_other(
    municipality: Municipality, database_url: str, how: str
) -> None:
    prepare(municipality)
    tell(municipality)
    state = poison(database_url, how)
    assert catch_up(municipality) == municipality.head().position
    municipality.append([closing("late-a", "a", "2026-01-12"), closing("late-b", "b")])
    catch_up(municipality)
    assert _told(database_url) == {"a": ["in-a"], "b": ["in-b", "close-b", "again-b", "late-b"]}
    mend(database_url, state)
    assert retry(municipality) == (1, 0)
    assert _told(database_url)["a"] == ["in-a", "close-a", "fix-a", "again-a", "late-a"]
    live = rows_of(municipality)
    rebuild_all(municipality)
    assert rows_of(municipality) == live


def test_a_fault_in_what_makes_the_rows_parks_and_a_fixed_program_brings_them(
    municipality: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(municipality)
    tell(municipality)
    with monkeypatch.context() as fault:
        feeds: Any = FEEDS
        broken = [(CLOSINGS, lambda fact: 1 / 0)]
        fault.setitem(feeds, Closed, broken)
        catch_up(municipality)
        assert [one.kind for one in parked(municipality)] == ["ZeroDivisionError"] * 2
        assert retry(municipality) == (0, 2)
    assert retry(municipality) == (2, 0)
    live = rows_of(municipality)
    rebuild_all(municipality)
    assert rows_of(municipality) == live


def test_nothing_of_what_an_event_says_is_kept_of_the_error(
    municipality: Municipality, database_url: str
) -> None:
    prepare(municipality)
    tell(municipality)
    poison(database_url, BROKEN)
    catch_up(municipality)
    with municipality.transaction() as cursor:
        row = cursor.execute("SELECT topic, kind FROM m0860.parked").fetchone()
    assert row == ("course.closed.v1", "DecodeError")


def test_a_database_that_goes_away_parks_nothing(
    server: Server, municipality: Municipality, database_url: str
) -> None:
    prepare(municipality)
    tell(municipality)
    with pytest.raises(PersistenceError):
        _apply_without_database(municipality, database_url)
    server.pool.check()
    assert catch_up(municipality) == municipality.head().position
    assert parked(municipality) == []


def _apply_without_database(municipality: Municipality, url: str) -> None:
    with municipality.transaction() as cursor:
        events = next(municipality.log_reader.batches(cursor, 0))
        with psycopg.connect(url, autocommit=True) as admin:
            pid = cursor.connection.info.backend_pid
            admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
        apply(cursor, municipality.schema, events)
