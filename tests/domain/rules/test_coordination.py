"""Mentor and caseworker coordinate: every fourteen days, for each mentor."""

from domain.values import Actor
from tests.domain.engine import Engine
from tests.domain.facts import closed, coordination, intake, match_ended, matched
from tests.domain.rules.following import OTHER_MENTOR, OTHER_MENTOR_ID, book, followed, planner
from tests.domain.spec import CASEWORKER, COORDINATOR, MENTOR, MENTOR_ID, corrected, instant, person
from tests.domain.test_role_clarity import pairs

BOOK = book("coordination-overdue")
MATCH = matched(id="ev-103")
RAISED = "2026-02-02 06:00 raised coordination-overdue on ev-103 due 2026-02-02 to caseworker"


def held(when: str, *others: object, id: str | None = None):  # type: ignore[no-untyped-def]
    return coordination(when, MENTOR, CASEWORKER, *others, id=id)  # type: ignore[arg-type]


def test_coordination_is_due_fourteen_days_after_the_match_and_not_the_day_before() -> None:
    assert followed(MATCH, by=BOOK, until="2026-02-02 05:59") == []
    assert followed(MATCH, by=BOOK, until="2026-02-02 06:00") == [RAISED]


def test_each_coordination_begins_the_next_fourteen_days() -> None:
    first, second = held("2026-02-01 09:00", id="k-1"), held("2026-02-15 09:00", id="k-2")

    assert followed(MATCH, first, second, by=BOOK, until="2026-03-01 12:00") == [
        "2026-02-15 06:00 raised coordination-overdue on k-1 due 2026-02-15 to caseworker",
        "2026-02-15 09:00 resolved coordination-overdue on k-1 by k-2",
        "2026-03-01 06:00 raised coordination-overdue on k-2 due 2026-03-01 to caseworker",
    ]


def test_it_takes_a_caseworker_and_this_mentor() -> None:
    without_caseworker = coordination("2026-01-25 09:00", MENTOR, COORDINATOR)
    another_mentor = coordination("2026-01-26 09:00", OTHER_MENTOR, CASEWORKER)

    assert followed(
        MATCH, without_caseworker, another_mentor, by=BOOK, until="2026-02-02 12:00"
    ) == [RAISED]


def test_any_caseworker_will_do_here_where_role_clarity_asks_for_the_pairs_own() -> None:
    stand_in = Actor("caseworker", person("s-9"))
    held_with = coordination("2026-02-01 09:00", MENTOR, stand_in, id="k-1")

    assert followed(MATCH, held_with, by=BOOK, until="2026-02-15 06:00") == [
        "2026-02-15 06:00 raised coordination-overdue on k-1 due 2026-02-15 to caseworker"
    ]
    (pair,) = pairs([intake(), MATCH, held_with])
    assert pair.contacts == ()


def test_a_coordination_that_is_learned_late_or_corrected_withdraws() -> None:
    late = held("2026-01-25 09:00", id="k-1")
    wrong = coordination("2026-01-25 09:00", OTHER_MENTOR, CASEWORKER, id="k-1")
    right = corrected("2026-02-03 09:00", wrong, late.fact)
    withdrawn = "2026-02-03 09:00 withdrawn coordination-overdue on ev-103 met-before because k-1"

    for events in ([MATCH, ("2026-02-03 09:00", late)], [MATCH, wrong, right]):
        assert followed(*events, by=BOOK, until="2026-02-04") == [RAISED, withdrawn]


def test_two_mentors_who_coordinated_together_owe_the_next_time_each_for_themselves() -> None:
    second = matched(match="match-2", mentor=OTHER_MENTOR_ID)
    together = held("2026-01-25 09:00", OTHER_MENTOR, id="k-1")
    alone = held("2026-02-05 09:00", id="k-2")
    plan = Engine(planner(BOOK)).run(
        [(e.occurred_at, e) for e in (MATCH, second, together, alone)], until="2026-02-08 05:00"
    )
    acts = planner(BOOK)(plan.known, instant("2026-02-08 06:00")).acts

    assert [act.fact.follow_up.about for act in acts] == [OTHER_MENTOR_ID]  # type: ignore[attr-defined]
    assert [act.fact.follow_up.anchor.id for act in acts] == ["k-1"]  # type: ignore[attr-defined]


def test_what_falls_within_two_matches_with_one_mentor_is_the_longer_ones() -> None:
    renewed = matched("2026-01-22 15:00", "2026-01-22", match="renewed", id="ev-2")
    together = held("2026-01-23 09:00", id="k-1")
    ended = match_ended("2026-01-24 10:00", "2026-01-24")

    assert followed(MATCH, renewed, together, ended, by=BOOK, until="2026-02-06 12:00") == [
        "2026-02-06 06:00 raised coordination-overdue on k-1 due 2026-02-06 to caseworker"
    ]


def test_it_ends_with_the_match_and_with_the_course() -> None:
    ended = match_ended("2026-02-04 10:00", "2026-02-04")
    close = closed("2026-02-04 10:00", "2026-02-04", id="ev-c")
    withdrawn = "2026-02-04 10:00 withdrawn coordination-overdue on ev-103"

    assert followed(MATCH, ended, by=BOOK, until="2026-12-01") == [
        RAISED,
        f"{withdrawn} no-longer-applies because ended-match-901-2026-02-04",
    ]
    assert followed(MATCH, close, by=BOOK, until="2026-12-01") == [
        RAISED,
        f"{withdrawn} course-closed because ev-c",
    ]


def test_a_mentor_who_is_known_by_two_ids_is_one() -> None:
    by_other_id = coordination("2026-01-25 09:00", OTHER_MENTOR, CASEWORKER, id="k-1")
    events = (MATCH, by_other_id)
    linked = followed(*events, by=BOOK, until="2026-02-08 12:00", same={OTHER_MENTOR_ID: MENTOR_ID})

    assert followed(*events, by=BOOK, until="2026-02-03") == [RAISED]
    assert linked == [
        "2026-02-08 06:00 raised coordination-overdue on k-1 due 2026-02-08 to caseworker"
    ]
