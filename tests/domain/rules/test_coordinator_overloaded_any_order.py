"""`coordinator-overloaded` against the plain measure, day by day, and in any order."""

from datetime import timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import covers
from domain.caseload import (
    Follows,
    coordinator_is_overloaded,
    full_time_equivalents,
)
from domain.envelope import Recorded
from domain.follow_ups import TeamSeen
from domain.rules.overload import coordinator_overloaded
from tests.domain.engine import Arrival, Engine
from tests.domain.facts import (
    assigned,
    employed,
    hours_changed,
    released,
)
from tests.domain.rules.team_seen import follow_ups, seen_of, team_planner
from tests.domain.rules.test_coordinator_overloaded import (
    BOOK,
    BOSS,
    OWN,
    TEAM_OF_TWO,
    ends,
    follows,
)
from tests.domain.spec import (
    MENTOR_ID,
    corrected,
    day,
    fact_at,
    instant,
    person,
    retracted,
)
from tests.soaking import runs

# --- against the plain measure, day by day, and in any order -------------------------------------

PEOPLE = ("boss", "second", "m-1", "m-2")
DAYS = [f"2026-01-{number:02}" for number in range(1, 29)]
a_day, who = st.sampled_from(DAYS), st.sampled_from(PEOPLE)
citizens = st.sampled_from([f"c-{number}" for number in range(5)])
stays = st.lists(st.tuples(citizens, who, a_day, st.none() | a_day), max_size=12)
hours = st.lists(st.tuples(who, a_day, st.sampled_from([0, 300, 1110, 2220])), max_size=6)
functions = st.lists(
    st.tuples(st.sampled_from(PEOPLE[:2]), a_day, st.booleans()),
    max_size=5,
    unique_by=lambda a: a[:2],
)


def facts_of(
    stays: list[tuple[str, str, str, str | None]],
    hours: list[tuple[str, str, int]],
    functions: list[tuple[str, str, bool]],
) -> list[Recorded]:
    facts = [employed("2026-01-01", 0, mentor=person(one)) for one in PEOPLE]
    for number, (citizen, mentor, from_, to) in enumerate(stays):
        facts.append(follows(citizen, person(mentor), from_, match=f"match-{number}"))
        if to is not None:
            facts.append(ends(citizen, f"match-{number}", to))
    for number, (mentor, from_, minutes) in enumerate(hours):
        told = hours_changed(from_, minutes, mentor=person(mentor))
        facts.append(fact_at(from_, told.fact, id=f"hours-{number}", stream=person(mentor)))
    for one, on, begins in functions:
        facts.append(
            assigned(one, "coordinator", on) if begins else released(one, "coordinator", on)
        )
    return facts


def overloaded_on(seen: TeamSeen, text: str) -> set[UUID]:
    """Who is, by the measures that the caseload is shown with."""
    on = day(text)
    open_matches = [
        Follows(citizen, match.mentor, match.days)
        for citizen, several in seen.matches.items()
        for match in several
        if covers(match.days, on)
    ]
    found = set()
    for one in seen.team.holders_on("coordinator", on):
        own = {f.citizen for f in open_matches if f.mentor == one}
        others = {f.citizen for f in open_matches if f.mentor != one}
        fte = [
            full_time_equivalents(state.weekly_hours, on)
            for mentor, state in seen.mentors.items()
            if mentor != one
        ]
        if coordinator_is_overloaded(len(own), len(others), sum(fte, Fraction(0))):
            found.add(one)
    return found


@pytest.mark.soak
@settings(max_examples=runs(40, 5000), deadline=None)
@given(stays=stays, hours=hours, functions=functions, data=st.data())
def test_the_duties_cover_the_days_on_which_a_coordinator_is_overloaded_in_any_order(
    stays: list[tuple[str, str, str, str | None]],
    hours: list[tuple[str, str, int]],
    functions: list[tuple[str, str, bool]],
    data: st.DataObject,
) -> None:
    facts = facts_of(stays, hours, functions)
    seen = seen_of(facts, BOOK)
    duties = list(coordinator_overloaded(seen))

    for text in DAYS:
        assert overloaded_on(seen, text) == {
            duty.about
            for duty in duties
            if duty.since <= day(text)
            and (duty.met is None or day(text) < duty.met.on)
            and (duty.ended is None or day(text) < duty.ended.on)
        }
    shuffled = data.draw(st.permutations(facts))
    again = list(coordinator_overloaded(seen_of(shuffled, BOOK)))
    assert sorted(again, key=repr) == sorted(duties, key=repr)


LATE = follows("own-9", BOSS, "2026-01-14")
FACTS = [
    *TEAM_OF_TWO,
    *OWN,
    LATE,
    corrected("2026-02-01 10:00", OWN[3], follows("own-4", MENTOR_ID, "2026-01-14").fact),
    retracted("2026-02-03 10:00", LATE),
    ends("own-1", "own-1-2026-01-11", "2026-03-01"),
    hours_changed("2026-04-01", 3000),
]


@pytest.mark.soak
@settings(max_examples=runs(10, 1000), deadline=None)
@given(
    order=st.permutations(FACTS),
    gaps=st.lists(st.integers(0, 6), min_size=len(FACTS), max_size=len(FACTS)),
    twice=st.sampled_from(FACTS),
)
def test_the_open_follow_ups_are_the_same_however_late_and_in_whatever_order_facts_arrive(
    order: list[Recorded], gaps: list[int], twice: Recorded
) -> None:
    late, arrived = instant("2026-01-12 10:00"), list[Arrival]()
    for event, gap in zip(order, gaps, strict=True):
        late = max(late, event.occurred_at) + timedelta(days=gap)
        arrived.append((late, event))
    engine = Engine(team_planner(BOOK)).run([*arrived, (late, twice)], until="2027-01-01 12:00")

    written = follow_ups(engine.known, BOOK).items()
    assert {(key.anchor, one.due_on) for key, one in written if one.is_open} == {
        (FACTS[-1].ref, day("2026-04-15"))
    }
