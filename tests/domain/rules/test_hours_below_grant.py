"""`hours-below-grant`: month by month, the mentor hours granted are delivered."""

import pytest

from domain.course import fold_course
from domain.envelope import Recorded
from domain.events.course import ContactAttempted
from domain.follow_ups import CourseSeen, course_obligations
from domain.rule_packs import RuleBook, parse_pack
from domain.values import Period
from tests.domain.engine import CALENDAR, DEFAULT_TEXT, Arrival, Engine, only
from tests.domain.facts import closed, reopened
from tests.domain.rules.following import book, followed, planner
from tests.domain.rules.granting import extended, grant_ended, granted, worked
from tests.domain.spec import CASEWORKER, MENTOR, corrected, day, fact_at, retracted

BOOK = book("hours-below-grant")
# 70 minutes a week are 10 a day: January's 31 days have 310, and half of them are 155.
GRANT = granted("2025-12-28 10:00", "2026-01-01", "2026-07-01", weekly=70)
JANUARY = "2026-02-11 06:00 raised hours-below-grant on granted-b-77 due 2026-02-11 to caseworker"


def january(*events: Recorded | Arrival, until: str = "2026-02-11 06:00") -> list[str]:
    """What is written of January; February's is due on 11 March."""
    return followed(GRANT, *events, by=BOOK, until=until)


def test_a_month_without_hours_is_raised_ten_days_after_it_and_not_the_day_before() -> None:
    assert january(until="2026-02-11 05:59") == []
    assert january() == [JANUARY]


@pytest.mark.parametrize(("minutes", "log"), [(154, [JANUARY]), (155, []), (310, [])])
def test_half_of_the_hours_granted_are_enough(minutes: int, log: list[str]) -> None:
    assert january(worked("2026-01-31 23:30", minutes)) == log


def test_only_what_was_done_on_the_months_days_in_copenhagen_counts() -> None:
    # 23.30 UTC on 31 January is February in Copenhagen.
    assert january(worked("2026-02-01 00:30", 300), worked("2025-12-31 23:30", 300)) == [JANUARY]


def test_only_mentors_hours_count_and_of_no_other_grant() -> None:
    attempt = ContactAttempted(actor=MENTOR, form="phone", outcome="no-answer", minutes=200)
    others = [
        worked("2026-01-12 10:00", 200, by=CASEWORKER),
        worked("2026-01-13 10:00", 200, grant="b-78"),
        fact_at("2026-01-14 10:00", attempt),
    ]

    assert january(*others) == [JANUARY]
    assert january(*others, worked("2026-01-15 10:00", 155, grant="b-77")) == []


def test_work_without_the_citizen_is_delivered_too() -> None:
    assert january(worked("2026-01-15 10:00", 155, contact="none")) == []


def test_each_month_has_a_follow_up_of_its_own_on_the_same_grant() -> None:
    done = worked("2026-02-10 10:00", 140)  # half of February's 280

    assert [line for line in january(done, until="2026-04-11 06:00") if "raised" in line] == [
        JANUARY,
        (
            "2026-04-11 06:00 raised hours-below-grant on granted-b-77 cycle 2 "
            "due 2026-04-11 to caseworker"
        ),
    ]


FEBRUARY = [
    "2026-03-11 06:00 withdrawn hours-below-grant on granted-b-77 no-longer-applies",
    (
        "2026-03-11 06:00 raised hours-below-grant on granted-b-77 cycle 2 "
        "due 2026-03-11 to caseworker"
    ),
]


def test_hours_registered_late_withdraw_their_months_follow_up_and_no_others() -> None:
    late: Arrival = ("2026-02-14 10:00", worked("2026-01-20 10:00", 155, id="t-1"))

    log = january(late, until="2026-03-11 06:00")

    assert log == [
        JANUARY,
        "2026-02-14 10:00 withdrawn hours-below-grant on granted-b-77 met-before because t-1",
        FEBRUARY[1],
    ]


def test_a_month_is_asked_about_until_the_next_one_is() -> None:
    log = january(until="2026-03-11 06:00")

    assert [line for line in log if "raised" in line or "withdrawn" in line] == [JANUARY, *FEBRUARY]


def test_a_rule_that_is_new_asks_about_the_last_month_only() -> None:
    engine = Engine(planner(BOOK))
    engine.known[:] = [GRANT]

    assert engine.run([], until="2026-06-12 10:00").log == [
        "2026-06-12 10:00 raised hours-below-grant on granted-b-77 due 2026-06-11 to caseworker"
    ]


