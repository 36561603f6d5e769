"""`grant-running-out`: before a grant runs out somebody decides what comes after it."""

from domain.rule_packs import RuleBook, parse_pack
from tests.domain.engine import DEFAULT_TEXT, Arrival, Engine, only
from tests.domain.facts import closed, reopened
from tests.domain.rules.following import book, followed, planner
from tests.domain.rules.granting import extended, grant_ended, granted, refused
from tests.domain.spec import corrected, instant

BOOK = book("grant-running-out")
RAISED = "2026-06-01 06:00 raised grant-running-out on granted-b-77 due 2026-06-01 to caseworker"
GRANT = granted("2026-01-10 10:00", "2026-01-13", "2026-07-13")


def test_an_alert_six_weeks_before_a_grant_runs_out_and_another_two_weeks_before() -> None:
    assert followed(GRANT, by=BOOK, until="2026-06-01 05:59") == []
    assert followed(GRANT, by=BOOK, until="2026-06-29 06:00") == [
        RAISED,
        "2026-06-29 06:00 CourseFollowUpReminded grant-running-out on granted-b-77",
    ]


def test_what_ran_out_is_asked_about_no_more() -> None:
    log = followed(GRANT, by=BOOK, until="2027-01-01")

    assert log[2:] == [
        "2026-07-06 06:00 escalated grant-running-out on granted-b-77 to coordinator",  # 7 before
        "2026-07-11 06:00 escalated grant-running-out on granted-b-77 to leader",  # 2 before
        (
            "2026-07-13 06:00 withdrawn grant-running-out on granted-b-77 "
            "no-longer-applies because granted-b-77"
        ),
    ]


def test_a_short_grant_has_the_later_alert_only_and_goes_on_as_long_before_its_end() -> None:
    # Of 30 days: two weeks before 3 March is 17 February, 7 days before 24, 2 days before 1 March.
    month = granted("2026-01-10 10:00", "2026-02-01", "2026-03-03", id="month")

    assert followed(month, by=BOOK, until="2026-03-02") == [
        "2026-02-17 06:00 raised grant-running-out on month due 2026-02-17 to caseworker",
        "2026-02-24 06:00 escalated grant-running-out on month to coordinator",
        "2026-03-01 06:00 escalated grant-running-out on month to leader",
    ]


def test_a_grant_of_days_is_asked_about_when_it_begins_or_was_decided() -> None:
    week = granted("2026-01-10 10:00", "2026-02-01", "2026-02-10", id="week")
    in_the_midst = granted("2026-02-04 10:00", "2026-02-01", "2026-02-10", id="week")

    assert followed(week, by=BOOK, until="2026-02-09") == [
        "2026-02-01 06:00 raised grant-running-out on week due 2026-02-01 to caseworker",
        "2026-02-03 06:00 escalated grant-running-out on week to coordinator",
        "2026-02-08 06:00 escalated grant-running-out on week to leader",
    ]
    assert followed(in_the_midst, by=BOOK, until="2026-02-09")[:2] == [
        "2026-02-04 10:00 raised grant-running-out on week due 2026-02-04 to caseworker",
        "2026-02-04 10:00 escalated grant-running-out on week to coordinator",
    ]


def test_a_grant_that_was_decided_when_it_had_run_out_is_not_asked_about() -> None:
    over = granted("2026-02-12 10:00", "2026-02-01", "2026-02-10")

    assert followed(over, by=BOOK, until="2026-05-01") == []


def test_steps_before_an_end_do_not_move_towards_it_over_closed_days() -> None:
    # 42 days before Sunday 29 March is Sunday 15 February, 14 before Sunday 15 March, 7 before
    # Sunday 22, 2 before Friday 27: each that is a Sunday comes on the Friday before.
    text = only("grant-running-out", text=DEFAULT_TEXT)
    moving = text.replace("valid_from", 'on_closed_days = "next-working-day"\nvalid_from', 1)
    grant = granted("2026-01-10 10:00", "2026-01-13", "2026-03-29", id="g")

    log = followed(grant, by=RuleBook((parse_pack(moving),)), until="2026-03-28")

    assert log == [
        "2026-02-13 06:00 raised grant-running-out on g due 2026-02-13 to caseworker",
        "2026-03-13 06:00 CourseFollowUpReminded grant-running-out on g",
        "2026-03-20 06:00 escalated grant-running-out on g to coordinator",
        "2026-03-27 06:00 escalated grant-running-out on g to leader",
    ]


def test_an_extension_in_time_is_the_stand_and_its_own_end_the_next_deadline() -> None:
    log = followed(
        GRANT,
        extended("2026-06-10 10:00", "2026-07-13", "2026-12-13"),
        by=BOOK,
        until="2026-11-01 06:00",
    )

    assert log == [
        RAISED,
        "2026-06-10 10:00 resolved grant-running-out on granted-b-77 by extended-b-77-2026-12-13",
        (
            "2026-11-01 06:00 raised grant-running-out on extended-b-77-2026-12-13 "
            "due 2026-11-01 to caseworker"
        ),
    ]


def test_nothing_is_raised_on_what_was_extended_before_and_a_late_told_one_withdraws() -> None:
    before = extended("2026-05-20 10:00", "2026-07-13", "2026-12-13", id="longer")
    late: Arrival = ("2026-06-05 10:00", before)

    assert followed(GRANT, before, by=BOOK, until="2026-10-01") == []
    assert followed(GRANT, late, by=BOOK, until="2026-10-01") == [
        RAISED,
        "2026-06-05 10:00 withdrawn grant-running-out on granted-b-77 met-before because longer",
    ]


