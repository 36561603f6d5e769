"""Contradictions (*modsigelser*): what was told and can't all be so, found when asked.

Nothing is stored: what is missing may come, and then the contradiction is gone; as known before,
it is there still.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from domain.contradictions import (
    Contradiction,
    course_told,
    mentor_told,
    of_course,
    of_mentor,
    of_team,
    team_told,
)
from domain.contradictions.amendments import amendment_of_nothing
from domain.contradictions.wording import WORDING
from domain.envelope import Recorded
from domain.mentor import MentorState
from domain.supervision import Session
from domain.team import TeamState
from domain.values import Ref
from projections import identity
from projections.answering import Line, view
from projections.asking import Question
from projections.facts.activities import ATTEMPTS
from projections.facts.staff import (
    ASSIGNMENTS,
    DEPARTURES,
    EMPLOYMENTS,
    HOURS_CHANGES,
    RELEASES,
    STAFF_LINKS,
)
from projections.facts.supervision import CASES, SESSIONS
from projections.table import key
from projections.views.amending import amends_of
from projections.views.courses import TABLES as OF_COURSES
from projections.views.suspects import suspects

OF_TEAMS = (ASSIGNMENTS, RELEASES, STAFF_LINKS, SESSIONS)
OF_MENTORS = (EMPLOYMENTS, HOURS_CHANGES, DEPARTURES)


@view
def contradictions(question: Question, streams: Collection[UUID] | None = None) -> Iterator[Line]:
    """One row for each contradiction that there is on the day, the newest first; with `streams`
    those of these courses only.

    `what` is what is odd, and what would clear it. A contradiction is of a course, of a staff
    member, or of the team.
    """
    for one in _found(question, streams):
        values = {
            "kind": one.kind,
            "what": WORDING[one.kind].danish,
            "what_en": WORDING[one.kind].english,
            "course": one.course,
            "person": one.person,
            "thing": key(one.thing),
            "since": one.since,
            "events": len(one.events),
        }
        yield Line(values, partial(tuple, one.events))


@view
def contradictions_by_kind(question: Question) -> Iterator[Line]:
    """One row for each kind of contradiction that there is on the day, the most frequent first."""
    by_kind: dict[str, list[Contradiction]] = defaultdict(list)
    for one in _found(question, None):
        by_kind[one.kind].append(one)
    order = list(WORDING)
    for kind in sorted(by_kind, key=lambda kind: (-len(by_kind[kind]), order.index(kind))):
        several = by_kind[kind]
        values = {
            "kind": kind,
            "what": WORDING[kind].danish,
            "what_en": WORDING[kind].english,
            "contradictions": len(several),
            "courses": len({one.course for one in several if one.course}),
            "since": min(one.since for one in several),
        }
        yield Line(values, partial(chain.from_iterable, [one.events for one in several]))


def _found(question: Question, streams: Collection[UUID] | None) -> list[Contradiction]:
    """The newest first; of one day in the order of the kinds."""
    found = [*_of_courses(question, streams), *_of_amendments(question, streams)]
    if streams is None:
        told = question.once(_team_told)
        found += [*of_team(told), *_of_mentors(question)]
    order = list(WORDING)
    return sorted(
        found,
        key=lambda one: (
            -one.since.toordinal(),
            order.index(one.kind),
            str(one.course),
            str(one.person),
            one.events,
        ),
    )


def _of_courses(question: Question, streams: Collection[UUID] | None) -> Iterator[Contradiction]:
    courses, staff = question.once(identity.courses), question.once(identity.staff)
    asked = suspects(question, question.once(_mentors)) if streams is None else streams
    wanted = {id_ for stream in asked for id_ in courses.like(stream)}
    by_course: dict[UUID, list[Recorded]] = defaultdict(list)
    for event in question.facts(*OF_COURSES, ATTEMPTS, CASES, streams=wanted):
        by_course[courses[event.originator_id]].append(event)
    for course, events in by_course.items():
        told = course_told(
            course,
            events,
            same=staff,
            mentors=question.once(_mentors),
            sessions=question.once(_sessions),
            as_of=question.as_of,
        )
        yield from of_course(told)


def _of_amendments(question: Question, streams: Collection[UUID] | None) -> Iterator[Contradiction]:
    yield from amendment_of_nothing(amends_of(question, streams), question.as_of)


def _of_mentors(question: Question) -> Iterator[Contradiction]:
    for person, events in question.once(_events_of_mentors).items():
        yield from of_mentor(mentor_told(person, events, question.as_of))


def _events_of_mentors(question: Question) -> dict[UUID, list[Recorded]]:
    """By the one id of each."""
    staff = question.once(identity.staff)
    by_person: dict[UUID, list[Recorded]] = defaultdict(list)
    for event in question.facts(*OF_MENTORS):
        by_person[staff[event.originator_id]].append(event)
    return by_person


def _mentors(question: Question) -> dict[UUID, MentorState]:
    return {
        person: mentor_told(person, events, question.as_of).state
        for person, events in question.once(_events_of_mentors).items()
    }


def _team_told(question: Question) -> Any:
    return team_told(question.facts(*OF_TEAMS), question.as_of)


def _team(question: Question) -> TeamState:
    state: TeamState = question.once(_team_told).state
    return state


def _sessions(question: Question) -> dict[Ref, Session]:
    return {session.session: session for session in question.once(_team).sessions}