def test_hours_taken_back_raise_the_month_anew() -> None:
    done = worked("2026-01-20 10:00", 155, id="t-1")
    too_few = corrected("2026-02-13 10:00", done, worked("2026-01-20 10:00", 100).fact)
    never: Arrival = ("2026-02-14 10:00", retracted("2026-02-14 10:00", done))

    for amendment in (too_few, never):
        log = january(done, amendment, until="2026-02-14 10:00")
        assert [line[17:] for line in log] == [JANUARY[17:]]


def test_the_month_that_a_correction_empties_after_it_was_withdrawn_has_its_next_cycle() -> None:
    done = worked("2026-01-20 10:00", 155, id="t-1")
    late: Arrival = ("2026-02-12 10:00", done)
    taken_back = retracted("2026-02-13 10:00", done)

    assert january(late, taken_back, until="2026-02-13 10:00") == [
        JANUARY,
        "2026-02-12 10:00 withdrawn hours-below-grant on granted-b-77 met-before because t-1",
        (
            "2026-02-13 10:00 raised hours-below-grant on granted-b-77 cycle 2 "
            "due 2026-02-11 to caseworker"
        ),
    ]


def test_a_month_of_which_less_than_fourteen_days_are_granted_is_left_alone_beside_others() -> None:
    thirteen = granted("2026-01-10", "2026-01-19", "2026-03-01", weekly=70)
    fourteen = granted("2026-01-10", "2026-01-18", "2026-02-01", weekly=70)

    assert followed(thirteen, by=BOOK, until="2026-03-11 06:00") == [
        JANUARY.replace("2026-02-11", "2026-03-11")
    ]
    assert followed(fourteen, by=BOOK, until="2026-02-11 06:00") == [JANUARY]
    assert followed(fourteen, worked("2026-01-17", 70), by=BOOK, until="2026-02-11 06:00") == [
        JANUARY  # before the first day granted
    ]
    assert followed(fourteen, worked("2026-01-18", 70), by=BOOK, until="2026-06-01") == []


@pytest.mark.parametrize(("minutes", "log"), [(129, ["raised"]), (130, [])])
def test_a_grant_of_fourteen_days_in_no_month_is_asked_about_once_at_its_end(
    minutes: int, log: list[str]
) -> None:
    # 13 days of January and 13 of February, 10 minutes each: half of 260 is 130, in either month.
    grant = granted("2026-01-10", "2026-01-19", "2026-02-14", weekly=70)
    done = [worked("2026-01-20", 100), worked("2026-02-13", minutes - 100)]

    assert followed(grant, *done, by=BOOK, until="2026-03-11 05:59") == []
    assert followed(grant, *done, by=BOOK, until="2026-03-11 06:00") == [
        JANUARY.replace("2026-02-11", "2026-03-11") for _ in log
    ]


def test_a_short_grant_that_is_extended_is_asked_about_by_the_month() -> None:
    grant = granted("2026-01-10", "2026-01-19", "2026-02-14", weekly=70)
    longer = extended("2026-02-10", "2026-02-14", "2026-04-01", id="longer")  # February has 28 days
    done = [worked("2026-02-13", 140), worked("2026-03-02", 155)]

    assert followed(grant, longer, *done, by=BOOK, until="2026-06-01") == []


def test_a_total_is_spread_evenly_over_the_days_of_its_period() -> None:
    grant = granted("2025-12-28", "2026-01-01", "2026-03-01", total=590)  # 10 a day, 59 days
    half = [worked("2026-01-02", 155), worked("2026-02-02", 140)]

    assert followed(grant, *half, by=BOOK, until="2026-03-12") == []
    assert followed(grant, half[1], by=BOOK, until="2026-02-12") == [JANUARY]


def test_the_days_after_the_grants_end_are_not_granted() -> None:
    ended = grant_ended("2026-02-18", "2026-02-15")

    log = january(worked("2026-01-20", 155), ended, worked("2026-02-16", 600), until="2026-06-01")

    assert [line for line in log if "raised" in line] == [
        ("2026-03-11 06:00 raised hours-below-grant on granted-b-77 due 2026-03-11 to caseworker")
    ]


def test_an_extension_goes_on_as_before_unless_it_says_a_volume() -> None:
    first = granted("2025-12-28", "2026-01-01", "2026-02-01", weekly=70)
    done = worked("2026-01-20", 155)
    as_before = extended("2026-01-28", "2026-02-01", "2026-03-01", id="longer")
    twice = extended("2026-01-28", "2026-02-01", "2026-03-01", weekly=140, id="longer")
    half = worked("2026-02-10", 140)
    raised = "2026-03-11 06:00 raised hours-below-grant on longer due 2026-03-11 to caseworker"

    assert followed(first, done, as_before, half, by=BOOK, until="2026-03-12") == []
    assert followed(first, done, twice, half, by=BOOK, until="2026-03-12") == [raised]


