"""Pages of an answer: together they are the whole, and the whole of one moment."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.calendar import day_of
from domain.values import Period
from services.narrowing import AskedWrongError
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import VIEWS, Answered, ask
from tests.conftest import Clock
from tests.services.test_views import matched
from tests.workflows.town import Town

UNTOLD = [("matching", "match"), ("grants", "month"), ("grants", "agreement")]
"""The lists of which nobody knows how long they are until they are read."""
MATCHING, GRANTS = VIEWS["matching"], VIEWS["grants"]


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """Five courses with a mentor and a grant each, and two that wait."""
    clock.now = datetime.now(UTC)
    prepare(municipality)
    town = Town(municipality, day_of(clock.now))
    town.established(-60)
    for mentor in ("m-31", "m-32", "m-33"):
        town.employed(mentor, -60)
    for number in range(1, 6):
        town.intake(f"c-{number}", -60)
        town.matched(f"c-{number}", -50 + number % 2, mentor=f"m-3{number % 3 + 1}")
        town.granted(f"c-{number}", -50, days=80 - number)
    town.intake("c-6", -40)
    town.intake("c-7", -30)
    catch_up(municipality)
    return town


def pages(town: Town, clock: Clock, limit: int, **asked: Any) -> list[Answered]:
    """All pages of an answer; after the first the projector takes in what changes most lists."""
    first = page(town, clock, limit=limit, **asked)
    something_happens(town)
    return rest(town, clock, first, limit=limit, **asked)


def something_happens(town: Town) -> None:
    new = f"new-{town.municipality.head().position}"
    town.intake(new, -2)
    town.matched(new, -1)
    town.granted(new, -1, days=20)
    town.closed("c-1", -1)
    catch_up(town.municipality)


def rest(town: Town, clock: Clock, first: Answered, **asked: Any) -> list[Answered]:
    """The first page, and those that follow it."""
    found = [first]
    while found[-1].next is not None:
        found.append(page(town, clock, cursor=found[-1].next, **asked))
    return found


def page(town: Town, clock: Clock, **asked: Any) -> Answered:
    """One page, asked a minute after what was asked last."""
    clock.now += timedelta(minutes=1)
    return ask(municipalities=[town.municipality], now=clock.now, **asked)


def rows_of(found: list[Answered]) -> list[dict[str, Any]]:
    return [row for one in found for row in one.rows]


def test_pages_of_every_level_together_are_the_whole_whatever_comes_in_meanwhile(
    town: Town, clock: Clock
) -> None:
    for view in VIEWS.values():
        for by, level in view.levels.items():
            asked = {"view": view, "by": by, "course": "c-6" if level.needs_course else None}
            whole = page(town, clock, as_of=clock.now, **asked).rows
            found = pages(town, clock, 3, as_of=clock.now - timedelta(minutes=1), **asked)
            assert rows_of(found) == whole, (view.name, by)
            assert [len(one.rows) for one in found[:-1]] == [3] * (len(found) - 1)
            # Each page tells of how many it is, or none does where that would mean reading them.
            untold = {None} if (view.name, by) in UNTOLD and len(found) > 1 else {len(whole)}
            assert {one.total for one in found} == untold, (view.name, by)


def test_no_row_is_missing_or_told_twice_however_small_pages_are(town: Town, clock: Clock) -> None:
    """Five matches, grants and agreements; each grant in the month that runs and the one before."""
    lists = [(MATCHING, "match", 5), (GRANTS, "grant", 5), (GRANTS, "month", 10)]
    asked: list[dict[str, Any]] = [
        {"view": view, "by": by, "limit": limit}
        for view, by, rows in [*lists, (GRANTS, "agreement", 5)]
        for limit in (1, 2, rows, rows + 1)
    ]
    wholes = [page(town, clock, **(one | {"limit": None})) for one in asked]
    firsts = [page(town, clock, **one) for one in asked]
    something_happens(town)
    for one, whole, first in zip(asked, wholes, firsts, strict=True):
        found = rest(town, clock, first, **one)
        assert rows_of(found) == whole.rows
        assert len(found) == -(-len(whole.rows) // one["limit"])
        assert {answer.position for answer in found} == {whole.position}
    assert {len(whole.rows) for whole in wholes} == {5, 10}


def test_a_page_is_of_the_rows_that_meet_the_conditions(town: Town, clock: Clock) -> None:
    """m-32 has c-1 and c-4, m-33 c-2 and c-5, m-31 c-3; c-2 and c-4 were matched a day sooner."""

    def courses(*where: str, limit: int = 1) -> list[str]:
        asked = {"view": MATCHING, "by": "match", "where": where, "as_of": clock.now}
        return [row["course_id"] for row in rows_of(pages(town, clock, limit, **asked))]

    assert courses("mentor_id=m-32") == ["c-1", "c-4"]
    assert courses("course_id=c-2") == ["c-2"]
    assert courses("course_id>=c-4", "course_id<=c-5") == ["c-5", "c-4"]
    assert courses("course_id=", limit=5) == []
    assert courses("course_id=unknown") == []
    assert courses("municipality=Aalborg") == []
    assert courses("method=by-profile", "mentor_id=m-33", limit=2) == ["c-5", "c-2"]


def test_a_cursor_goes_on_with_the_moment_and_the_days_that_were_asked_first(
    town: Town, clock: Clock
) -> None:
    days = Period(town.day(-60), town.day(1))
    asked: dict[str, Any] = {"view": MATCHING, "by": "match"}
    first = page(town, clock, limit=2, as_of=clock.now, period=days, **asked)
    then = clock.now - timedelta(minutes=1)
    whole = page(town, clock, as_of=then, period=days, **asked).rows
    assert page(town, clock, cursor=first.next, **asked).rows == whole[2:]
    again = page(town, clock, cursor=first.next, as_of=then, period=days, **asked)
    assert again.rows == whole[2:]


OTHERS: list[dict[str, Any]] = [
    {"by": "mentor"},
    {"view": GRANTS, "by": None},
    {"where": ["method=by-profile"]},
    {"course": "c-1"},
    {"as_of": datetime(2026, 1, 1, tzinfo=UTC)},
    {"known_at": datetime(2026, 1, 1, tzinfo=UTC)},
    {"period": Period(date(2026, 1, 1), None)},
]


def test_a_cursor_of_another_question_is_refused(town: Town, clock: Clock) -> None:
    asked: dict[str, Any] = {"view": MATCHING, "by": "match", "limit": 1}
    cursor = page(town, clock, **asked).next
    for other in OTHERS:
        with pytest.raises(AskedWrongError) as refused:
            page(town, clock, cursor=cursor, **(asked | other))
        assert refused.value.parameter == "cursor"


def test_a_broken_or_anothers_cursor_is_refused(town: Town, clock: Clock, server: Server) -> None:
    asked: dict[str, Any] = {"view": MATCHING, "by": "match"}
    cursor = page(town, clock, limit=1, **asked).next
    assert cursor is not None
    flipped = cursor[:40] + ("A" if cursor[40] != "A" else "B") + cursor[41:]
    for broken in ("", "x", "æ", cursor[:-4], flipped):
        with pytest.raises(AskedWrongError):
            page(town, clock, cursor=broken, **asked)
    others = server.municipality("0101")
    for several in ([others], [town.municipality, others], []):
        with pytest.raises(AskedWrongError):
            ask(municipalities=several, cursor=cursor, now=clock.now, **asked)


@pytest.mark.parametrize(
    ("limit", "sizes"), [(1, [1, 1, 1, 1]), (2, [2, 2]), (3, [3, 1]), (4, [4])]
)
def test_a_page_goes_on_in_the_next_municipality(
    server: Server, clock: Clock, limit: int, sizes: list[int]
) -> None:
    """Hjørring has two matches, København none, Aalborg two, and a third between the pages."""
    stores = [server.municipality(code) for code in ("0851", "0101", "0860")]
    for store in stores:
        prepare(store)
        store.append([] if store.code == "0101" else [*matched("c-1"), *matched("c-2")])
        catch_up(store)
    asked: dict[str, Any] = {"view": MATCHING, "by": "match", "as_of": clock.now, "now": clock.now}
    whole = ask(municipalities=stores, **asked)
    found = [ask(municipalities=stores, limit=limit, **asked)]
    stores[0].append(matched("c-3"))
    catch_up(stores[0])
    while cursor := found[-1].next:
        found.append(ask(municipalities=stores, limit=limit, cursor=cursor, **asked))
    assert rows_of(found) == whole.rows
    assert [len(one.rows) for one in found] == sizes
    assert all(one.position == whole.position for one in found)


def test_the_events_behind_are_those_of_the_pages_rows(town: Town, clock: Clock) -> None:
    asked: dict[str, Any] = {"view": MATCHING, "by": "match"}
    first = page(town, clock, limit=2, **asked)
    rows = page(town, clock, limit=2, cursor=first.next, **asked).rows
    events = page(town, clock, limit=2, cursor=first.next, explained=True, **asked).rows
    assert {event["row"] for event in events} == {1, 2}
    assert {event["course_id"] for event in events} == {row["course_id"] for row in rows}
