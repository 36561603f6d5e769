"""Different perceptions of the roles: taken up with the coordinator within five working days."""

import pytest

from domain.envelope import Recorded
from domain.values import Actor
from tests.domain.engine import Arrival
from tests.domain.facts import closed, coordination, intake, match_ended, matched
from tests.domain.rules.following import (
    OTHER_MENTOR,
    OTHER_MENTOR_ID,
    book,
    caseworker_changed,
    followed,
    friction,
    stated,
)
from tests.domain.spec import CASEWORKER, COORDINATOR, MENTOR, corrected, retracted

BOOK = book("role-disagreement")
BEFORE = [intake(), matched(id="ev-103")]


def mentor_says(when: str, holder: str, id: str | None = None) -> Recorded:
    return stated(when, system_guide=holder, id=id)


def caseworker_says(when: str, holder: str, id: str | None = None) -> Recorded:
    return stated(when, CASEWORKER, MENTOR, system_guide=holder, id=id)


def roles_taken_up(when: str, *who: Actor, id: str | None = None) -> Recorded:
    return coordination(when, *(who or (COORDINATOR, MENTOR)), topics=["roles"], id=id)


DIFFER = [
    caseworker_says("2026-02-02 10:00", "caseworker"),
    mentor_says("2026-02-03 10:00", "mentor", id="ev-106"),
]
RAISED = "2026-02-10 06:00 raised role-disagreement on ev-106 due 2026-02-10 to coordinator"


def told(*events: Recorded | Arrival, until: str = "2026-02-12 12:00") -> list[str]:
    return followed(*BEFORE, *events, by=BOOK, until=until)


def test_a_disagreement_is_due_after_five_working_days_and_not_the_day_before() -> None:
    assert told(*DIFFER, until="2026-02-10 05:59") == []
    assert told(*DIFFER, until="2026-02-10 06:00") == [RAISED]


def test_over_easter_five_working_days_are_eleven_days() -> None:
    first = caseworker_says("2026-03-27 10:00", "caseworker")
    second = mentor_says("2026-03-30 10:00", "mentor", id="ev-e")

    assert told(first, second, until="2026-04-10") == [
        "2026-04-09 06:00 raised role-disagreement on ev-e due 2026-04-09 to coordinator"
    ]


@pytest.mark.parametrize(
    ("mentor", "caseworker", "differ"),
    [
        ("mentor", "caseworker", True),  # overlap
        ("caseworker", "mentor", True),  # gap
        ("mentor", "someone-else", True),  # difference
        ("mentor", "mentor", False),
        ("both", "both", False),
        ("unsure", "unsure", True),  # nobody has it
    ],
)
def test_overlap_gap_and_difference_are_disagreement(
    mentor: str, caseworker: str, differ: bool
) -> None:
    events = [
        mentor_says("2026-02-02 10:00", mentor),
        caseworker_says("2026-02-03 10:00", caseworker),
    ]

    assert len(told(*events)) == differ


def test_what_only_one_side_has_stated_is_no_disagreement() -> None:
    elsewhere = stated("2026-02-03 10:00", crisis_contact="mentor")

    assert told(DIFFER[0], elsewhere) == []


def test_the_coordinator_who_takes_it_up_meets_it_though_nothing_is_settled() -> None:
    for when, end in (
        ("2026-02-09 09:00", []),
        ("2026-02-10 09:00", [RAISED, "resolved"]),
        ("2026-02-12 09:15", [RAISED, "resolved"]),
    ):
        log = told(*DIFFER, roles_taken_up(when, id="ev-110"))
        assert log[:1] == end[:1]
        assert log[1:] == [
            f"{when} {word} role-disagreement on ev-106 by ev-110" for word in end[1:]
        ]


def test_talking_without_the_coordinator_or_of_something_else_takes_nothing_up() -> None:
    alone = roles_taken_up("2026-02-05 09:00", MENTOR, CASEWORKER)
    other = coordination("2026-02-05 10:00", COORDINATOR, MENTOR, topics=["goal"])
    before = roles_taken_up("2026-02-03 09:00")

    assert told(*DIFFER, alone, other, before) == [RAISED]


def test_a_statement_after_which_they_agree_meets_it() -> None:
    gives_in = mentor_says("2026-02-11 10:00", "caseworker", id="ev-agreed")

    assert told(*DIFFER, gives_in) == [
        RAISED,
        "2026-02-11 10:00 resolved role-disagreement on ev-106 by ev-agreed",
    ]