def test_an_extension_that_ends_no_later_is_no_stand() -> None:
    other_volume = extended("2026-05-20 10:00", "2026-06-01", "2026-07-13")
    shorter = extended("2026-05-21 10:00", "2026-05-22", "2026-06-20")

    assert followed(GRANT, other_volume, shorter, by=BOOK, until="2026-06-01 06:00") == [RAISED]


def test_a_new_grant_in_its_place_its_refusal_and_its_end_are_stands() -> None:
    stands = [
        granted("2026-06-02", "2026-07-13", "2026-08-01", grant="b-78", continues="b-77"),
        refused("2026-06-02", "b-78", continues="b-77"),
        grant_ended("2026-06-02", "2026-06-15"),
    ]
    for stand in stands:
        assert followed(GRANT, stand, by=BOOK, until="2026-06-03") == [
            RAISED,
            f"2026-06-02 00:00 resolved grant-running-out on granted-b-77 by {stand.source_id}",
        ]


def test_a_grant_that_carries_on_another_or_itself_is_no_stand_on_this_one() -> None:
    other = granted("2026-05-02", "2026-07-13", "2026-08-01", grant="b-78", continues="b-76")
    itself = granted("2026-01-10 10:00", "2026-01-13", "2026-07-13", continues="b-77")

    assert RAISED in followed(GRANT, other, by=BOOK, until="2026-06-03")
    assert followed(itself, by=BOOK, until="2026-06-03") == [RAISED]


def test_a_refused_grant_has_nothing_that_could_run_out() -> None:
    assert followed(refused("2026-01-10", "b-77"), by=BOOK, until="2027-01-01") == []


def test_two_grants_run_out_each_by_itself() -> None:
    other = granted("2026-01-10 10:00", "2026-01-13", "2026-07-13", grant="b-78")

    log = followed(GRANT, other, by=BOOK, until="2026-06-01 06:00")

    assert sorted(line[17:] for line in log) == [
        f"raised grant-running-out on granted-{grant} due 2026-06-01 to caseworker"
        for grant in ("b-77", "b-78")
    ]


def test_a_corrected_period_moves_the_alert() -> None:
    typed = granted("2026-01-10 10:00", "2026-01-13", "2026-06-13")
    correction = corrected("2026-05-05 10:00", typed, GRANT.fact, id="c-1")

    assert followed(typed, correction, by=BOOK, until="2026-06-01 06:00") == [
        "2026-05-02 06:00 raised grant-running-out on granted-b-77 due 2026-05-02 to caseworker",
        ("2026-05-05 10:00 withdrawn grant-running-out on granted-b-77 fact-corrected because c-1"),
        RAISED.replace("granted-b-77", "granted-b-77 cycle 2"),
    ]


def test_the_close_withdraws_it_and_a_grant_that_stands_is_asked_about_after_a_reopening() -> None:
    log = followed(
        GRANT,
        closed("2026-06-05 10:00", "2026-06-05", id="ev-c"),
        reopened("2026-06-20 10:00", "2026-06-20"),
        by=BOOK,
        until="2026-06-20 10:00",
    )

    assert log == [
        RAISED,
        "2026-06-05 10:00 withdrawn grant-running-out on granted-b-77 course-closed because ev-c",
        (
            "2026-06-20 10:00 raised grant-running-out on granted-b-77 cycle 2 "
            "due 2026-06-01 to caseworker"
        ),
    ]


def test_nothing_is_raised_after_a_close_for_good_and_the_course_is_finished() -> None:
    known = [GRANT, closed("2026-03-01 10:00", "2026-03-01")]

    assert followed(*known, by=BOOK, until="2027-01-01") == []
    assert planner(BOOK)(known, instant("2026-03-02")).finished


def test_a_grant_without_an_end_worth_the_name_is_never_spoken_of() -> None:
    for_ever = granted("2026-01-10 10:00", "2026-01-13", "9999-12-31")

    assert planner(BOOK)([for_ever], instant("2026-03-02")).wake_at is None


def test_the_leads_are_the_packs() -> None:
    text = only("grant-running-out", text=DEFAULT_TEXT).replace("[42, 14]", "[56]")
    log = Engine(planner(RuleBook((parse_pack(text),)))).run(
        [("2026-01-10 10:00", GRANT)], "2026-05-18 06:00"
    )

    assert log.log == [RAISED.replace("2026-06-01", "2026-05-18")]


def test_while_a_course_is_closed_nothing_is_asked_though_it_is_known_to_open_again() -> None:
    closed_meanwhile = closed("2026-06-05 10:00", "2026-06-05", id="ev-c")
    opens_again = reopened("2026-06-04 10:00", "2026-07-02")

    log = followed(GRANT, opens_again, closed_meanwhile, by=BOOK, until="2026-07-02 06:00")

    assert log[:3] == [
        RAISED,
        "2026-06-05 10:00 withdrawn grant-running-out on granted-b-77 course-closed because ev-c",
        (
            "2026-07-02 06:00 raised grant-running-out on granted-b-77 cycle 2 "
            "due 2026-06-01 to caseworker"
        ),
    ]
