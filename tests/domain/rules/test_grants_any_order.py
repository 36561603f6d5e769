"""However late, doubled and in whatever order grants and hours arrive: the same stays open."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.course import fold_course
from domain.envelope import Recorded
from domain.rule_packs import RuleBook, parse_pack
from domain.values import Period
from tests.domain.engine import DEFAULT_TEXT, Arrival, Engine, only
from tests.domain.facts import closed, reopened
from tests.domain.rules.following import book, planner
from tests.domain.rules.granting import extended, grant_ended, granted, worked
from tests.domain.spec import corrected, day, instant, retracted
from tests.soaking import runs

RULES = ("grant-running-out", "hours-below-grant")
PLANNER = planner(book(*RULES))
END = "2026-09-20 12:00"

GRANT = granted("2026-01-02 10:00", "2026-01-05", "2026-07-05", weekly=70, id="g-1")
JANUARY = worked("2026-01-20 10:00", 135, id="t-1")
APRIL = worked("2026-04-10 10:00", 150, id="t-4")
SLIP = extended("2026-06-20 10:00", "2026-07-05", "2026-10-05", id="longer")
FACTS = [
    GRANT,
    JANUARY,
    worked("2026-02-11 10:00", 70, id="t-2"),
    corrected("2026-03-20 10:00", JANUARY, worked("2026-01-20 10:00", 134).fact, id="c-1"),
    closed("2026-03-10 10:00", "2026-03-10"),
    reopened("2026-03-25 10:00", "2026-03-25"),
    APRIL,
    retracted("2026-05-20 10:00", APRIL),
    worked("2026-05-10 10:00", 155, id="t-5"),
    SLIP,
    corrected(
        "2026-07-20 10:00",
        SLIP,
        extended("2026-06-20 10:00", "2026-07-05", "2026-11-01", weekly=140).fact,
    ),
    granted("2026-03-01 10:00", "2026-03-01", "2026-09-01", grant="b-80", id="g-2"),
    grant_ended("2026-08-10 10:00", "2026-08-15", grant="b-80"),
    worked("2026-08-20 10:00", 100, id="t-8"),
]

# January was 134 of 270 minutes, February 70 of 280: over with the close. March has 16 days on
# which the course is open, May has its half. Of those that haven't, the last one is asked about.
STILL_OPEN = {
    ("grant-running-out", "longer", "", 0, ()),
    ("hours-below-grant", "longer", "2026-09-11", 1, ()),
}


def still_open(known: list[Recorded]) -> set[tuple[object, ...]]:
    """What is open; with its month's day where one grant has several."""
    follow_ups = fold_course(known).follow_ups
    return {
        (
            key.rule,
            key.anchor.id,
            str(one.due_on) if key.rule == "hours-below-grant" else "",
            one.reminders,
            one.escalated_to,
        )
        for key, one in follow_ups.items()
        if one.is_open
    }


@pytest.mark.soak
@settings(max_examples=runs(10, 1000), deadline=None)
@given(
    order=st.permutations(FACTS),
    gaps=st.lists(st.integers(0, 15), min_size=len(FACTS), max_size=len(FACTS)),
    twice=st.sampled_from(FACTS),
)
def test_the_open_follow_ups_are_the_same_however_late_and_in_whatever_order_facts_arrive(
    order: list[Recorded], gaps: list[int], twice: Recorded
) -> None:
    late, end = instant("2026-01-12 10:00"), instant(END)
    arrivals: list[Arrival] = []
    for event, gap in zip(order, gaps, strict=True):
        late = min(max(late, event.occurred_at) + timedelta(days=gap), end)
        arrivals.append((late, event))
    engine = Engine(PLANNER).run([*arrivals, (late, twice)], until=END)

    assert still_open(engine.known) == STILL_OPEN
    assert PLANNER(engine.known, end).acts == ()


def test_other_days_in_the_pack_withdraw_what_was_raised_and_raise_it_on_its_new_day() -> None:
    text = only("hours-below-grant", text=DEFAULT_TEXT)
    slower = text.replace("days = 10", "days = 20", 1).replace('edition = "3"', 'edition = "4"')
    later = parse_pack(slower, Period(day("2026-01-01")))
    old, new = planner(RuleBook((parse_pack(text),))), planner(RuleBook((later,)))
    before = Engine(old).run([("2026-01-02 10:00", GRANT)], until="2026-02-12")
    after = Engine(new)
    after.known[:] = before.known
    after.run([], until="2026-02-12").run([], until="2026-02-21 06:00")

    assert before.log + after.log == [
        "2026-02-11 06:00 raised hours-below-grant on g-1 due 2026-02-11 to caseworker",
        "2026-02-12 00:00 withdrawn hours-below-grant on g-1 rules-changed",
        "2026-02-21 06:00 raised hours-below-grant on g-1 cycle 2 due 2026-02-21 to caseworker",
    ]
