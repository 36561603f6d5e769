"""Who does what is stated by both: at the start, then every eight weeks."""

from domain.envelope import Recorded
from domain.planner import Plan
from tests.domain.engine import DEFAULT_TEXT, Arrival, Engine, only
from tests.domain.facts import closed, intake, match_ended, matched
from tests.domain.rules.following import (
    OTHER_CASEWORKER,
    OTHER_CASEWORKER_ID,
    OTHER_MENTOR,
    OTHER_MENTOR_ID,
    arrivals,
    book,
    caseworker_changed,
    planner,
    stated,
)
from tests.domain.spec import (
    CASEWORKER,
    CASEWORKER_ID,
    COORDINATOR,
    MENTOR,
    MENTOR_ID,
    corrected,
    instant,
    retracted,
)

BOOK = book("role-statement-overdue")
INTAKE = intake()
MATCH = matched(id="ev-103")
BOTH = [
    stated("2026-01-20 10:00", id="m-1"),
    stated("2026-01-21 10:00", CASEWORKER, MENTOR, id="c-1"),
]
WHO = {
    MENTOR_ID: "mentor",
    CASEWORKER_ID: "caseworker",
    OTHER_MENTOR_ID: "other mentor",
    OTHER_CASEWORKER_ID: "other caseworker",
}


def told(*events: Recorded | Arrival, until: str, text: str = DEFAULT_TEXT) -> list[str]:
    """What is written, with whom it is about."""
    rules = book("role-statement-overdue", text=text)
    engine = Engine(planner(rules)).run(arrivals(events), until)
    written = [e.fact for e in engine.known if hasattr(e.fact, "follow_up")]
    return [
        f"{line.replace(' role-statement-overdue', '')} about {WHO[fact.follow_up.about]}"
        for line, fact in zip(engine.log, written, strict=True)
    ]


def test_both_sides_owe_a_statement_fourteen_days_after_the_match() -> None:
    assert told(INTAKE, MATCH, until="2026-02-02 05:59") == []
    assert told(INTAKE, MATCH, until="2026-02-02 06:00") == [
        "2026-02-02 06:00 raised on ev-103 due 2026-02-02 to mentor about mentor",
        "2026-02-02 06:00 raised on ev-103 due 2026-02-02 to caseworker about caseworker",
    ]


def test_a_follow_up_goes_to_the_person_who_owes_the_statement() -> None:
    plan: Plan = planner(BOOK)([INTAKE, MATCH], instant("2026-02-02 06:00"))

    assert [(act.fact.addressed_to, act.fact.person) for act in plan.acts] == [  # type: ignore[attr-defined]
        ("mentor", MENTOR_ID),
        ("caseworker", CASEWORKER_ID),
    ]


def test_a_pack_may_send_both_sides_to_the_coordinator() -> None:
    own = only("role-statement-overdue").replace('to = "caseworker"', 'to = "coordinator"')
    text = own.replace('{ after = 14, to = "coordinator" }, ', "")

    assert [
        line.split(" about ")[0][-11:]
        for line in told(INTAKE, MATCH, until="2026-02-02 06:00", text=text)
    ] == ["coordinator", "coordinator"]


def test_each_own_statement_begins_the_next_eight_weeks_of_that_side() -> None:
    assert told(INTAKE, MATCH, *BOTH, until="2026-03-18 12:00") == [
        "2026-03-17 06:00 raised on m-1 due 2026-03-17 to mentor about mentor",
        "2026-03-18 06:00 raised on c-1 due 2026-03-18 to caseworker about caseworker",
    ]
    again = stated("2026-03-17 10:00", id="m-2")
    assert told(INTAKE, MATCH, *BOTH, again, until="2026-03-17 12:00") == [
        "2026-03-17 06:00 raised on m-1 due 2026-03-17 to mentor about mentor",
        "2026-03-17 10:00 resolved on m-1 by m-2 about mentor",
    ]


def test_a_statement_handed_in_by_the_coordinator_is_the_speakers() -> None:
    handed_in = stated("2026-01-20 10:00", hand_in=COORDINATOR, id="m-1")

    assert told(INTAKE, MATCH, handed_in, BOTH[1], until="2026-03-16") == []


def test_a_statement_about_somebody_else_is_none_of_this_pair() -> None:
    elsewhere = stated("2026-01-20 10:00", MENTOR, OTHER_CASEWORKER)

    assert told(INTAKE, MATCH, elsewhere, BOTH[1], until="2026-02-02 12:00") == [
        "2026-02-02 06:00 raised on ev-103 due 2026-02-02 to mentor about mentor"
    ]


def test_what_was_stated_between_the_decision_and_the_first_day_counts() -> None:
    early = stated("2026-01-17 10:00", id="m-1")
    before = stated("2026-01-15 10:00", CASEWORKER, MENTOR, id="c-0")

    assert told(INTAKE, MATCH, early, before, until="2026-02-02 12:00") == [
        "2026-02-02 06:00 raised on ev-103 due 2026-02-02 to caseworker about caseworker"
    ]


