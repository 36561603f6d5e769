"""Many streams that are read at a time are what each is by itself, in a history at random."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from domain.course import fold_course
from services.audit.changes.differences import IN_FORCE, came_true, learned, touched
from services.audit.changes.duty import _mentors_and_matched
from services.audit.replaying.past import Past
from services.audit.replaying.replay import end_of
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.audit.replaying.random_history import history, moment
from tests.services.store.sending import intake, sent

AT = "2026-02-01T09:00:00+01:00"


@pytest.fixture
def past(municipality: Municipality, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Past:
    """A history of some courses, two of which are one, read two streams at a time."""
    monkeypatch.setattr("services.audit.replaying.past._STREAMS_A_READ", 2)
    for some in history(Random(7), 140, subjects=5):
        clock.now += timedelta(minutes=1)
        municipality.append(some)
    alias: Any = {"what": "course", "alias": {"id": "c-b"}, "basis": "manual"}
    municipality.append(
        [
            intake("in-a", "c-a"),
            intake("in-b", "c-b"),
            sent("link", "course.identity-linked.v1", "c-a", AT, **alias),
        ]
    )
    return Past(municipality)


def test_each_stream_is_read_once_with_those_that_are_one_with_it(past: Past) -> None:
    streams = touched(past, 0)
    alone = {past.thread(*one).stream: past.thread(*one) for one in streams}
    found = list(past.threads([*streams, *streams]))
    assert [thread for thread, _ in found] == list(alone.values())
    assert len(alone) == len(streams) - 1, "two courses are one"
    done = [number for _, number in found]
    assert done == sorted(done) and 0 < done[0] <= 2
    assert {thread.kind for thread in alone.values()} == {"course", "mentor", "team"}


def test_only_what_was_told_of_since_is_read(past: Past) -> None:
    since = past.position - 3
    threads = [thread for thread, _ in past.threads(touched(past, since))]
    [one] = learned(past, since, threads)
    assert [event.source_id for event in one.events] == ["in-a", "in-b", "link"]


def test_what_time_alone_made_true_is_what_is_in_force_at_both_moments(past: Past) -> None:
    chance, told = Random(3), 0
    threads = [thread for thread, _ in past.all()]
    for _ in range(6):
        since, until = sorted((moment(chance), moment(chance)))
        differing = {one.thread.stream: one for one in came_true(past, since, until, threads)}
        for thread in threads:
            was, now = (
                end_of(thread, past.same, at, past.position).in_force for at in (since, until)
            )
            right: dict[str, Any] = {
                name: (was.get(name), now.get(name))
                for name in {*was, *now}
                if was.get(name) != now.get(name)
            }
            one = differing.get(thread.stream)
            made = [each.difference for each in one.made] if one else []
            assert {d.field: (d.before, d.after) for d in made if d.place.part == IN_FORCE} == right
            told += len(right)
    assert told, "something came true"


def test_a_teams_duties_ask_about_all_courses_that_have_a_match(past: Past) -> None:
    def matches(thread: Any) -> Any:
        return fold_course(thread.events, past.same).matches

    every = [thread for thread, _ in past.all() if thread.kind == "course"]
    asked = [thread for thread, _ in past.threads(_mentors_and_matched(past))]
    matched = {thread.stream for thread in every if matches(thread)}
    assert matched
    assert matched <= {thread.stream for thread in asked}
    assert len([thread for thread in asked if thread.kind == "course"]) < len(every)
    mentors = {thread.stream for thread, _ in past.all() if thread.kind == "mentor"}
    assert {thread.stream for thread in asked if thread.kind == "mentor"} == mentors


def test_a_match_that_a_correction_made_is_asked_about_too(
    municipality: Municipality, clock: Clock
) -> None:
    match = {"match": {"id": "m"}, "mentor": {"id": "m-1"}, "from": "2026-02-02"}
    new = {**match, "method": "by-profile", "actor": {"id": "s-1", "function": "caseworker"}}
    replacement = {"type": "dk.roedtraad.course.mentor-matched.v1", "time": AT, "data": new}
    fields: Any = {"corrects": {"id": "x"}, "reason": "typing-error", "replacement": replacement}
    municipality.append(
        [intake("in-a", "c-a"), sent("fix", "course.event-corrected.v1", "c-a", AT, **fields)]
    )
    past = Past(municipality)
    assert _mentors_and_matched(past) == [("course", municipality.find("course", "c-a"))]
