"""When each mentor is supervised next: the same as the rule asks for, on every day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.adoptions import rule_book
from domain.calendar import Calendar
from domain.envelope import Recorded
from domain.obligations import obligations
from domain.rule_packs import RuleBook, parse_pack
from domain.rules.duties import TeamSeen
from domain.rules.team import supervision_overdue
from domain.supervised import Cadence, cadences
from domain.supervision import supervised_sessions
from tests.domain.facts import (
    arranged,
    assigned,
    employed,
    established,
    hours_changed,
    left,
    session,
)
from tests.domain.rules.team_seen import seen_of
from tests.domain.spec import MENTOR_ID, day, person
from tests.soaking import runs

OTHER = person("m-32")
DEFAULT, _ = rule_book([])
FIRST = day("2026-01-01")

NO_RULE = parse_pack(
    """
pack = "quiet"
edition = "1"
valid_from = 2000-01-01

[rules.match-overdue]
days = 14
addressed_to = "caseworker"
basis = "a test"
"""
)

days = st.integers(0, 300).map(lambda n: FIRST + timedelta(days=n))
mentors = st.sampled_from([MENTOR_ID, OTHER])
facts = st.one_of(
    st.builds(lambda on, who: employed(str(on), mentor=who), days, mentors),
    st.builds(
        lambda on, minutes, who: hours_changed(str(on), minutes, mentor=who),
        days,
        st.sampled_from([0, 1110]),
        mentors,
    ),
    st.builds(lambda on, who: left(str(on), mentor=who), days, mentors),
    st.builds(lambda on: established(str(on)), days),
    st.builds(lambda on, weeks: arranged(str(on), cadence_weeks=weeks), days, st.integers(2, 8)),
    st.builds(
        lambda on, by, who: session(f"{on} 10:00", by, [who], id=f"s-{on}-{by}-{who}"),
        days,
        st.sampled_from(["sup", "nobody"]),
        mentors,
    ),
)


def asked_by_the_rule(seen: TeamSeen, on: date) -> dict[object, tuple[date, date]]:
    """What the rule asks for on a day and isn't met or ended: from when, and due when."""
    found: dict[object, tuple[date, date]] = {}
    for one in obligations(supervision_overdue(seen), seen.book, Calendar()):
        duty = one.duty
        if duty.since <= on and duty.met is None and (duty.ended is None or duty.ended.on > on):
            found[duty.about] = (duty.since, one.due_on)
    return found


def read(seen: TeamSeen, on: date) -> dict[object, tuple[date, date]]:
    """What is read of the same day."""
    sessions = supervised_sessions(seen.team.sessions, seen.team.functions_on)
    so_far = [one for one in sessions if one.day <= on]
    held = {who: [one for one in so_far if who in one.mentors] for who in seen.mentors}
    due = cadences(seen.team, seen.mentors, held, seen.book, on)
    return {who: (one.since, one.due_on) for who, one in due.items() if one.since <= on}


@pytest.mark.soak
@settings(max_examples=runs(75, 7500), deadline=None)
@given(st.lists(facts, max_size=14), days)
def test_what_is_due_next_is_what_the_rule_asks_for(told: list[Recorded], on: date) -> None:
    supervisor = assigned("sup", "supervisor", str(FIRST), employment="external")
    # The rule sees all that is known; so it is asked with what had happened by that day.
    held = [e for e in told if "session" not in e.topic or e.occurred_at.date() <= on]
    seen = seen_of([supervisor, *held], DEFAULT)
    assert read(seen, on) == asked_by_the_rule(seen, on)


def cadence_of(told: list[Recorded], book: RuleBook) -> Cadence:
    """The one mentor's on the first day."""
    seen = seen_of(told, book)
    return cadences(seen.team, seen.mentors, {}, book, FIRST)[MENTOR_ID]


def test_where_the_rules_leave_it_out_the_agreement_holds_else_six_weeks() -> None:
    told, quiet = [established("2026-01-01"), employed("2026-01-01")], RuleBook((NO_RULE,))
    cadence = cadence_of(told, quiet)
    assert (cadence.due_on, cadence.days, cadence.basis) == (day("2026-02-12"), 42, "six-weeks")
    cadence = cadence_of([*told, arranged("2026-01-01", cadence_weeks=3)], quiet)
    assert (cadence.due_on, cadence.days, cadence.basis) == (day("2026-01-22"), 21, "agreed")
