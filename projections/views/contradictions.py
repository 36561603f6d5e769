"""Contradictions (*modsigelser*): what was told and can't all be so, found when asked.

Nothing is stored: what is missing may come, and then the contradiction is gone; as known before,
it is there still.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import partial
from itertools import chain
from uuid import UUID

from domain.contradictions import (
    Contradiction,
    MentorTold,
    course_told,
    of_course,
    of_mentor,
    of_team,
)
from domain.contradictions.amendments import amendment_of_nothing
from domain.contradictions.wording import WORDING
from domain.mentor import MentorState
from projections import identity
from projections.answering import Line, view
from projections.asking import Question
from projections.facts.activities import ATTEMPTS
from projections.facts.staff import DEPARTURES, HOURS_CHANGES
from projections.facts.supervision import CASES
from projections.table import key
from projections.views.amending import amends_of
from projections.views.courses import TABLES as OF_COURSES
from projections.views.sessions import sessions_named, team_at_odds
from projections.views.staff import functions_of, mentors_of
from projections.views.suspects import suspects


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
        found += [*of_team(team_at_odds(question)), *_of_mentors(question)]
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
    courses = question.once(identity.courses)
    mentors = question.once(_mentors)
    asked = suspects(question, mentors) if streams is None else streams
    if not asked:
        return
    several = question.tellings(
        *OF_COURSES, ATTEMPTS, CASES, one_of=courses, streams=courses.all_like(asked)
    )
    sessions = sessions_named(question, several.values())
    for course, telling in several.items():
        told = course_told(
            course,
            telling,
            same=question.once(identity.staff),
            mentors=mentors,
            sessions=sessions,
            team=question.once(functions_of),
            as_of=question.as_of,
        )
        yield from of_course(told)


def _of_amendments(question: Question, streams: Collection[UUID] | None) -> Iterator[Contradiction]:
    yield from amendment_of_nothing(amends_of(question, streams), question.as_of)


def _of_mentors(question: Question) -> Iterator[Contradiction]:
    """What is at odds with an employment is a change of hours or a leaving."""
    staff, mentors = question.once(identity.staff), question.once(_mentors)
    tables = (HOURS_CHANGES, DEPARTURES)
    for person, telling in question.tellings(*tables, one_of=staff).items():
        yield from of_mentor(MentorTold(person, telling, mentors[person], question.as_of))


def _mentors(question: Question) -> dict[UUID, MentorState]:
    return mentors_of(question, question.once(identity.staff))
