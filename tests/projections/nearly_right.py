"""Random histories of courses on which nearly everything is right, close to their boundaries.

Days are few, hours any, and summer time begins among them, so that what happens falls on the days
on which matches and courses begin and end.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
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

COURSES = [UUID(int=n) for n in (1, 2)]
MENTORS = [UUID(int=n) for n in (11, 12)]
CASEWORKERS = [UUID(int=n) for n in (21, 22)]
TEAM = UUID(int=7)
LEADER = Actor("leader", UUID(int=31))
FIRST = datetime(2026, 3, 26, tzinfo=UTC)  # three days before summer time

mostly_first = st.sampled_from([0, 0, 0, 0, 0, 1])
mentors, caseworkers = (
    mostly_first.map(MENTORS.__getitem__),
    mostly_first.map(CASEWORKERS.__getitem__),
)
of_mentors = mentors.map(lambda one: Actor("mentor", one))
of_caseworkers = caseworkers.map(lambda one: Actor("caseworker", one))
hours = st.integers(0, 24 * 8)
days = st.integers(0, 8).map(lambda n: FIRST.date() + timedelta(days=n))
moments = st.integers(24 * 4, 24 * 10).map(lambda n: FIRST + timedelta(hours=n))


def things(name: str) -> st.SearchStrategy[Ref]:
    return mostly_first.map(lambda n: Ref(SOURCE, f"{name}-{n}"))


def _built(type_: type[Fact], /, **fields: Any) -> st.SearchStrategy[Fact]:
    given = {n: v if isinstance(v, st.SearchStrategy) else st.just(v) for n, v in fields.items()}
    return st.builds(type_, **given)


_DONE = {"role": "system-guide", "activity": "other", "minutes": 30, "contact": "phone"}
_ANSWERS = {"system-guide": "mentor"}
_PERIOD = Period(FIRST.date(), FIRST.date() + timedelta(days=6))
intakes = _built(IntakeRegistered, actor=of_caseworkers, caseworker=caseworkers)
matches = _built(
    MentorMatched,
    actor=of_caseworkers,
    match=things("match"),
    mentor=mentors,
    from_=days,
    method="by-profile",
)
grants = _built(
    GrantDecided,
    actor=of_caseworkers,
    grant=things("grant"),
    kind="course",
    outcome="granted",
    period=_PERIOD,
)
work: st.SearchStrategy[Fact] = st.one_of(
    _built(ActivityRegistered, actor=of_mentors, **_DONE),
    _built(ActivityRegistered, actor=of_mentors | of_caseworkers, grant=things("grant"), **_DONE),
    _built(ContactAttempted, actor=of_mentors, form="phone", outcome="no-answer"),
    _built(FirstMeetingHeld, actor=of_mentors, mentor=mentors, form="phone"),
    _built(RolesStated, actor=of_mentors, counterpart=caseworkers, answers=_ANSWERS),
    _built(RolesStated, actor=of_caseworkers, counterpart=mentors, answers=_ANSWERS),
    _built(CaseSupervised, actor=of_mentors, session=things("session"), mentor=mentors),
    _built(GoalSet, actor=of_mentors, goal=things("goal"), directions=("job",), text="sealed"),
)
turns: st.SearchStrategy[Fact] = st.one_of(
    _built(CaseworkerChanged, actor=LEADER, caseworker=caseworkers, from_=days, reason="other"),
    _built(MatchEnded, actor=of_caseworkers, match=things("match"), to=days, reason="other"),
    _built(Closed, actor=of_caseworkers, to=days, reason="job"),
    _built(Reopened, actor=of_caseworkers, from_=days, reason="setback"),
    _built(
        GrantExtended,
        actor=of_caseworkers,
        grant=things("grant"),
        period=Period(_PERIOD.to, date(2026, 5, 1)),  # type: ignore[arg-type]  # it ends
    ),
    _built(GrantEnded, actor=of_caseworkers, grant=things("grant"), to=days, reason="completed"),
    intakes,
    matches,
)
functions = st.sampled_from(["supervisor", "coordinator", "mentor"])
of_staff: st.SearchStrategy[Fact] = st.one_of(
    _built(HoursChanged, actor=LEADER, from_=days, weekly_minutes=1110, reason="other"),
    _built(HoursChanged, actor=LEADER, from_=days, weekly_minutes=0, reason="leave"),
    _built(Left, actor=LEADER, to=days, reason="resigned"),
    _built(Employed, actor=LEADER, from_=days, weekly_minutes=2220, gender="woman"),
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


@st.composite
def nearly_right(draw: st.DrawFn) -> list[Recorded]:
    """Events in the order in which they arrive."""
    employed = [
        recorded(
            one,
            f"em-{n}",
            FIRST,
            Employed(actor=LEADER, from_=FIRST.date(), weekly_minutes=2220, gender="woman"),
            None,
        )
        for n, one in enumerate(MENTORS)
    ]
    begun = [draw(intakes), draw(matches), draw(grants)]
    facts = [
        *draw(st.lists(work, min_size=3, max_size=8)),
        *draw(st.lists(turns, max_size=2)),
        *draw(st.lists(of_staff, max_size=3)),
    ]
    early = [_told(COURSES[0], n, draw(st.integers(0, 30)), fact) for n, fact in enumerate(begun)]
    later = [
        _told(draw(mostly_first.map(COURSES.__getitem__)), n, draw(hours), fact)
        for n, fact in enumerate(facts, len(early))
    ]
    gone = draw(st.lists(st.sampled_from([*early, *later]), max_size=1))
    taken_back = [
        _told(one.originator_id, n, draw(hours), _retracted(one))
        for n, one in enumerate(gone, 100)
        if isinstance(one.fact, CourseFact)
    ]
    return in_order(draw(st.permutations([*employed, *early, *later, *taken_back])))


def _told(course: UUID, number: int, hour: int, fact: Fact) -> Recorded:
    stream = course if isinstance(fact, CourseFact) else TEAM
    if isinstance(fact, MentorFact):
        stream = MENTORS[number % 2]
    return recorded(stream, f"ev-{number}", FIRST + timedelta(hours=hour), fact, None)


def _retracted(one: Recorded) -> Fact:
    target = Ref(SOURCE, one.source_id)
    return CourseEventRetracted(actor=LEADER, retracts=target, reason="sent-twice")