def test_of_periods_that_overlap_the_one_that_begins_last_holds() -> None:
    more = extended("2026-01-10", "2026-01-17", "2026-02-01", weekly=700)
    # 16 days of 10 and 15 of 100: half is 830.
    assert january(more, worked("2026-01-20", 829)) == [JANUARY]
    assert january(more, worked("2026-01-20", 830)) == []


def test_what_was_delivered_before_the_rule_was_known_is_never_raised() -> None:
    done = [worked(f"2026-0{month}-10 10:00", 200) for month in (1, 2, 3)]
    engine = Engine(planner(BOOK))
    engine.known[:] = [GRANT, *done]

    assert engine.run([], until="2026-04-20 10:00").log == []


def test_a_grant_of_no_hours_or_of_something_else_asks_for_none() -> None:
    none = granted("2025-12-28", "2026-01-01", "2026-07-01", weekly=0)
    treatment = granted("2025-12-28", "2026-01-01", "2026-07-01", grant="b-78")

    assert followed(none, treatment, by=BOOK, until="2026-07-01") == []


def test_the_close_ends_it_and_its_own_month_is_not_asked_about() -> None:
    log = january(closed("2026-03-20", "2026-03-20", id="ev-c"), until="2026-07-01")

    assert [line for line in log if "raised" in line or "withdrawn" in line] == [
        JANUARY,
        *FEBRUARY,
        (
            "2026-03-20 00:00 withdrawn hours-below-grant on granted-b-77 cycle 2 "
            "course-closed because ev-c"
        ),
    ]


def test_after_a_reopening_only_the_days_on_which_the_course_is_open_count() -> None:
    log = january(
        worked("2026-01-05", 155),
        closed("2026-01-20", "2026-01-20"),
        reopened("2026-04-20", "2026-04-20"),  # 11 days of April
        until="2026-06-11 06:00",
    )

    assert log == [
        "2026-06-11 06:00 raised hours-below-grant on granted-b-77 due 2026-06-11 to caseworker"
    ]


def test_days_and_percent_are_the_packs() -> None:
    text = only("hours-below-grant", text=DEFAULT_TEXT)
    strict = RuleBook((parse_pack(text.replace("percent = 50", "percent = 100")),))
    hurried = RuleBook((parse_pack(text.replace("days = 10", "days = 1", 1)),))
    done = worked("2026-01-20", 309)

    assert followed(GRANT, done, by=strict, until="2026-02-11 06:00") == [JANUARY]
    assert followed(GRANT, by=hurried, until="2026-02-02 06:00") == [
        JANUARY.replace("2026-02-11", "2026-02-02")
    ]


def test_a_grant_without_an_end_worth_the_name_has_ten_years_of_months() -> None:
    for_ever = granted("2025-12-28", "2026-01-01", "9999-12-31", weekly=70)

    months = course_obligations(CourseSeen(fold_course([for_ever]), BOOK), CALENDAR)

    assert len(months) == 120
    assert max(one.due_on for one in months) == day("2036-01-11")


@pytest.mark.parametrize(
    "terms",
    ["working_days = 1", "working_days = 10", "working_days = 30", "days = 45", "days = 70"],
)
def test_one_month_is_open_at_a_time_and_each_until_the_next_whatever_the_packs_days(
    terms: str,
) -> None:
    text = only("hours-below-grant", text=DEFAULT_TEXT).replace("days = 10", terms, 1)

    log = followed(GRANT, by=RuleBook((parse_pack(text),)), until="2026-12-31")

    turns = [
        (line[:16], line[17:23]) for line in log if line[17:].startswith(("raised", "withdrawn"))
    ]
    raised = [at for at, what in turns if what == "raised"]
    over = [at for at, what in turns if what == "withdr"]
    assert len(raised) == len(over) == 6  # January to June
    assert over[:-1] == raised[1:]


def test_a_month_stands_until_the_next_is_due_by_the_next_ones_own_terms() -> None:
    text = only("hours-below-grant", text=DEFAULT_TEXT)
    slower = text.replace("days = 10", "days = 20", 1)
    changed = RuleBook((parse_pack(text), parse_pack(slower, Period(day("2026-03-01")))))

    log = followed(GRANT, by=changed, until="2026-03-21 06:00")

    assert [line[:23] for line in log if "raised" in line or "withdrawn" in line] == [
        "2026-02-11 06:00 raised",
        "2026-03-21 06:00 withdr",
        "2026-03-21 06:00 raised",
    ]