def test_further_differing_statements_open_nothing_while_it_waits() -> None:
    again = caseworker_says("2026-02-04 10:00", "both")
    once_more = mentor_says("2026-02-05 10:00", "mentor")

    assert told(*DIFFER, again, once_more, friction("2026-02-06 10:00")) == [RAISED]


def test_once_taken_up_the_next_statement_that_still_differs_opens_it_anew() -> None:
    up = roles_taken_up("2026-02-05 09:00")
    still = mentor_says("2026-02-09 10:00", "mentor", id="ev-still")

    assert told(*DIFFER, up, still, until="2026-02-17") == [
        "2026-02-16 06:00 raised role-disagreement on ev-still due 2026-02-16 to coordinator"
    ]
    assert told(*DIFFER, up, until="2026-12-01") == []


@pytest.mark.parametrize("kind", ["different-perceptions", "overlap", "gap"])
def test_friction_about_roles_is_taken_up_too(kind: str) -> None:
    grates = friction("2026-02-03 10:00", kind, id="ev-f")
    raised = "2026-02-10 06:00 raised role-disagreement on ev-f due 2026-02-10 to coordinator"

    assert told(grates) == [raised]
    assert told(grates, roles_taken_up("2026-02-11 09:00", id="ev-110")) == [
        raised,
        "2026-02-11 09:00 resolved role-disagreement on ev-f by ev-110",
    ]


@pytest.mark.parametrize(
    "kind", ["disagreement", "weak-coordination", "citizen-trust-missing", "other"]
)
def test_friction_about_something_else_is_not(kind: str) -> None:
    assert told(friction("2026-02-03 10:00", kind)) == []


def test_friction_is_settled_when_both_have_stated_and_agree() -> None:
    grates = friction("2026-02-03 10:00", id="ev-f")
    one = mentor_says("2026-02-04 10:00", "mentor")
    other = caseworker_says("2026-02-10 10:00", "mentor", id="ev-agreed")

    assert told(grates, one, other) == [
        "2026-02-10 06:00 raised role-disagreement on ev-f due 2026-02-10 to coordinator",
        "2026-02-10 10:00 resolved role-disagreement on ev-f by ev-agreed",
    ]


def test_friction_names_whom_it_is_between_and_is_one_where_it_names_nobody() -> None:
    second = matched("2026-01-16 15:00", match="match-2", mentor=OTHER_MENTOR_ID, id="ev-2")
    between_mentors = friction("2026-02-03 10:00", "overlap", MENTOR, OTHER_MENTOR)
    nobody = friction("2026-02-03 11:00", id="ev-f")

    assert told(second, between_mentors) == []
    assert told(second, nobody) == [
        "2026-02-10 06:00 raised role-disagreement on ev-f due 2026-02-10 to coordinator"
    ]


def test_what_is_learned_late_withdraws_what_never_was_due() -> None:
    late = ("2026-02-11 08:00", roles_taken_up("2026-02-05 09:00", id="ev-110"))

    assert told(*DIFFER, late) == [
        RAISED,
        "2026-02-11 08:00 withdrawn role-disagreement on ev-106 met-before because ev-110",
    ]


def test_a_corrected_or_retracted_statement_takes_the_disagreement_away() -> None:
    agreed = mentor_says("2026-02-03 10:00", "caseworker")
    right = corrected("2026-02-11 08:00", DIFFER[1], agreed.fact, id="ev-r")
    gone = retracted("2026-02-11 08:00", DIFFER[1], id="ev-r")

    for amendment in (right, gone):
        assert told(*DIFFER, amendment) == [
            RAISED,
            "2026-02-11 08:00 withdrawn role-disagreement on ev-106 fact-corrected because ev-r",
        ]


def test_it_ends_with_the_pair_whichever_way_that_ends() -> None:
    withdrawn = "2026-02-11 10:00 withdrawn role-disagreement on ev-106"
    ended = match_ended("2026-02-11 10:00", "2026-02-11")
    close = closed("2026-02-11 10:00", "2026-02-11", id="ev-c")
    change = caseworker_changed("2026-02-11 10:00", "2026-02-11", id="ev-new")

    for event, why in (
        (ended, "no-longer-applies because ended-match-901-2026-02-11"),
        (close, "course-closed because ev-c"),
        (change, "no-longer-applies because ev-new"),
    ):
        assert told(*DIFFER, event, until="2026-12-01") == [RAISED, f"{withdrawn} {why}"]


def test_statements_of_an_earlier_pair_are_not_held_against_the_new_one() -> None:
    change = caseworker_changed("2026-02-04 10:00", "2026-02-04")

    assert told(*DIFFER, change, mentor_says("2026-02-05 10:00", "mentor")) == []
