"""The fold of a team: functions by day, arrangements by day, each session once."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.envelope import Recorded
from domain.events.team import RulesAdopted, TeamIdentityLinked, TeamIdentityUnlinked
from domain.team import fold_team
from domain.values import Period
from tests.domain.facts import TEAM, arranged, assigned, established, released, session
from tests.domain.spec import (
    COORDINATOR,
    COORDINATOR_ID,
    corrected,
    day,
    fact_at,
    person,
    ref,
    retracted,
)
from tests.soaking import runs

EVENTS = [
    established("2026-01-01"),
    assigned("k-02", "coordinator", "2026-01-01"),
    assigned("k-02", "supervisor", "2026-02-01", employment="internal"),
    released("k-02", "coordinator", "2026-06-01"),
    assigned("sup", "supervisor", "2026-01-15", employment="external"),
    arranged("2026-01-01", "none"),
    arranged("2026-03-01", cadence_weeks=4),
    session("2026-02-03 10:00"),
    session("2026-03-03 10:00"),
]
AMENDED = [
    corrected("2026-04-01", EVENTS[4], assigned("sup", "supervisor", "2026-01-20").fact),
    retracted("2026-04-02", EVENTS[7]),
]


@pytest.mark.soak
@settings(max_examples=runs(60), deadline=None)
@given(st.permutations([*EVENTS, *AMENDED, *EVENTS[:4]]))
def test_any_order_of_arrival_gives_the_same_team(arrived: list[Recorded]) -> None:
    assert fold_team(arrived) == fold_team([*EVENTS, *AMENDED])


def test_a_person_holds_each_function_from_its_first_day_until_released() -> None:
    team = fold_team(EVENTS)

    assert set(team.functions_on(COORDINATOR_ID, day("2026-01-31"))) == {"coordinator"}
    assert set(team.functions_on(COORDINATOR_ID, day("2026-02-01"))) == {
        "coordinator",
        "supervisor",
    }
    assert set(team.functions_on(COORDINATOR_ID, day("2026-06-01"))) == {"supervisor"}


def test_an_assignment_sent_again_for_the_same_day_replaces() -> None:
    again = assigned(
        "sup", "supervisor", "2026-01-15", employment="internal", when="2026-02-01 09:00"
    )
    held = fold_team([*EVENTS, again]).functions_on(person("sup"), day("2026-01-15"))

    assert held["supervisor"].employment == "internal"


def test_the_coordinator_and_leader_of_the_day_are_those_addressed() -> None:
    team = fold_team(EVENTS)

    assert team.staff_on(day("2026-05-31")) == {"coordinator": COORDINATOR_ID}
    assert team.staff_on(day("2026-06-01")) == {}


def test_a_session_told_twice_is_one() -> None:
    again = session("2026-03-03 10:00", minutes=500)
    twin = fact_at("2026-03-03 11:00", again.fact, id="typed-twice", stream=TEAM)

    sessions = fold_team([*EVENTS, twin]).sessions
    assert [(s.day, s.minutes) for s in sessions] == [
        (day("2026-02-03"), 90),
        (day("2026-03-03"), 90),
    ]


def link(when: str, one: str, other: str) -> Recorded:
    fact = TeamIdentityLinked(
        actor=COORDINATOR, person=person(one), alias=person(other), basis="manual"
    )
    return fact_at(when, fact, stream=TEAM)


def test_ids_linked_through_a_third_are_one_person() -> None:
    links = [link("2026-02-01", "a", "b"), link("2026-02-02", "c", "b")]
    same = fold_team(links).same
    one: set[UUID] = {same[person(name)] for name in "abc"}

    assert len(one) == 1
    assert fold_team(list(reversed(links))).same == same


def test_a_link_that_was_wrong_holds_no_more() -> None:
    undone = TeamIdentityUnlinked(actor=COORDINATOR, person=person("b"), alias=person("a"))
    events = [link("2026-02-01", "a", "b"), fact_at("2026-02-02", undone, stream=TEAM)]

    assert fold_team(events).same == {}


def test_a_session_by_either_id_of_the_supervisor_counts_as_theirs() -> None:
    team = fold_team([*EVENTS, link("2026-02-01", "sup", "T-sup"), session("2026-04-01", "T-sup")])

    assert "supervisor" in team.functions_on(team.sessions[-1].supervisor, day("2026-04-01"))


def test_an_adopted_pack_is_kept_with_its_period() -> None:
    period = Period(day("2026-07-01"))
    fact = RulesAdopted(
        actor=COORDINATOR, pack="ours", edition="1", period=period, sha256="0" * 64, text="…"
    )
    adoption = fold_team([fact_at("2026-06-01", fact, id="r-1", stream=TEAM)]).adoptions[0]

    assert (adoption.period, adoption.text, adoption.ref) == (period, "…", ref("r-1"))
