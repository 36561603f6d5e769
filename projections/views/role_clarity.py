"""Role clarity (*rolleklarhed*): what mentor and caseworker say of who does what, course by course.

Every reading names the events it came from; nothing here is stored.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from domain.cooperation import Happening
from domain.course import CourseState
from domain.folding import held_on
from domain.role_clarity import ASSUMED, Reading, RoleClarity, read_role_clarity
from domain.team import TeamState
from domain.values import Ref
from projections import identity
from projections.answering import Line, known, view
from projections.asking import Question
from projections.table import key
from projections.views.courses import courses_of
from projections.views.team import team_state


@view
def role_clarity(question: Question, streams: Collection[UUID] | None = None) -> Iterator[Line]:
    """One row for each course with a match open on the day; with `streams` those courses only.

    The pair is the mentor matched last and the caseworker responsible that day. What nobody has
    stated is unknown, never clear.
    """
    team = question.once(team_state)
    courses = courses_of(question, team.same, streams)
    linked = question.once(identity.courses)
    shown = {linked[stream] for stream in streams or ()}
    support = _support(team, question)
    for course, state in sorted(courses.items()):
        if course in shown or (streams is None and _is_running(state, question.day)):
            reading = read_role_clarity(state, question.as_of)
            values = {"course": course, **_row(reading, question.day), **support}
            yield Line(values, partial(_behind, state, reading, question.day))


def _is_running(state: CourseState, day: date) -> bool:
    return state.is_open_on(day) and bool(state.matches_on(day))


def _row(reading: RoleClarity, day: date) -> dict[str, Any]:
    counts = Counter(division.reading for division in reading.divisions)
    crossings = [c for c in reading.crossings if (day - c.day).days < ASSUMED.crossings_in]
    return {
        "mentor": reading.mentor,
        "caseworker": reading.caseworker,
        "overall": str(reading.overall),
        "reasons": list(reading.reasons),
        "balance": str(reading.balance),
        **{str(kind).replace("-", "_"): counts[kind] for kind in Reading},
        "divisions": [
            {
                "responsibility": division.responsibility,
                "mentor_says": division.mentor_says,
                "caseworker_says": division.caseworker_says,
                "reading": str(division.reading),
            }
            for division in reading.divisions
        ],
        "goal": key(reading.goal.goal),
        "goal_is_common": reading.goal.is_common,
        "goal_reviewed_days_ago": reading.goal.reviewed_days_ago,
        "contact_days_ago": reading.contacts.days_since,
        "contacts_lately": reading.contacts.lately,
        "contacts_by_form": dict(reading.contacts.by_form),
        "crossings": len(crossings),
        "authority_crossings": sum(c.kind == "authority" for c in crossings),
        "mentor_work_crossings": sum(c.kind == "mentor-work" for c in crossings),
        "events": [key(event) for event in _events(reading)],
    }


def _behind(state: CourseState, reading: RoleClarity, day: date) -> list[Ref]:
    """What made the two a pair, and what the reading came from."""
    caseworker = held_on(state.caseworkers, day)
    matched = [match.ref for match in state.matches_on(day)]
    return [*known(caseworker.ref if caseworker else None), *matched, *_events(reading)]


def _events(reading: RoleClarity) -> list[Ref]:
    """The events behind the reading: statements, the last contact, crossings."""
    latest = [reading.contacts.latest] if reading.contacts.latest else []
    return [*reading.statements, *latest, *(crossing.ref for crossing in reading.crossings)]


def _support(team: TeamState, question: Question) -> dict[str, Any]:
    """Whether the team had a workshop on roles, and when the coordinator last followed up."""
    workshop = _latest(team.workshops, question.as_of)
    follow_up = _latest(team.role_follow_ups, question.as_of)
    return {
        "role_workshop_held": workshop is not None,
        "role_follow_up_days_ago": (question.day - follow_up.day).days if follow_up else None,
    }


def _latest(several: Collection[Happening], as_of: datetime) -> Happening | None:
    return max((h for h in several if h.at <= as_of), key=lambda h: h.at, default=None)