def test_a_statement_that_is_learned_late_or_corrected_withdraws() -> None:
    late = stated("2026-01-30 10:00", id="m-1")
    wrong = stated("2026-01-30 10:00", MENTOR, OTHER_CASEWORKER, id="m-1")
    right = corrected("2026-02-03 10:00", wrong, late.fact)

    for events in ([("2026-02-03 10:00", late)], [wrong, right]):
        assert told(INTAKE, MATCH, BOTH[1], *events, until="2026-02-04") == [
            "2026-02-02 06:00 raised on ev-103 due 2026-02-02 to mentor about mentor",
            "2026-02-03 10:00 withdrawn on ev-103 met-before because m-1 about mentor",
        ]


def test_a_retracted_statement_is_owed_again() -> None:
    gone = retracted("2026-02-05 10:00", BOTH[0])

    assert told(INTAKE, MATCH, *BOTH, gone, until="2026-02-06") == [
        "2026-02-05 10:00 raised on ev-103 due 2026-02-02 to mentor about mentor"
    ]


def test_a_new_caseworker_begins_a_new_pair_and_ends_the_old_one() -> None:
    change = caseworker_changed("2026-02-03 10:00", "2026-02-04", id="ev-new")

    assert told(INTAKE, MATCH, change, until="2026-02-18 12:00") == [
        "2026-02-02 06:00 raised on ev-103 due 2026-02-02 to mentor about mentor",
        "2026-02-02 06:00 raised on ev-103 due 2026-02-02 to caseworker about caseworker",
        "2026-02-04 06:00 withdrawn on ev-103 no-longer-applies because ev-new about mentor",
        "2026-02-04 06:00 withdrawn on ev-103 no-longer-applies because ev-new about caseworker",
        "2026-02-18 06:00 raised on ev-new due 2026-02-18 to mentor about mentor",
        "2026-02-18 06:00 raised on ev-new due 2026-02-18 to caseworker about other caseworker",
    ]


def test_the_same_caseworker_named_again_begins_nothing() -> None:
    same = caseworker_changed("2026-01-25 10:00", "2026-01-26", CASEWORKER_ID)

    assert told(INTAKE, MATCH, *BOTH, same, until="2026-03-16") == []


def test_a_caseworker_who_comes_back_owes_a_new_statement() -> None:
    away = caseworker_changed("2026-02-01 10:00", "2026-02-01")
    back = caseworker_changed("2026-02-10 10:00", "2026-02-10", CASEWORKER_ID, id="ev-back")

    assert told(INTAKE, MATCH, *BOTH, away, back, until="2026-02-24 12:00") == [
        "2026-02-24 06:00 raised on ev-back due 2026-02-24 to mentor about mentor",
        "2026-02-24 06:00 raised on ev-back due 2026-02-24 to caseworker about caseworker",
    ]


def test_a_new_caseworker_owes_a_statement_about_each_of_two_mentors() -> None:
    second = matched("2026-01-16 15:00", match="match-2", mentor=OTHER_MENTOR_ID, id="ev-2")
    change = caseworker_changed("2026-01-20 10:00", "2026-01-20", id="ev-new")
    about_one = stated("2026-01-22 10:00", OTHER_CASEWORKER, MENTOR)
    about_other = stated("2026-02-04 10:00", OTHER_CASEWORKER, OTHER_MENTOR, id="c-2")
    theirs = [
        stated("2026-01-23 10:00", MENTOR, OTHER_CASEWORKER),
        stated("2026-01-23 11:00", OTHER_MENTOR, OTHER_CASEWORKER),
    ]

    events = (INTAKE, MATCH, second, change, about_one, *theirs, about_other)
    assert told(*events, until="2026-03-01") == [
        "2026-02-03 06:00 raised on ev-new due 2026-02-03 to caseworker about other caseworker",
        "2026-02-04 10:00 resolved on ev-new by c-2 about other caseworker",
    ]


def test_it_ends_with_the_match_and_with_the_course() -> None:
    ended = match_ended("2026-02-04 10:00", "2026-02-04")
    close = closed("2026-02-04 10:00", "2026-02-04", id="ev-c")

    assert told(INTAKE, MATCH, BOTH[0], ended, until="2026-12-01")[1:] == [
        (
            "2026-02-04 10:00 withdrawn on ev-103 no-longer-applies"
            " because ended-match-901-2026-02-04 about caseworker"
        )
    ]
    assert told(INTAKE, MATCH, BOTH[0], close, until="2026-12-01")[1:] == [
        "2026-02-04 10:00 withdrawn on ev-103 course-closed because ev-c about caseworker"
    ]


def test_a_coordinator_who_is_mentor_and_caseworker_owes_themself_nothing() -> None:
    own = matched(mentor=CASEWORKER_ID)

    assert told(INTAKE, own, until="2026-06-01") == []
