"""A parked stream comes back as a whole: who asks meanwhile sees all of it, or none."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from projections import tracking
from projections.asking import Question
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.rebuild import HeldError
from services.projector import catch_up, prepare
from services.retrying import retry
from services.store.municipality import Municipality
from services.store.server import Server
from tests.services.projecting import following, reflected, until
from tests.services.store.sending import SOURCE, intake
from tests.services.test_projector_parked import BROKEN, mend, parked, poison, tell


@pytest.fixture
def mended(municipality: Municipality, database_url: str) -> Municipality:
    """Course a is parked, since its closing was broken, which it isn't any more."""
    prepare(municipality)
    tell(municipality)
    state = poison(database_url, BROKEN)
    catch_up(municipality)
    mend(database_url, state)
    assert len(parked(municipality)) == 1
    return municipality


def test_a_question_that_is_under_way_gets_nothing_of_a_stream_that_comes_back(
    mended: Municipality, database_url: str
) -> None:
    with ThreadPoolExecutor(1) as thread:
        with mended.transaction() as cursor:
            question = Question(cursor.connection, mended.schema)
            before = _told_of_a(mended, question)
            retried = thread.submit(retry, mended)
            until(lambda: retried.done() or _waits(database_url))
            assert _told_of_a(mended, question) == before == (0, 0)
        assert retried.result(30) == (1, 0)
    with mended.transaction() as cursor:
        # The closing as corrected, and the reopening.
        assert _told_of_a(mended, Question(cursor.connection, mended.schema)) == (1, 1)


def _told_of_a(municipality: Municipality, question: Question) -> tuple[int, int]:
    """How many closings and reopenings of course a there are, by two reads."""
    a = municipality.find("course", "a", SOURCE)
    closings, reopenings = (
        [row for row in question.rows(table, "stream") if row.stream == a]
        for table in (CLOSINGS, REOPENINGS)
    )
    return len(closings), len(reopenings)


def _waits(url: str) -> bool:
    """Whether somebody waits for a lock."""
    with psycopg.connect(url) as admin:
        [(waiting,)] = admin.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchall()
    return bool(waiting)


def test_a_question_without_end_lets_a_retry_give_up_and_change_nothing(
    mended: Municipality, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.retrying.WAITS", (0.01, 0.02))
    waiting = parked(mended)
    with psycopg.connect(database_url) as slow:
        tracking.hold(slow.cursor(), mended.schema)
        with pytest.raises(HeldError):
            retry(mended)
        assert parked(mended) == waiting
    assert retry(mended) == (1, 0)


def test_what_is_broken_still_is_tried_without_waiting_for_any_question(
    municipality: Municipality, database_url: str
) -> None:
    prepare(municipality)
    tell(municipality)
    poison(database_url, BROKEN)
    catch_up(municipality)
    with psycopg.connect(database_url) as slow:
        tracking.hold(slow.cursor(), municipality.schema)
        assert retry(municipality) == (0, 1)


def test_a_projector_that_begins_beside_a_long_question_follows_and_retries_after_its_end(
    server: Server, mended: Municipality, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.projector._POLL", 0.1)
    with psycopg.connect(database_url) as slow:
        tracking.hold(slow.cursor(), mended.schema)
        with following(server):
            until(lambda: _waits(database_url))  # it tries
            for n in range(3):
                mended.append([intake(f"new-{n}", "b")])
                reflected(mended, seconds=10)
                with psycopg.connect(database_url) as other:
                    tracking.hold(other.cursor(), mended.schema)
            assert len(parked(mended)) == 1
            slow.rollback()
            until(lambda: not parked(mended))
