"""Putting a follow-up off and taking it over: who may, until when, and what comes of it."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.decisions import Refused
from domain.decisions.follow_ups import SNOOZE, TAKE_OVER, FollowUpSeen
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.common import (
    CourseFollowUpEscalated,
    CourseFollowUpRaised,
    CourseFollowUpResolved,
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
    CourseFollowUpWithdrawn,
    FollowUpSnoozed,
    FollowUpTakenOver,
)
from domain.folding import Telling
from domain.raised import folded_follow_ups
from domain.values import Actor, FollowUpKey
from tests.domain.spec import (
    CASEWORKER,
    CASEWORKER_ID,
    COORDINATOR,
    COORDINATOR_ID,
    LEADER,
    MENTOR,
    MENTOR_ID,
    day,
    fact_at,
    instant,
    person,
    ref,
)

KEY = FollowUpKey("match-overdue", ref("ev-101"), 1)
SYSTEM = Actor("system")
NOON = "2026-01-28 12:00"
RAISED = fact_at(
    "2026-01-26 06:00",
    CourseFollowUpRaised(
        actor=SYSTEM,
        follow_up=KEY,
        due_on=day("2026-01-26"),
        addressed_to="caseworker",
        person=CASEWORKER_ID,
        pack="default",
        edition="1",
    ),
)
AWAY = CourseFollowUpSnoozed(
    actor=CASEWORKER, follow_up=KEY, until=day("2026-02-10"), reason="citizen-away"
)
MINE = CourseFollowUpTakenOver(
    actor=COORDINATOR, follow_up=KEY, person=COORDINATOR_ID, reason="absence"
)


def seen(*events: Recorded, same: Mapping[UUID, UUID] | None = None) -> FollowUpSeen:
    """The follow-up after these events."""
    follow_up = folded_follow_ups(Telling(events)).get(KEY)
    return FollowUpSeen(follow_up=follow_up, same=same or {})


def snoozing(asked: FollowUpSnoozed, state: FollowUpSeen, now: str = NOON) -> Sequence[Fact]:
    return SNOOZE.decide(state, asked, now=instant(now))


def taking(asked: FollowUpTakenOver, state: FollowUpSeen, now: str = NOON) -> Sequence[Fact]:
    return TAKE_OVER.decide(state, asked, now=instant(now))


def refused(rule: str, ask: Callable[[], object]) -> None:
    """It is refused by this rule, in both languages, with what would satisfy it."""
    with pytest.raises(Refused) as caught:
        ask()
    assert caught.value.rule == rule
    assert caught.value.danish and caught.value.english
    assert caught.value.danish_remedy and caught.value.english_remedy


def test_a_named_person_puts_a_follow_up_off() -> None:
    assert snoozing(AWAY, seen(RAISED)) == [AWAY]


def test_a_named_person_takes_a_follow_up_on() -> None:
    assert taking(MINE, seen(RAISED)) == [MINE]


def test_a_remark_and_whom_it_is_for_go_with_it() -> None:
    command = replace(
        AWAY, actor=COORDINATOR, on_behalf_of=CASEWORKER, note="sealed", note_confidential=True
    )
    [fact] = snoozing(command, seen(RAISED))
    assert (fact.on_behalf_of, fact.note, fact.note_confidential) == (CASEWORKER, "sealed", True)


@pytest.mark.parametrize("actor", [CASEWORKER, MENTOR, COORDINATOR, LEADER])
def test_caseworker_mentor_coordinator_and_leader_may(actor: Actor) -> None:
    assert snoozing(replace(AWAY, actor=actor), seen(RAISED))
    assert actor.id is not None
    nobody_s = RAISED.fact
    assert isinstance(nobody_s, CourseFollowUpRaised)
    unheld = fact_at("2026-01-26 06:00", replace(nobody_s, person=None))
    assert taking(replace(MINE, actor=actor, person=actor.id), seen(unheld))


@pytest.mark.parametrize(
    "actor",
    [SYSTEM, Actor("citizen"), Actor("supervisor", person("sup")), Actor("caseworker")],
)
def test_neither_the_system_the_citizen_a_supervisor_nor_somebody_unnamed_may(actor: Actor) -> None:
    rule = "the-actor-may-decide-this"
    refused(rule, lambda: snoozing(replace(AWAY, actor=actor), seen(RAISED)))
    refused(rule, lambda: taking(replace(MINE, actor=actor), seen(RAISED)))


@pytest.mark.parametrize(
    "end",
    [
        CourseFollowUpResolved(actor=SYSTEM, follow_up=KEY, by=ref("ev-103")),
        CourseFollowUpWithdrawn(actor=SYSTEM, follow_up=KEY, reason="course-closed"),
    ],
)
def test_what_is_met_or_withdrawn_is_neither_put_off_nor_taken_over(end: Fact) -> None:
    state = seen(RAISED, fact_at("2026-01-27 09:00", end))
    refused("the-follow-up-is-open", lambda: snoozing(AWAY, state))
    refused("the-follow-up-is-open", lambda: taking(MINE, state))


def test_one_of_which_nothing_counts_any_more_is_not_open() -> None:
    refused("the-follow-up-is-open", lambda: snoozing(AWAY, seen()))


def test_a_snooze_ends_tomorrow_at_the_earliest_by_the_day_in_copenhagen() -> None:
    tomorrow = replace(AWAY, until=day("2026-01-29"))
    assert snoozing(tomorrow, seen(RAISED), now="2026-01-28 23:59")
    refused("a-snooze-lies-ahead", lambda: snoozing(tomorrow, seen(RAISED), now="2026-01-29 00:00"))


def test_a_snooze_ends_within_ninety_days() -> None:
    assert snoozing(replace(AWAY, until=day("2026-04-28")), seen(RAISED))
    far = replace(AWAY, until=day("2026-04-29"))
    refused("a-snooze-ends-in-time", lambda: snoozing(far, seen(RAISED)))


def test_putting_off_anew_sets_the_day_later_or_deliberately_sooner() -> None:
    state = seen(RAISED, fact_at("2026-01-27 09:00", AWAY))
    for until in ("2026-02-20", "2026-02-01"):
        [fact] = snoozing(replace(AWAY, until=day(until)), state)
        again = fact_at("2026-01-28 12:00", fact)
        after = seen(RAISED, fact_at("2026-01-27 09:00", AWAY), again).follow_up
        assert after is not None and after.snoozed_until == day(until)


def test_putting_off_until_the_same_day_again_says_nothing() -> None:
    state = seen(RAISED, fact_at("2026-01-27 09:00", AWAY))
    refused("a-snooze-changes-the-day", lambda: snoozing(AWAY, state))


def test_nobody_is_given_a_follow_up_by_another() -> None:
    given = replace(MINE, person=MENTOR_ID)
    refused("whoever-takes-over-does-it-themselves", lambda: taking(given, seen(RAISED)))


def test_another_may_say_it_on_the_behalf_of_whoever_takes_it_on() -> None:
    [fact] = taking(replace(MINE, on_behalf_of=MENTOR, person=MENTOR_ID), seen(RAISED))
    assert isinstance(fact, CourseFollowUpTakenOver)
    assert (fact.actor, fact.person) == (COORDINATOR, MENTOR_ID)


def test_whoever_has_it_does_not_take_it_over() -> None:
    rule = "nobody-takes-over-what-they-have"
    own = CourseFollowUpTakenOver(
        follow_up=KEY, actor=CASEWORKER, person=CASEWORKER_ID, reason="workload"
    )
    refused(rule, lambda: taking(own, seen(RAISED)))
    taken = fact_at("2026-01-27 09:00", MINE)
    refused(rule, lambda: taking(MINE, seen(RAISED, taken)))
    assert taking(own, seen(RAISED, taken))  # and back again


def test_one_person_with_two_ids_is_one() -> None:
    other_id = person("k-02 in the time registration")
    same = {other_id: COORDINATOR_ID}
    state = seen(RAISED, fact_at("2026-01-27 09:00", MINE), same=same)
    by_the_other = replace(MINE, actor=Actor("coordinator", other_id), person=COORDINATOR_ID)
    refused("nobody-takes-over-what-they-have", lambda: taking(by_the_other, state))
    assert taking(by_the_other, seen(RAISED, same=same))


def test_an_escalation_takes_it_from_whoever_took_it_over_and_they_may_have_it_back() -> None:
    escalated = CourseFollowUpEscalated(
        actor=SYSTEM, follow_up=KEY, addressed_to="leader", person=LEADER.id
    )
    taken = fact_at("2026-01-27 09:00", MINE)
    state = seen(RAISED, taken, fact_at("2026-01-28 06:00", escalated))
    assert state.follow_up is not None and state.follow_up.person == LEADER.id
    assert taking(MINE, state)
