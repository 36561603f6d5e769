"""Random histories: originals of several kinds, corrected, retracted, told in any order."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.codec import encode_fact
from domain.events.common import CourseEventCorrected, CourseEventRetracted
from domain.events.course import (
    ActivityRegistered,
    Closed,
    CoordinationHeld,
    IdentityLinked,
    IntakeRegistered,
    MatchEnded,
    MentorMatched,
    RolesStated,
)
from domain.values import Actor, Ref, Replacement

SOURCE = "https://sagssystem.example"
START = datetime(2026, 1, 1, 8, tzinfo=UTC)
COURSES = [UUID(int=n) for n in (1, 2)]
PEOPLE = [UUID(int=n) for n in (11, 12, 13)]


def topic_of(fact: Fact) -> str:
    """The topic under which a fact is stored."""
    return f"{fact.NAME}.v{fact.VERSION}"


actors = st.builds(Actor, st.sampled_from(["caseworker", "mentor"]), st.sampled_from(PEOPLE))
people = st.sampled_from(PEOPLE)
days = st.integers(0, 60).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
times = st.integers(0, 20).map(lambda n: START + timedelta(days=n))
things = st.sampled_from([Ref(SOURCE, f"thing-{n}") for n in range(4)])
sequences = st.none() | st.integers(0, 3)
common = {"actor": actors, "on_behalf_of": st.none() | actors}

facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(IntakeRegistered, **common, caseworker=people, form=st.just("phone")),
    st.builds(
        MentorMatched,
        **common,
        match=things,
        mentor=people,
        from_=days,
        method=st.just("by-profile"),
        reasons=st.sampled_from([(), ("strengths-fit", "other")]),
    ),
    st.builds(MatchEnded, **common, match=things, to=days, reason=st.just("other")),
    st.builds(Closed, **common, to=days, reason=st.just("job"), note=st.just("secret")),
    st.builds(
        IdentityLinked,
        **common,
        what=st.just("course"),
        alias=st.sampled_from(COURSES),
        basis=st.just("cpr"),
    ),
    st.builds(
        RolesStated,
        **common,
        counterpart=people,
        answers=st.just({"system-guide": "mentor", "crisis-contact": "both"}),
    ),
    st.builds(
        CoordinationHeld,
        **common,
        form=st.just("phone"),
        participants=st.lists(actors, min_size=2, max_size=3).map(tuple),
    ),
    st.builds(
        ActivityRegistered,
        **common,
        role=st.just("system-guide"),
        activity=st.just("other"),
        minutes=st.integers(1, 200),
        contact=st.just("phone"),
    ),
)


@st.composite
def _original(
    draw: st.DrawFn, number: int, of: st.SearchStrategy[Fact], at: st.SearchStrategy[datetime]
) -> Recorded:
    return recorded(
        draw(st.sampled_from(COURSES)),
        f"ev-{number}",
        draw(at),
        draw(of),
        draw(sequences),
    )


@st.composite
def _amendment(
    draw: st.DrawFn,
    number: int,
    targets: Sequence[tuple[UUID, str]],
    of: st.SearchStrategy[Fact],
) -> Recorded:
    stream, id_ = draw(st.sampled_from(targets))
    actor, target = draw(actors), Ref(SOURCE, id_)
    fact: Fact
    if draw(st.booleans()):
        new = draw(of)
        replacement = Replacement(type=topic_of(new), time=draw(times), data=Raw(encode_fact(new)))
        fact = CourseEventCorrected(
            actor=actor, corrects=target, reason="typing-error", replacement=replacement
        )
    else:
        fact = CourseEventRetracted(actor=actor, retracts=target, reason="sent-twice")
    return recorded(stream, f"am-{number}", draw(times), fact, draw(sequences))


def recorded(stream: UUID, id_: str, time: datetime, fact: Fact, sequence: int | None) -> Recorded:
    """An event that has no position yet."""
    return Recorded(
        originator_id=stream,
        originator_version=1,
        position=0,
        topic=topic_of(fact),
        event_id=UUID(int=0),
        occurred_at=time,
        recorded_at=time,
        source=SOURCE,
        source_id=id_,
        sequence=sequence,
        fact=fact,
    )


def in_order(events: Sequence[Recorded]) -> list[Recorded]:
    """The events as if they had been stored one after the other; positions have gaps."""
    return [
        replace(
            event,
            position=3 * n,
            originator_version=n,
            recorded_at=START + timedelta(days=100, seconds=n),
        )
        for n, event in enumerate(events, 1)
    ]


@st.composite
def histories(
    draw: st.DrawFn,
    of: st.SearchStrategy[Fact] = facts,
    at: st.SearchStrategy[datetime] = times,
) -> list[Recorded]:
    """Events `of` these facts, told `at` these times, in the order in which they arrive.

    Some amend what never comes, or another amendment.
    """
    originals = [draw(_original(n, of, at)) for n in range(draw(st.integers(1, 8)))]
    targets = [(e.originator_id, e.source_id) for e in originals] + [(COURSES[0], "ev-lost")]
    amendments: list[Recorded] = []
    for number in range(draw(st.integers(0, 6))):
        amendments.append(draw(_amendment(number, targets, of)))
        targets.append((amendments[-1].originator_id, amendments[-1].source_id))
    return in_order(draw(st.permutations(originals + amendments)))
