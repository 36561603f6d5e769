"""The citizens whom some few staff members are mentors for themselves, found without the others."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from domain.calendar import covers
from domain.caseload import Follows
from domain.envelope import Recorded
from domain.folding import Persons, Telling
from domain.matches import folded_matches
from domain.spells import folded_spells
from projections import identity
from projections.asking import Question
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.matches import MATCH_ENDS, MATCHES

_COURSES = """select distinct stream from {table} where mentor = any(%(mentors)s)
 and learned <= %(at)s and (superseded is null or superseded > %(at)s)"""


def followed_by(question: Question, people: Collection[UUID], day: date) -> list[Follows]:
    """Whom these people follow as mentors on a day; each known by the one id of all of theirs."""
    staff, citizens = question.once(identity.staff), question.once(identity.citizens)
    persons = Persons(staff)
    found = []
    for course, events in _courses_of(question, people).items():
        telling = Telling(events)
        found += [
            Follows(citizens[course], match.mentor, match.days, match.ref)
            for match in folded_matches(telling, folded_spells(telling), persons)
            if match.mentor in people and covers(match.days, day)
        ]
    return found


def _courses_of(question: Question, people: Collection[UUID]) -> dict[UUID, list[Recorded]]:
    """The events of every course that any of them was ever matched on, by the course's one id."""
    linked = question.once(identity.courses)
    streams = {id_ for stream in _streams(question, people) for id_ in linked.like(stream)}
    by_course: dict[UUID, list[Recorded]] = defaultdict(list)
    if streams:
        tables = (MATCHES, MATCH_ENDS, CLOSINGS, REOPENINGS)
        for event in question.facts(*tables, streams=streams):
            by_course[linked[event.originator_id]].append(event)
    return by_course


def _streams(question: Question, people: Collection[UUID]) -> Iterator[UUID]:
    staff = question.once(identity.staff)
    statement = SQL(_COURSES).format(table=Identifier(question.schema, MATCHES.name))
    values = {
        "at": question.position,
        "mentors": [id_ for person in people for id_ in staff.like(person)],
    }
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    yield from (stream for (stream,) in cursor.execute(statement, values, prepare=True))
