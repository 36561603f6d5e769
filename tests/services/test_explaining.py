"""The events behind a row, with what amends them, as known then."""

from datetime import timedelta
from typing import Any

import pytest

from domain.values import Ref
from services.explaining import explain
from services.narrowing import AskedWrongError
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from services.views import VIEWS, ask
from tests.conftest import Clock
from tests.services.store.sending import intake, sent
from tests.services.test_views import matched

CASEWORKER = {"id": "s-12", "function": "caseworker"}


def behind(store: Municipality, clock: Clock, **asked: Any) -> list[dict[str, Any]]:
    catch_up(store)
    now = clock.now + timedelta(minutes=1)
    return ask(VIEWS["caseload"], [store], explained=True, now=now, **asked).rows


def test_a_caseload_comes_from_its_matches_and_not_from_what_lies_beside(
    municipality: Municipality, clock: Clock
) -> None:
    prepare(municipality)
    municipality.append([*matched("c-1"), intake("ev-9", "c-9")])
    [event] = behind(municipality, clock)
    assert (event["row"], event["event"], event["id"]) == (
        1,
        "course.mentor-matched",
        "ev-c-1-2",
    )
    assert event["actor_id"] == "s-12"
    assert event["municipality"] == "Hjørring"


def test_a_corrected_event_is_told_with_what_corrects_it_and_as_it_was_before(
    municipality: Municipality, clock: Clock
) -> None:
    prepare(municipality)
    municipality.append(matched("c-1"))
    known = clock.now + timedelta(seconds=1)
    clock.now += timedelta(days=1)
    right = {
        "actor": CASEWORKER,
        "match": {"id": "match-c-1"},
        "mentor": {"id": "m-40"},
        "from": "2026-01-12",
        "method": "by-profile",
    }
    correction = sent(
        "ev-3",
        "course.event-corrected.v1",
        "c-1",
        corrects={"id": "ev-c-1-2"},
        reason="wrong-person",
        replacement={
            "type": "dk.roedtraad.course.mentor-matched.v1",
            "time": "2026-01-12T09:00:00+01:00",
            "data": right,
        },
    )
    municipality.append([correction])
    first, then = behind(municipality, clock)
    assert (first["id"], first["amended_by"]) == ("ev-c-1-2", f"{first['source']} ev-3")
    assert (then["id"], then["amends"]) == ("ev-3", f"{first['source']} ev-c-1-2")
    [before] = behind(municipality, clock, known_at=known)
    assert (before["id"], before["amended_by"]) == ("ev-c-1-2", None)


def test_a_row_keeps_its_own_keys_whosever_the_event_is(
    municipality: Municipality, clock: Clock
) -> None:
    prepare(municipality)
    employed = sent(
        "ev-1", "mentor.employed.v1", "m-31", from_="2026-01-12", weekly_minutes=60, gender="man"
    )
    [stored, *_] = municipality.append([employed, *matched("c-1")])
    catch_up(municipality)
    course, ref = municipality.find("course", "c-1"), Ref(stored.source, stored.id)
    [event] = explain(municipality, [({"course": course}, [ref])], stored.position)
    assert (event["course"], event["person"]) == (course, municipality.find("person", "m-31"))


def test_only_the_rows_that_are_asked_for_are_explained(
    municipality: Municipality, clock: Clock
) -> None:
    prepare(municipality)
    municipality.append([*matched("c-1"), *matched("c-2")])
    catch_up(municipality)
    asked: dict[str, Any] = {"now": clock.now + timedelta(minutes=1), "explained": True}
    view = VIEWS["role-clarity"]
    every = ask(view, [municipality], **asked).rows
    one = ask(view, [municipality], where=["course_id=c-2"], **asked).rows
    assert {event["course_id"] for event in every} == {"c-1", "c-2"}
    assert {event["course_id"] for event in one} == {"c-2"}


def test_a_view_says_how_it_can_be_divided_and_what_it_takes(
    municipality: Municipality, clock: Clock
) -> None:
    prepare(municipality)
    with pytest.raises(AskedWrongError, match="municipality"):
        ask(VIEWS["caseload"], [municipality], by="shoe-size", now=clock.now)
    with pytest.raises(AskedWrongError):
        ask(VIEWS["mentor-roles"], [municipality], course="c-1", now=clock.now)


def test_behind_a_mentors_time_stands_why_a_time_systems_id_is_theirs(
    municipality: Municipality, clock: Clock
) -> None:
    prepare(municipality)
    worked: dict[str, Any] = {"role": "system-guide", "activity": "conversation", "minutes": 60}
    told = [
        sent(
            f"ev-{number}",
            "course.activity-registered.v1",
            "c-1",
            actor={"id": person, "function": "mentor"},
            contact="phone",
            **worked,
        )
        for number, person in enumerate(("m-34", "medarb-781", "m-35"), 1)
    ]
    alike: dict[str, Any] = {
        "person": {"id": "m-34"},
        "alias": {"id": "medarb-781"},
        "basis": "manual",
    }
    municipality.append([*told, sent("ev-9", "team.identity-linked.v1", "0860", **alike)])
    catch_up(municipality)
    now = clock.now + timedelta(minutes=1)
    for view in ("activities", "mentor-roles"):
        rows = ask(VIEWS[view], [municipality], by="mentor", explained=True, now=now).rows
        behind = {(row["mentor_id"], row["id"], row["event"]) for row in rows}
        assert behind == {
            ("m-34", "ev-1", "course.activity-registered"),
            ("m-34", "ev-2", "course.activity-registered"),
            ("m-34", "ev-9", "team.identity-linked"),
            ("m-35", "ev-3", "course.activity-registered"),
        }
