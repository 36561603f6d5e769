"""The projector: up to date, never twice, and anew when a view's definition changes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from projections import tracking
from services.builders import OtherProgramError
from services.projector import catch_up, prepare
from services.rebuilding import rebuild_all
from services.store.municipality import Municipality
from services.store.server import Server
from tests.services.projecting import following, until
from tests.services.store.sending import intake, sent

CLOSED = {"to": "2026-01-10", "reason": "job"}


def lines(municipality: Municipality) -> int:
    with municipality.transaction() as cursor:
        row = cursor.execute("SELECT count(*) FROM m0860.timeline").fetchone()
        return int(row[0]) if row else 0


@contextmanager
def from_four_sides(work: Callable[[], object]) -> Iterator[None]:
    """Four threads that do it, all of which have ended afterwards."""
    threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def test_catching_up_from_four_sides_at_once_takes_each_event_in_once(
    municipality: Municipality,
) -> None:
    prepare(municipality)
    municipality.append([intake(f"ev-{n}", f"c-{n}") for n in range(500)])
    with from_four_sides(lambda: catch_up(municipality)):
        pass
    assert lines(municipality) == 500
    with municipality.transaction() as cursor:
        assert tracking.reached(cursor, "m0860").position == municipality.head().position


def test_catching_up_from_four_sides_takes_single_events_in_once_each(
    municipality: Municipality,
) -> None:
    prepare(municipality)
    written = threading.Event()

    def follow() -> None:
        while not written.is_set():
            catch_up(municipality)
        catch_up(municipality)

    with from_four_sides(follow):
        try:
            for n in range(60):
                municipality.append([intake(f"ev-{n}", f"c-{n}")])
        finally:
            written.set()
    assert lines(municipality) == 60
    with municipality.transaction() as cursor:
        assert tracking.reached(cursor, "m0860").position == municipality.head().position


def test_tables_of_another_edition_are_left_alone(municipality: Municipality) -> None:
    prepare(municipality)
    municipality.append([intake("ev-1", "c-1")])
    with municipality.transaction() as cursor:
        cursor.execute("UPDATE m0860.definition SET fingerprint = 'of a later edition'")
    with pytest.raises(OtherProgramError):
        catch_up(municipality)
    assert lines(municipality) == 0


def test_few_events_that_say_much_come_in_as_well(municipality: Municipality) -> None:
    # 20 notes of 200,000 letters: more than a socket takes at once.
    prepare(municipality)
    much = [
        sent(f"ev-{n}", "course.closed.v1", f"c-{n}", **CLOSED, note="x" * 200_000)
        for n in range(20)
    ]
    municipality.append(much)
    assert catch_up(municipality) == municipality.head().position
    with municipality.transaction() as cursor:
        told = cursor.execute("SELECT length(note) > 200000 FROM m0860.timeline").fetchall()
    assert told == [(True,)] * 20


def test_a_view_whose_definition_has_changed_is_filled_anew_at_start(
    municipality: Municipality,
) -> None:
    prepare(municipality)
    municipality.append([intake("ev-1", "c-1")])
    catch_up(municipality)
    with municipality.transaction() as cursor:
        cursor.execute("ALTER TABLE m0860.timeline ADD COLUMN of_an_older_release text")
        cursor.execute("UPDATE m0860.definition SET fingerprint = 'of an older release'")
    prepare(municipality)
    assert lines(municipality) == 1
    with municipality.transaction() as cursor, pytest.raises(psycopg.errors.UndefinedColumn):
        cursor.connection.execute("SELECT of_an_older_release FROM m0860.timeline")


def test_the_projector_follows_every_municipality_and_survives_a_lost_connection(
    server: Server, database_url: str
) -> None:
    first = server.municipality("0860")
    first.append([intake("ev-1", "c-1")])
    with following(server):
        until(lambda: _count(database_url, "m0860") == 1)
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        first.append([intake("ev-2", "c-1")])
        server.municipality("0851").append([intake("ev-1", "c-1")])
        until(lambda: _count(database_url, "m0860") == 2 and _count(database_url, "m0851") == 1)


def test_a_municipality_that_cannot_be_projected_does_not_stop_the_others(
    server: Server, database_url: str
) -> None:
    for code in ("0851", "0860"):
        server.municipality(code).append([intake("ev-1", "c-1")])
    with psycopg.connect(database_url) as admin:
        admin.execute("UPDATE m0851.events SET topic = 'course.of-a-newer-release.v1'")
    with following(server):
        until(lambda: _count(database_url, "m0860") == 1)
        server.municipality("0860").append([intake("ev-2", "c-1")])
        until(lambda: _count(database_url, "m0860") == 2)
        assert _count(database_url, "m0851") == 0


def _count(url: str, schema: str) -> int:
    with psycopg.connect(url) as conn:
        try:
            row = conn.execute(f"SELECT count(*) FROM {schema}.timeline").fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
    return int(row[0]) if row else 0


def test_a_rebuild_gives_the_same_rows(municipality: Municipality) -> None:
    prepare(municipality)
    municipality.append([intake(f"ev-{n}", f"c-{n % 3}") for n in range(50)])
    catch_up(municipality)
    seen: list[int] = []
    assert rebuild_all(municipality, seen.append).position == municipality.head().position
    assert lines(municipality) == 50 and seen
