"""The engine alone on the store: what is due is stored once, whoever does it and however often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import ProgrammingError

from domain.calendar import day_of
from services.follow_ups import Engine, calendar_of
from services.following.marks import Marks, is_idle
from services.following.streams import Streams
from services.store.municipality import Municipality
from services.store.schema import known_municipalities
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import doubled
from tests.workflows.town import FOUR_RULES, Town
from workflows.messages import TEAM, course_subject

CODE = "0860"
NOON = timedelta(hours=12)


def test_what_is_due_is_stored_once_however_often_it_is_asked(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    town = Town(municipality, day_of(clock.now))
    town.intake("c-1")
    engine, subject = Engine(server), town.subject("c-1")
    assert engine.advance(CODE, subject, clock.now).open == []
    clock.now += timedelta(days=15)
    first = engine.advance(CODE, subject, clock.now)
    again = Engine(server).advance(CODE, subject, clock.now)
    assert first == again
    assert [one.rule for one in first.open] == ["match-overdue"]
    assert first.position == municipality.head().position
    assert town.followed_in("c-1") == ["15 raised match-overdue to caseworker"]


def test_what_is_next_is_foreseen_without_a_word_written(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    town.intake("c-1")
    engine, subject = Engine(server), town.subject("c-1")
    for days in (0, 15, 10, 20):  # coming, raised, escalated, and once more
        clock.now += timedelta(days=days)
        foreseen = engine.next(CODE, subject, clock.now)
        assert foreseen.position == municipality.head().position
        assert foreseen.due == engine.advance(CODE, subject, clock.now).due
    [due] = foreseen.due
    assert (due.stage, due.addressed_to) == ("escalated", "leader")
    town.matched("c-1", day=45)
    foreseen = engine.next(CODE, subject, clock.now)
    assert "match-overdue" not in [one.rule for one in foreseen.due]
    assert foreseen.due == engine.advance(CODE, subject, clock.now).due


def test_eight_at_once_write_each_stage_once_though_facts_arrive_meanwhile(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    town = Town(municipality, day_of(clock.now))
    town.intake("c-1")
    clock.now += timedelta(days=40)
    engines, subject = [Engine(server) for _ in range(8)], town.subject("c-1")
    with ThreadPoolExecutor(9) as threads:
        advances = [
            threads.submit(engine.advance, CODE, subject, clock.now)
            for engine in engines
            for _ in range(3)
        ]
        facts = [
            threads.submit(
                town.tell,
                "course.contact-attempted",
                "c-1",
                n,
                id=f"call-{n}",
                form="phone",
                outcome="no-answer",
            )
            for n in range(20)
        ]
        for advance in advances:
            advance.result()
        for fact in facts:
            fact.result()
    assert sorted(town.followed_in("c-1")) == [
        "40 escalated match-overdue to coordinator",
        "40 escalated match-overdue to leader",
        "40 raised match-overdue to caseworker",
    ]
    assert doubled(municipality) == []


def test_a_pack_that_cannot_be_read_is_left_out_and_the_others_hold(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    town = Town(municipality, day_of(clock.now))
    town.intake("c-1")
    town.tell(
        "team.rules-adopted",
        "team",
        0,
        pack="broken",
        edition="1",
        period={"from": town.day(-10).isoformat()},
        sha256="0" * 64,
        text="days = -1",
    )
    [coming] = Engine(server).advance(CODE, town.subject("c-1"), clock.now).coming
    assert (coming.rule, coming.due_on) == ("match-overdue", town.day(14).isoformat())


def test_a_municipality_that_is_gone_is_finished_and_not_made_anew(server: Server) -> None:
    subject = course_subject(uuid4())
    assert Engine(server).advance("0851", subject, datetime.now(UTC)).finished
    assert known_municipalities(server.pool) == []


def test_a_course_that_is_not_there_is_finished(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    assert Engine(server).advance(CODE, course_subject(uuid4()), clock.now).finished


def test_the_engine_recovers_when_its_tables_were_taken_away(
    server: Server, municipality: Municipality, clock: Clock, database_url: str
) -> None:
    town = Town(municipality, day_of(clock.now))
    town.intake("c-1")
    engine = Engine(server)
    engine.advance(CODE, town.subject("c-1"), clock.now)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("DROP TABLE m0860.pokes, m0860.dispatched")
        with pytest.raises(ProgrammingError):
            engine.advance(CODE, town.subject("c-1"), clock.now)
        admin.execute("UPDATE roedtraad.municipalities SET version = 1")
    server.forget([CODE])
    server.municipality(CODE)  # makes what is missing
    assert not engine.advance(CODE, town.subject("c-1"), clock.now).finished


def test_each_subject_has_its_own_minute_of_the_morning_always_the_same() -> None:
    subjects = [uuid4() for _ in range(2000)]
    mornings = [calendar_of(subject).morning for subject in subjects]
    assert all(time(6) <= morning < time(7) for morning in mornings)
    assert mornings == [calendar_of(subject).morning for subject in subjects]
    busiest = max(sum(morning.minute == minute for morning in mornings) for minute in range(60))
    assert busiest < 3 * len(subjects) / 60


def test_streams_are_read_on_and_linked_courses_are_one(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    town = Town(municipality, day_of(clock.now))
    streams = Streams(municipality)
    assert streams.now().courses == frozenset()
    for course in ("c-1", "c-2", "c-3"):
        town.intake(course)
    town.employed("m-31")
    one, two, three = sorted(town.stream(course) for course in ("c-1", "c-2", "c-3"))
    assert streams.now().courses == {one, two, three}
    assert streams.now().mentors == {municipality.find("person", "m-31")}
    link = town.tell(
        "course.identity-linked", "c-2", 0, what="course", alias={"id": "c-1"}, basis="manual"
    )
    pair = sorted([town.stream("c-1"), town.stream("c-2")])
    for stream in pair:
        assert streams.now().course(stream) == town.stream("c-2")  # nobody's alias
        assert streams.now().same_course(stream) == [town.stream("c-2"), town.stream("c-1")]
    assert streams.now().same_course(town.stream("c-3")) == [town.stream("c-3")]
    town.tell("course.event-retracted", "c-2", 1, retracts={"id": link}, reason="never-happened")
    assert streams.now().same_course(pair[1]) == [pair[1]]


def test_the_engine_is_idle_only_when_all_is_dispatched_followed_and_nothing_has_come_due(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    town = Town(municipality, day_of(clock.now))
    town.intake("c-1")
    engine, marks, subject = Engine(server), Marks(municipality), town.subject("c-1")
    head = municipality.head().position
    assert not is_idle(municipality, clock.now)  # nothing dispatched yet
    marks.poked({subject: head})
    marks.dispatch(head)
    assert not is_idle(municipality, clock.now)  # poked, and not followed
    engine.advance(CODE, subject, clock.now)
    assert is_idle(municipality, clock.now)
    assert not is_idle(municipality, clock.now + timedelta(days=15))  # due since
    engine.advance(CODE, TEAM, clock.now)
    town.matched("c-1", 1)
    assert not is_idle(municipality, clock.now)
