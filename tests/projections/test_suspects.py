"""No contradiction is missed for not folding every course, session and mentor, over random
histories; and what is right is looked into no further."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contradictions import (
    Contradiction,
    MentorTold,
    of_mentor,
    of_team,
    team_told,
)
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.course import Closed, ContactAttempted, IntakeRegistered, MentorMatched
from domain.events.mentor import Employed
from domain.values import Actor, Ref
from projections import identity
from projections.apply import apply
from projections.asking import Question
from projections.facts.staff import (
    ASSIGNMENTS,
    DEPARTURES,
    EMPLOYMENTS,
    HOURS_CHANGES,
    RELEASES,
    STAFF_LINKS,
)
from projections.facts.supervision import SESSIONS
from projections.views import regular
from projections.views.contradictions import contradictions
from projections.views.staff import mentors_of
from projections.views.suspects import suspects
from tests.projections import cooperating, happenings, nearly_right
from tests.projections.conftest import Connection
from tests.projections.contradicting import MATCHED, TODAY, granted, right, worked
from tests.projections.histories import SOURCE, in_order, recorded
from tests.projections.oddities import EARLY, MARCH, closed, goal
from tests.projections.story import HERE, Story, noon, who
from tests.projections.test_every_view import DATABASE_TEST
from tests.soaking import runs

histories = cooperating.cooperations() | happenings.happenings(40)
mostly_all = st.sampled_from([1.0, 1.0, 1.0, 0.9, 0.5])


@pytest.mark.soak
@settings(DATABASE_TEST, max_examples=runs(10, 2000))
@given(history=histories, as_of=cooperating.moments, part=st.floats(0, 1))
def test_what_is_found_of_all_is_what_is_found_of_each(
    connection: Connection, history: list[Recorded], as_of: datetime, part: float
) -> None:
    same_of_all_as_of_each(connection, history, happenings.COURSES, as_of, part)


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of the history, if it fails
@settings(DATABASE_TEST, max_examples=runs(12, 1250))
@given(
    history=nearly_right.nearly_right(),
    as_of=nearly_right.moments,
    part=mostly_all,
    few=st.sampled_from([regular.FEW, -1]),
)
def test_nothing_is_missed_where_nearly_all_is_right(
    connection: Connection, history: list[Recorded], as_of: datetime, part: float, few: int
) -> None:
    """Neither where few courses are looked into by themselves nor where all are together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regular, "FEW", few)
        same_of_all_as_of_each(connection, history, nearly_right.COURSES, as_of, part)


def test_work_under_a_match_that_covers_no_day_is_found(connection: Connection) -> None:
    """The match begins on the day to which the course is closed, some hours later that day."""
    right, course, day = nearly_right, nearly_right.COURSES[0], nearly_right.FIRST.date()
    mentor, caseworker = right.MENTORS[0], right.CASEWORKERS[0]
    by_caseworker = Actor("caseworker", caseworker)
    told: list[tuple[UUID, int, Fact]] = [
        (
            mentor,
            0,
            Employed(actor=right.LEADER, from_=day, weekly_minutes=2220, gender="woman"),
        ),
        (course, 0, IntakeRegistered(actor=by_caseworker, caseworker=caseworker)),
        (
            course,
            23,
            MentorMatched(
                actor=by_caseworker,
                match=Ref(SOURCE, "match-0"),
                mentor=mentor,
                from_=day + timedelta(days=1),
                method="by-profile",
            ),
        ),
        (
            course,
            26,
            ContactAttempted(actor=Actor("mentor", mentor), form="phone", outcome="no-answer"),
        ),
        (course, 27, Closed(actor=by_caseworker, to=day + timedelta(days=1), reason="job")),
    ]
    history = in_order(
        [
            recorded(stream, f"ev-{n}", right.FIRST + timedelta(hours=hour), fact, None)
            for n, (stream, hour, fact) in enumerate(told)
        ]
    )
    as_of = right.FIRST + timedelta(days=4)
    same_of_all_as_of_each(connection, history, right.COURSES, as_of, 1.0)
    with connection.transaction(force_rollback=True):
        apply(connection.cursor(), HERE.schema, history)
        kinds = [row["kind"] for row in contradictions(connection, HERE, as_of=as_of).rows]
    assert "work-without-match" in kinds


def same_of_all_as_of_each(
    connection: Connection,
    history: list[Recorded],
    courses: list[UUID],
    as_of: datetime,
    part: float,
) -> None:
    """What is found of all courses is found of each that is folded, as of a moment, as known after
    a part of the history; and the same of the staff."""
    with connection.transaction(force_rollback=True):
        apply(connection.cursor(), HERE.schema, history)
        known_at = history[int(part * (len(history) - 1))].position
        asked: dict[str, Any] = {"as_of": as_of, "known_at": known_at}
        together = contradictions(connection, HERE, **asked).rows
        one_by_one = contradictions(connection, HERE, streams=courses, **asked).rows
        assert [row for row in together if row["course"]] == one_by_one

        rest = [row for row in together if not row["course"] and "amendment" not in row["kind"]]
        told = sorted(
            (row["kind"], str(row["person"]), row["since"], row["events"]) for row in rest
        )
        folded = _of_staff(Question(connection, HERE.schema, **asked))
        assert told == sorted((o.kind, str(o.person), o.since, len(o.events)) for o in folded)


def _of_staff(question: Question) -> Iterator[Contradiction]:
    """What is found of the team and of the mentors where all that they told is folded."""
    events = question.facts(ASSIGNMENTS, RELEASES, STAFF_LINKS, SESSIONS)
    yield from of_team(team_told(events, question.as_of))
    same = question.once(identity.staff)
    told = question.tellings(EMPLOYMENTS, HOURS_CHANGES, DEPARTURES, one_of=same)
    mentors = mentors_of(question, same)
    for person, telling in told.items():
        yield from of_mentor(MentorTold(person, telling, mentors[person], question.as_of))


def test_a_course_on_which_nothing_is_odd_isnt_looked_into(connection: Connection) -> None:
    story = Story(connection)
    right(story)
    worked(story, MATCHED)
    goal(story)
    granted(story, date(2026, 2, 2))
    worked(story, MARCH, grant="b-1")
    closed(story, date(2026, 5, 4))
    assert _suspects(story) == set()

    worked(story, EARLY)
    assert _suspects(story) == {who("c")}


def _suspects(story: Story) -> set[UUID]:
    question = Question(story.connection, HERE.schema, as_of=noon(TODAY))
    return suspects(question, mentors_of(question, question.once(identity.staff)))
