"""Random histories of mentors and caseworkers on few courses, dense enough to be pairs."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from msgspec import Raw

from domain.envelope import Recorded
from domain.events.base import CourseFact, Fact
from domain.events.codec import encode_fact
from domain.events.common import CourseEventCorrected, CourseEventRetracted
from domain.events.course import (
    ActivityRegistered,
    CaseworkerChanged,
    Closed,
    CoordinationHeld,
    FrictionReported,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    GrantDecided,
    GrantEnded,
    IdentityLinked,
    IntakeRegistered,
    MatchEnded,
    MentorMatched,
    Reopened,
    RolesStated,
)
from domain.events.team import TeamIdentityLinked
from domain.values import Actor, Ref, Replacement
from tests.projections.histories import SOURCE, in_order, recorded, topic_of

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
COURSES = [UUID(int=n) for n in (1, 2)]
MENTORS = [UUID(int=n) for n in (11, 12)]
CASEWORKERS = [UUID(int=n) for n in (21, 22)]
TEAM = UUID(int=7)

mentors = st.sampled_from(MENTORS)
caseworkers = st.sampled_from(CASEWORKERS)
of_mentors = st.builds(Actor, st.just("mentor"), mentors)
of_caseworkers = st.builds(Actor, st.just("caseworker"), caseworkers)
either = of_mentors | of_caseworkers
anybody = either | st.just(Actor("coordinator", UUID(int=31)))
days = st.integers(10, 110).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
early = st.integers(-2, 20).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
times = st.integers(0, 110).map(lambda n: START + timedelta(days=n))
moments = st.integers(20, 120).map(lambda n: START + timedelta(days=n, hours=3))


def _things(name: str) -> st.SearchStrategy[Ref]:
    return st.integers(0, 1).map(lambda n: Ref(SOURCE, f"{name}-{n}"))


def _some(*strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(*strategies)


answers = st.fixed_dictionaries(
    {"system-guide": st.sampled_from(["mentor", "caseworker", "both"])},
    optional={"crisis-contact": st.sampled_from(["mentor", "nobody"])},
)
participants = st.lists(anybody, min_size=2, max_size=4).map(tuple)
intakes: st.SearchStrategy[Fact] = st.builds(
    IntakeRegistered, actor=anybody, caseworker=caseworkers
)
matches: st.SearchStrategy[Fact] = st.builds(
    MentorMatched,
    actor=anybody,
    match=_things("match"),
    mentor=mentors,
    from_=early,
    method=st.just("by-profile"),
)
people = intakes | matches
changes: st.SearchStrategy[Fact] = st.builds(
    CaseworkerChanged,
    actor=anybody,
    caseworker=caseworkers,
    from_=days,
    reason=st.just("other"),
)
ends: st.SearchStrategy[Fact] = st.one_of(
    st.builds(MatchEnded, actor=anybody, match=_things("match"), to=days, reason=st.just("other")),
    st.builds(Closed, actor=anybody, to=days, reason=st.just("job")),
    st.builds(Reopened, actor=anybody, from_=days, reason=st.just("setback")),
    st.builds(
        IdentityLinked,
        actor=anybody,
        what=st.just("course"),
        alias=st.sampled_from(COURSES),
        basis=st.just("cpr"),
    ),
)
statements: st.SearchStrategy[Fact] = st.one_of(
    st.builds(RolesStated, actor=of_mentors, counterpart=caseworkers, answers=answers),
    st.builds(RolesStated, actor=of_caseworkers, counterpart=mentors, answers=answers),
)
work: st.SearchStrategy[Fact] = st.one_of(
    statements,
    st.builds(
        CoordinationHeld,
        actor=anybody,
        form=st.sampled_from(["phone", "informal"]),
        participants=participants,
        topics=st.sampled_from([(), ("roles",)]),
    ),
    st.builds(
        GoalSet,
        actor=anybody,
        goal=_things("goal"),
        directions=st.just(("job",)),
        text=st.just("sealed"),
    ),
    st.builds(GoalAcknowledged, actor=either, goal=_things("goal")),
    st.builds(GoalReviewed, actor=anybody, goal=_things("goal"), outcome=st.just("kept")),
    st.builds(
        FrictionReported,
        actor=anybody,
        kind=st.sampled_from(["overlap", "other"]),
        responsibility=st.none() | st.just("crisis-contact"),
        between=st.just(()) | _some(either) | _some(of_mentors, of_caseworkers),
    ),
    st.builds(
        ActivityRegistered,
        actor=anybody,
        role=st.just("system-guide"),
        activity=st.just("other"),
        minutes=st.just(30),
        contact=st.just("phone"),
    ),
    st.builds(
        GrantDecided,
        actor=anybody,
        grant=_things("grant"),
        kind=st.just("course"),
        outcome=st.just("refused"),
        reason=st.just("other"),
    ),
    st.builds(
        GrantEnded,
        actor=anybody,
        grant=_things("grant"),
        to=days,
        reason=st.just("completed"),
    ),
)
links: st.SearchStrategy[Fact] = st.builds(
    TeamIdentityLinked,
    actor=anybody,
    person=st.just(MENTORS[0]),
    alias=st.just(MENTORS[1]),
    basis=st.just("cpr"),
)


@st.composite
def cooperations(draw: st.DrawFn) -> list[Recorded]:
    """Events in the order in which they arrive, some of them corrected or retracted."""
    facts: list[Fact] = [
        *(draw(intakes), draw(matches)),
        *draw(st.lists(people, max_size=4)),
        *draw(st.lists(statements, min_size=6, max_size=12)),
        *draw(st.lists(work, min_size=20, max_size=30)),
        *draw(st.lists(changes, max_size=3)),
        *draw(st.lists(ends, max_size=2)),
        *draw(st.lists(links, max_size=1)),
    ]
    originals = [draw(_original(n, fact)) for n, fact in enumerate(facts)]
    of_courses = [one for one in originals if isinstance(one.fact, CourseFact)]
    amended = draw(st.lists(st.sampled_from(of_courses), max_size=3))
    amendments = [draw(_amendment(n, one)) for n, one in enumerate(amended)]
    return in_order(draw(st.permutations(originals + amendments)))


@st.composite
def _original(draw: st.DrawFn, number: int, fact: Fact) -> Recorded:
    # Most is of the first course, so that it comes together.
    course = draw(st.sampled_from([*[COURSES[0]] * 4, COURSES[1]])) if number > 1 else COURSES[0]
    stream = course if isinstance(fact, CourseFact) else TEAM
    sequence = draw(st.none() | st.integers(0, 2))
    return recorded(stream, f"ev-{number}", draw(times), fact, sequence)


@st.composite
def _amendment(draw: st.DrawFn, number: int, original: Recorded) -> Recorded:
    target, actor = Ref(SOURCE, original.source_id), Actor("coordinator", UUID(int=31))
    fact: Fact
    if draw(st.booleans()):
        fact = CourseEventRetracted(actor=actor, retracts=target, reason="sent-twice")
    else:
        new = draw(people | work | changes)
        replacement = Replacement(type=topic_of(new), time=draw(times), data=Raw(encode_fact(new)))
        fact = CourseEventCorrected(
            actor=actor, corrects=target, reason="typing-error", replacement=replacement
        )
    return recorded(original.originator_id, f"am-{number}", draw(times), fact, None)


def streams_of(events: Sequence[Recorded]) -> set[UUID]:
    """The courses that are told of."""
    return {one.originator_id for one in events if isinstance(one.fact, CourseFact)}
