"""Random histories of courses on which nearly everything is right, close to their boundaries.

Days are few, hours any, and summer time begins among them, so that what happens falls on the days
on which matches and courses begin and end.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st

from domain.envelope import Recorded
from domain.events.base import CourseFact, Fact, MentorFact
from domain.events.common import CourseEventRetracted
from domain.events.course import (
    ActivityRegistered,
    CaseSupervised,
    CaseworkerChanged,
    Closed,
    ContactAttempted,
    FirstMeetingHeld,
    GoalSet,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    IntakeRegistered,
    MatchEnded,
    MentorMatched,
    Reopened,
    RolesStated,
)
from domain.events.mentor import Employed, HoursChanged, Left
from domain.events.team import (
    PersonAssigned,
    PersonReleased,
    SupervisionSessionHeld,
    TeamIdentityLinked,
)
from domain.values import Actor, Period, Ref
from tests.projections.histories import SOURCE, in_order, recorded

T = TypeVar("T")
COURSES = [UUID(int=n) for n in range(1, 7)]
MENTORS = [UUID(int=n) for n in (11, 12)]
CASEWORKERS = [UUID(int=n) for n in (21, 22)]
TEAM = UUID(int=7)
LEADER = Actor("leader", UUID(int=31))
FIRST = datetime(2026, 3, 26, tzinfo=UTC)  # three days before summer time

either = st.integers(0, 1)
mentors, caseworkers = (
    either.map(MENTORS.__getitem__),
    either.map(CASEWORKERS.__getitem__),
)
of_mentors = mentors.map(lambda one: Actor("mentor", one))
of_caseworkers = caseworkers.map(lambda one: Actor("caseworker", one))
hours = st.integers(0, 24 * 8)
after_beginning = st.integers(26, 24 * 8)
days = st.integers(0, 8).map(lambda n: FIRST.date() + timedelta(days=n))
moments = st.integers(24 * 4, 24 * 10).map(lambda n: FIRST + timedelta(hours=n))


def things(name: str) -> st.SearchStrategy[Ref]:
    return either.map(lambda n: Ref(SOURCE, f"{name}-{n}"))


def _built(type_: type[Fact], /, **fields: Any) -> st.SearchStrategy[Fact]:
    given = {n: v if isinstance(v, st.SearchStrategy) else st.just(v) for n, v in fields.items()}
    return st.builds(type_, **given)


_DONE = {"role": "system-guide", "activity": "other", "minutes": 30, "contact": "phone"}
_ANSWERS = {"system-guide": "mentor"}
_LAST = FIRST.date() + timedelta(days=6)
_PERIOD = Period(FIRST.date(), _LAST)
matches = _built(
    MentorMatched,
    actor=of_caseworkers,
    match=things("match"),
    mentor=mentors,
    from_=days,
    method="by-profile",
)
beginnings = _built(
    MentorMatched,
    actor=of_caseworkers,
    match=Ref(SOURCE, "match-0"),
    mentor=MENTORS[0],
    from_=st.integers(0, 2).map(lambda n: FIRST.date() + timedelta(days=n)),
    method="by-profile",
)
grants = _built(
    GrantDecided,
    actor=of_caseworkers,
    grant=Ref(SOURCE, "grant-0"),
    kind="course",
    outcome="granted",
    period=_PERIOD,
)
_M, _C = Actor("mentor", MENTORS[0]), Actor("caseworker", CASEWORKERS[0])
right: st.SearchStrategy[Fact] = st.one_of(
    _built(ActivityRegistered, actor=_M, **_DONE),
    _built(ContactAttempted, actor=_M, form="phone", outcome="no-answer"),
    _built(FirstMeetingHeld, actor=_M, mentor=MENTORS[0], form="phone"),
    _built(RolesStated, actor=_M, counterpart=CASEWORKERS[0], answers=_ANSWERS),
    _built(RolesStated, actor=_C, counterpart=MENTORS[0], answers=_ANSWERS),
)
odd: st.SearchStrategy[Fact] = st.one_of(
    _built(ActivityRegistered, actor=Actor("caseworker", MENTORS[0]), **_DONE),
    _built(
        GrantEnded,
        actor=Actor("caseworker", MENTORS[0]),
        grant=Ref(SOURCE, "grant-0"),
        to=_LAST,
        reason="completed",
    ),
    _built(ActivityRegistered, actor=of_mentors, **_DONE),
    _built(ActivityRegistered, actor=of_caseworkers, grant=things("grant"), **_DONE),
    _built(RolesStated, actor=of_mentors, counterpart=caseworkers, answers=_ANSWERS),
    _built(CaseSupervised, actor=of_mentors, session=things("session"), mentor=mentors),
    _built(GoalSet, actor=of_mentors, goal=things("goal"), directions=("job",), text="sealed"),
)
turns: st.SearchStrategy[Fact] = st.one_of(
    _built(CaseworkerChanged, actor=LEADER, caseworker=caseworkers, from_=days, reason="other"),
    _built(MatchEnded, actor=_C, match=Ref(SOURCE, "match-0"), to=days, reason="other"),
    _built(Closed, actor=_C, to=days, reason="job"),
    matches,
)
functions = st.sampled_from(["supervisor", "coordinator", "mentor", "caseworker"])
of_the_team: st.SearchStrategy[Fact] = st.one_of(
    _built(PersonAssigned, actor=LEADER, person=mentors, function=functions, from_=days),
    _built(
        PersonReleased,
        actor=LEADER,
        person=mentors,
        function=functions,
        to=days,
        reason="other",
    ),
    _built(
        SupervisionSessionHeld,
        actor=LEADER,
        session=things("session"),
        supervisor=mentors,
        mentors=mentors.map(lambda one: (one,)),
        form="group",
        minutes=60,
    ),
    _built(TeamIdentityLinked, actor=LEADER, person=MENTORS[0], alias=MENTORS[1], basis="cpr"),
)
rarer: st.SearchStrategy[Fact] = st.one_of(
    _built(Reopened, actor=_C, from_=days, reason="setback"),
    _built(
        GrantExtended,
        actor=_C,
        grant=Ref(SOURCE, "grant-0"),
        period=Period(_LAST, date(2026, 5, 1)),
    ),
    _built(GrantEnded, actor=_C, grant=Ref(SOURCE, "grant-0"), to=days, reason="completed"),
    _built(IntakeRegistered, actor=of_caseworkers, caseworker=caseworkers),
    _built(HoursChanged, actor=LEADER, from_=days, weekly_minutes=1110, reason="other"),
    _built(HoursChanged, actor=LEADER, from_=days, weekly_minutes=0, reason="leave"),
    _built(Left, actor=LEADER, to=days, reason="resigned"),
    _built(Employed, actor=LEADER, from_=days, weekly_minutes=2220, gender="woman"),
    of_the_team,
)


def rarely(one: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    """None of them seven times of eight."""
    return st.integers(0, 7).flatmap(lambda n: st.just([]) if n < 7 else one.map(lambda x: [x]))


@st.composite
def nearly_right(draw: st.DrawFn) -> list[Recorded]:
    """Events of several courses, in the order in which they arrive."""
    hired = Employed(actor=LEADER, from_=FIRST.date(), weekly_minutes=2220, gender="woman")
    events = [recorded(one, f"em-{n}", FIRST, hired, None) for n, one in enumerate(MENTORS)]
    for course in COURSES:
        events += draw(_of_course(course))
    return in_order(draw(st.permutations(events)))


@st.composite
def _of_course(draw: st.DrawFn, course: UUID) -> list[Recorded]:
    """What is right, a turn, and seldom more."""
    intake = IntakeRegistered(actor=_C, caseworker=CASEWORKERS[0])
    drawn: list[tuple[int, Fact]] = [(draw(st.integers(0, 6)), intake)]
    drawn += [(draw(st.integers(4, 40)), draw(fact)) for fact in (beginnings, grants)]
    drawn += draw(st.lists(st.tuples(after_beginning, right), min_size=2, max_size=4))
    drawn += [(draw(hours), fact) for fact in (draw(turns), *draw(rarely(odd | rarer)))]
    events = [_told(course, n, hour, fact) for n, (hour, fact) in enumerate(drawn)]
    taken_back = [
        _told(course, n, draw(hours), _retracted(one))
        for n, one in enumerate(draw(rarely(st.sampled_from(events))), len(events))
        if isinstance(one.fact, CourseFact)
    ]
    return events + taken_back


def _told(course: UUID, number: int, hour: int, fact: Fact) -> Recorded:
    stream = course if isinstance(fact, CourseFact) else TEAM
    if isinstance(fact, MentorFact):
        stream = MENTORS[hour % 2]
    return recorded(stream, f"ev-{course.int}-{number}", FIRST + timedelta(hours=hour), fact, None)


def _retracted(one: Recorded) -> Fact:
    target = Ref(SOURCE, one.source_id)
    return CourseEventRetracted(actor=LEADER, retracts=target, reason="sent-twice")
