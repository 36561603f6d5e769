"""A rebuild exchanges the tables beneath those who read them, and none of these notices."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
import pytest
from psycopg.rows import tuple_row

from projections import tracking
from services import rebuilding
from services.crew import Crew
from services.edge.incoming import Incoming
from services.projector import catch_up, prepare
from services.rebuilding import HeldError, rebuild_all
from services.store.municipality import Municipality
from tests.services.beside import running
from tests.services.projecting import until
from tests.services.store.sending import intake, sent
from tests.soaking import runs

COURSES = 400
CLOSING = {"to": "2026-01-10", "reason": "job"}


@pytest.fixture
def store(municipality: Municipality) -> Municipality:
    """Courses that were opened and closed, in the tables."""
    prepare(municipality)
    municipality.append([intake(f"in-{n}", f"c-{n}") for n in range(COURSES)])
    municipality.append([closed(n) for n in range(COURSES)])
    catch_up(municipality)
    return municipality


def closed(course: int) -> Incoming:
    return sent(f"out-{course}", "course.closed.v1", f"c-{course}", **CLOSING)


@pytest.mark.soak
def test_readers_never_see_a_half_or_a_mixture_while_tables_are_rebuilt_under_load(
    store: Municipality, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "MANY", 0)  # by several processes, however few events
    answers: list[tuple[int, int, int]] = []

    def read(stop: threading.Event) -> None:
        with psycopg.connect(database_url, row_factory=tuple_row) as connection:
            while not stop.is_set():
                with connection.transaction():
                    answers.append(_answer(connection.cursor()))

    def write(stop: threading.Event) -> None:
        n = COURSES
        while not stop.is_set():
            store.append([intake(f"in-{n}", f"c-{n}")])
            store.append([closed(n)])
            catch_up(store)
            n += 1

    with running(read), running(read), running(write), Crew(database_url, 2) as crew:
        for _ in range(runs(4)):
            _tamper(database_url)
            rebuild_all(store, crew=crew)
    assert len(answers) > 20
    for opened, ended, tampered in answers:
        assert opened >= COURSES
        assert opened - ended in (0, 1)  # the intake is written first
        assert tampered in (0, 2)  # both tables are the old ones, or both the new
    assert {tampered for *_, tampered in answers} == {0, 2}


def _answer(cursor: "psycopg.Cursor[tuple[int, ...]]") -> tuple[int, int, int]:
    """One answer by several reads, as a question makes them."""
    tracking.hold(cursor, "m0860")
    at = tracking.reached(cursor, "m0860").position
    counts = []
    for table in ("intakes", "closings"):
        row = cursor.execute(
            f"SELECT count(*), (bool_or(source = 'tampered'))::int FROM m0860.{table}"
            " WHERE learned <= %s",
            (at,),
        ).fetchone()
        assert row is not None
        counts.append(row)
    return counts[0][0], counts[1][0], counts[0][1] + counts[1][1]


def _tamper(url: str) -> None:
    """Mark the live tables, both at once for whoever holds them."""
    with psycopg.connect(url) as admin, admin.transaction():
        tracking.hold_alone(admin.cursor(), "m0860")
        for table in ("intakes", "closings"):
            admin.execute(
                f"UPDATE m0860.{table} SET source = 'tampered' WHERE learned ="
                f" (SELECT min(learned) FROM m0860.{table})"
            )


def test_readers_who_overlap_at_all_times_do_not_keep_a_rebuild_from_its_end(
    store: Municipality, database_url: str
) -> None:
    def read(stop: threading.Event) -> None:
        """An answer of half a second, and the next one at once."""
        with psycopg.connect(database_url) as connection:
            while not stop.is_set():
                with connection.transaction():
                    tracking.hold(connection.cursor(), store.schema)
                    connection.execute("SELECT pg_sleep(0.5)")

    with ExitStack() as readers:
        for _ in range(4):  # one ends every eighth of a second
            readers.enter_context(running(read))
            threading.Event().wait(0.125)
        assert rebuild_all(store).position == store.head().position


@pytest.mark.parametrize(
    "holds",
    [
        "SELECT pg_advisory_xact_lock_shared(hashtextextended('m0860.facts held', 0))",
        "LOCK TABLE m0860.timeline IN ACCESS SHARE MODE",
        "LOCK TABLE m0860.timeline IN SHARE UPDATE EXCLUSIVE MODE",
    ],
    ids=["an answer", "a copy of the database", "a vacuum"],
)
def test_whoever_is_slow_keeps_the_old_tables_and_all_others_go_on(
    store: Municipality, database_url: str, holds: str
) -> None:
    with (
        ThreadPoolExecutor(1) as thread,
        psycopg.connect(database_url) as slow,
        psycopg.connect(database_url) as others,
    ):
        slow.execute(holds)
        old = _tables(slow)
        built = thread.submit(rebuild_all, store)
        try:
            until(lambda: _waits(database_url))
            for n in range(COURSES, COURSES + 5):
                [written] = store.append([intake(f"in-{n}", f"c-{n}")])
                assert catch_up(store) == written.position
                with others.transaction():
                    opened, *_ = _answer(others.cursor())
                assert opened == n + 1
            assert not built.done()
            assert _tables(slow) == old
        finally:
            slow.rollback()
        assert built.result(30).position == store.head().position
        assert _tables(slow) != old


def test_a_rebuild_that_gives_up_leaves_the_old_tables_and_says_so(
    store: Municipality, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.rebuild.WAITS", (0.01, 0.02))
    with psycopg.connect(database_url) as slow:
        tracking.hold(slow.cursor(), store.schema)
        old = _tables(slow)
        with pytest.raises(HeldError):
            rebuild_all(store)
        assert _tables(slow) == old
        assert slow.execute("SELECT to_regnamespace('m0860_built')").fetchall() == [(None,)]
    assert rebuild_all(store).position == store.head().position


def _tables(connection: "psycopg.Connection[tuple[int, ...]]") -> int:
    """Which tables these are."""
    [(timeline,)] = connection.execute("SELECT 'm0860.timeline'::regclass::oid").fetchall()
    return timeline


def _waits(url: str) -> bool:
    """Whether somebody waits for a lock."""
    with psycopg.connect(url) as admin:
        [(waiting,)] = admin.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchall()
    return bool(waiting)
