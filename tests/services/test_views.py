"""Answers: whose they are, what they reflect, and how far behind they may be."""

from datetime import datetime, timedelta
from typing import Any

from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import VIEWS, ask, ask_timeline
from tests.conftest import Clock
from tests.services.store.sending import intake, sent

MENTOR = {"id": "m-31", "function": "mentor"}


def matched(course: str) -> list[Any]:
    return [
        intake(f"ev-{course}-1", course),
        sent(
            f"ev-{course}-2",
            "course.mentor-matched.v1",
            course,
            match={"id": f"match-{course}"},
            mentor={"id": "m-31"},
            from_="2026-01-12",
            method="by-profile",
        ),
    ]


def test_a_grant_by_a_mentor_is_stored_and_read_as_a_boundary_crossing(
    municipality: Municipality, clock: Clock
) -> None:
    grant = sent(
        "ev-3",
        "course.grant-decided.v1",
        "c-1",
        actor=MENTOR,
        grant={"id": "b-1"},
        kind="support-offer",
        outcome="granted",
        period={"from": "2026-01-12", "to": "2026-03-12"},
    )
    receipts = municipality.append([*matched("c-1"), *matched("c-2"), grant])
    assert {r.status for r in receipts} == {"stored"}
    prepare(municipality)
    catch_up(municipality)
    rows = ask(VIEWS["role-clarity"], [municipality], as_of=clock.now, now=clock.now).rows
    assert {row["course_id"]: row["authority_crossings"] for row in rows} == {"c-1": 1, "c-2": 0}
    assert {row["mentor_id"] for row in rows} == {"m-31"}


def test_an_answer_tells_for_how_long_it_has_been_behind(
    municipality: Municipality, clock: Clock
) -> None:
    prepare(municipality)
    asked = VIEWS["caseload"]
    municipality.append([intake("ev-1", "c-1")])
    catch_up(municipality)
    clock.now += timedelta(days=1)
    quiet = ask(asked, [municipality], now=clock.now)
    assert (quiet.age_seconds, quiet.position) == (0.0, municipality.head().position)
    municipality.append([intake("ev-2", "c-2")])
    behind = ask(asked, [municipality], now=clock.now + timedelta(seconds=90))
    assert behind.age_seconds == 90
    catch_up(municipality)
    assert ask(asked, [municipality], now=clock.now + timedelta(seconds=90)).age_seconds == 0


def test_what_was_known_at_a_time_lacks_what_was_recorded_by_then_and_is_not_projected(
    municipality: Municipality, clock: Clock
) -> None:
    prepare(municipality)
    began = clock.now
    municipality.append([intake("ev-1", "c-1")])
    catch_up(municipality)
    clock.now += timedelta(hours=1)
    municipality.append([intake("ev-2", "c-2")])  # and nobody projects it
    now = clock.now + timedelta(seconds=90)

    def asked(known_at: datetime, **more: Any) -> tuple[Any, ...]:
        answer = ask(
            VIEWS["matching"], [municipality], by="citizen", known_at=known_at, now=now, **more
        )
        return answer.next, len(answer.rows), answer.age_seconds, answer.stale

    # The first event is all that was known until the second was recorded.
    assert asked(began) == (None, 1, 0, False)
    assert asked(clock.now - timedelta(seconds=1)) == (None, 1, 0, False)
    assert asked(clock.now) == (None, 1, 90, True)
    assert asked(now) == (None, 1, 90, True)
    catch_up(municipality)
    assert asked(began) == (None, 1, 0, False)
    assert asked(now) == (None, 2, 0, False)
    # All pages of an answer lack what the first one lacked, though it is projected by now.
    clock.now += timedelta(seconds=30)
    municipality.append([intake("ev-3", "c-3")])
    next_, *first = asked(now, limit=1)
    catch_up(municipality)
    _, *second = asked(now, limit=1, cursor=next_)
    assert first == second == [1, 60, True]


def test_what_was_known_then_can_be_asked_now(municipality: Municipality, clock: Clock) -> None:
    prepare(municipality)
    municipality.append(matched("c-1"))
    before = clock.now + timedelta(seconds=1)
    clock.now += timedelta(days=7)
    municipality.append(matched("c-2"))
    catch_up(municipality)

    def participants(**asked: Any) -> int:
        answer = ask(VIEWS["caseload"], [municipality], now=clock.now, as_of=clock.now, **asked)
        return int(answer.rows[0]["participants"])

    assert (participants(known_at=before), participants()) == (1, 2)


def test_before_anything_was_received_nothing_is_known_rather_than_none(
    municipality: Municipality, clock: Clock
) -> None:
    prepare(municipality)
    before = clock.now - timedelta(days=1)
    municipality.append(matched("c-1"))
    catch_up(municipality)
    for view in VIEWS.values():
        for by, level in view.levels.items():
            course = "c-1" if level.needs_course else None
            answer = ask(view, [municipality], by=by, course=course, now=clock.now, known_at=before)
            assert (answer.rows, answer.position) == ([], 0), (view.name, by)


def test_several_municipalities_answer_in_danish_order_with_a_position_each(
    server: Server, clock: Clock
) -> None:
    stores = [server.municipality(code) for code in ("0851", "0101", "0860")]
    for store in stores:
        prepare(store)
        store.append(matched("c-1"))
        catch_up(store)
    answer = ask(VIEWS["caseload"], stores, as_of=clock.now, now=clock.now)
    assert [row["municipality"] for row in answer.rows] == ["Hjørring", "København", "Aalborg"]
    assert answer.position == {store.code: store.head().position for store in stores}


def test_a_courses_timeline_names_people_as_their_senders_do(
    municipality: Municipality, clock: Clock
) -> None:
    prepare(municipality)
    [first, *_] = municipality.append(matched("c-1"))
    catch_up(municipality)
    answer = ask_timeline(municipality, [first.stream], as_of=clock.now, now=clock.now)
    assert [row["event"] for row in answer.rows] == [
        "course.intake-registered",
        "course.mentor-matched",
    ]
    assert {row["actor_id"] for row in answer.rows} == {"s-12"}
