"""`coordinator-overloaded`: the coordinator's own citizens are clearly fewer than the mentors'."""

from uuid import UUID

from domain.envelope import Recorded
from domain.events.course import MatchEnded, MentorMatched
from domain.events.team import RulesAdopted, TeamIdentityLinked
from domain.rule_packs import RuleBook, parse_pack
from domain.values import Period
from tests.domain.engine import DEFAULT_TEXT, Arrival, only
from tests.domain.facts import (
    TEAM,
    assigned,
    closed,
    employed,
    established,
    hours_changed,
    left,
    released,
)
from tests.domain.rules.following import book
from tests.domain.rules.team_seen import followed, team_planner
from tests.domain.spec import (
    CASEWORKER,
    COORDINATOR,
    LEADER,
    MENTOR_ID,
    course,
    day,
    fact_at,
    instant,
    person,
    ref,
    retracted,
)

RULE = "coordinator-overloaded"
BOOK = book(RULE)
BOSS = person("boss")


def follows(
    citizen: str, mentor: UUID, from_: str, *, when: str | None = None, match: str = ""
) -> Recorded:
    """A match on a course of its own."""
    name = match or f"{citizen}-{from_}"
    fact = MentorMatched(
        actor=CASEWORKER, match=ref(name), mentor=mentor, from_=day(from_), method="by-profile"
    )
    return fact_at(when or from_, fact, id=f"m-{name}", stream=course(citizen))


def ends(citizen: str, match: str, to: str) -> Recorded:
    fact = MatchEnded(actor=CASEWORKER, match=ref(match), to=day(to), reason="citizen-wish")
    return fact_at(to, fact, id=f"end-{match}", stream=course(citizen))


# A mentor at full time with four citizens: at most two for the coordinator beside.
TEAM_OF_TWO = [
    assigned("boss", "coordinator", "2026-01-01"),
    employed("2026-01-01", 2220),
    *(follows(f"c-{n}", MENTOR_ID, "2026-01-02") for n in range(4)),
]
OWN = [follows(f"own-{n}", BOSS, f"2026-01-1{n}") for n in range(1, 5)]
RAISED = (
    "2026-01-27 06:00 raised coordinator-overloaded on m-own-3-2026-01-13 "
    "due 2026-01-27 to coordinator"
)


def test_half_of_the_mentors_mean_is_clearly_fewer_and_one_more_is_not() -> None:
    assert followed(*TEAM_OF_TWO, *OWN[:2], by=BOOK, until="2026-06-01") == []
    assert followed(*TEAM_OF_TWO, *OWN[:3], by=BOOK, until="2026-01-27 05:59") == []
    assert followed(*TEAM_OF_TWO, *OWN[:3], by=BOOK, until="2026-01-27 06:00") == [RAISED]


def test_it_is_about_the_coordinator_and_goes_to_that_person() -> None:
    plan = team_planner(BOOK)([*TEAM_OF_TWO, *OWN], instant("2026-01-27 06:00"))

    [act] = plan.acts
    assert act.fact.follow_up.about == BOSS  # type: ignore[attr-defined]
    assert act.fact.person == BOSS  # type: ignore[attr-defined]


def test_more_citizens_on_top_hang_on_nothing_new() -> None:
    log = followed(*TEAM_OF_TWO, *OWN, by=BOOK, until="2026-02-24 06:00")

    assert log == [
        RAISED,
        "2026-02-10 06:00 TeamFollowUpReminded coordinator-overloaded on m-own-3-2026-01-13",
        "2026-02-24 06:00 escalated coordinator-overloaded on m-own-3-2026-01-13 to leader",
    ]


def test_the_end_of_a_match_resolves_it_and_in_time_nothing_is_raised() -> None:
    end = ends("own-1", "own-1-2026-01-11", "2026-01-30")
    in_time = ends("own-1", "own-1-2026-01-11", "2026-01-26")

    assert followed(*TEAM_OF_TWO, *OWN[:3], end, by=BOOK, until="2026-06-01") == [
        RAISED,
        (
            "2026-01-30 00:00 resolved coordinator-overloaded on m-own-3-2026-01-13 "
            "by end-own-1-2026-01-11"
        ),
    ]
    assert followed(*TEAM_OF_TWO, *OWN[:3], in_time, by=BOOK, until="2026-06-01") == []


def test_an_end_told_late_withdraws_it() -> None:
    late: Arrival = ("2026-02-01 10:00", ends("own-1", "own-1-2026-01-11", "2026-01-20"))

    log = followed(*TEAM_OF_TWO, *OWN[:3], late, by=BOOK, until="2026-02-01 10:00")

    assert log[1:] == [
        (
            "2026-02-01 10:00 withdrawn coordinator-overloaded on m-own-3-2026-01-13 "
            "met-before because end-own-1-2026-01-11"
        )
    ]


def test_a_match_told_late_that_made_it_more_before_tells_nobody_anew() -> None:
    # With own-0 it was the third citizen on 12 January: the reminder is of 9 February, 26 January
    # and 14 days, and the leader's day 23 February.
    late: Arrival = ("2026-02-12 10:00", follows("own-0", BOSS, "2026-01-12"))

    log = followed(*TEAM_OF_TWO, *OWN[:3], late, by=BOOK, until="2026-02-23 06:00")

    assert log == [
        RAISED,
        "2026-02-10 06:00 TeamFollowUpReminded coordinator-overloaded on m-own-3-2026-01-13",
        "2026-02-23 06:00 escalated coordinator-overloaded on m-own-3-2026-01-13 to leader",
    ]


def test_mentor_hours_and_the_mentors_citizens_tip_it_too() -> None:
    more_hours = employed("2026-02-01", 2220, mentor=person("m-32"))
    close = closed("2026-02-03", "2026-02-03").fact
    fewer = fact_at("2026-02-03", close, id="close-c-1", stream=course("c-1"))

    for tips, on in ((more_hours, "2026-02-15"), (fewer, "2026-02-17")):
        log = followed(*TEAM_OF_TWO, *OWN[:2], tips, by=BOOK, until=f"{on} 06:00")
        assert log == [
            f"{on} 06:00 raised coordinator-overloaded on {tips.source_id} due {on} to coordinator"
        ]


def test_hours_ahead_count_from_their_day() -> None:
    ahead = hours_changed("2026-03-01", 2221, when="2026-01-20 10:00")

    log = followed(*TEAM_OF_TWO, *OWN[:2], ahead, by=BOOK, until="2026-03-15 06:00")

    assert [line[:16] for line in log] == ["2026-03-15 06:00"]


def test_without_other_mentors_hours_there_is_no_mean_to_compare_with() -> None:
    gone = left("2026-02-01")
    alone = [assigned("boss", "coordinator", "2026-01-01"), employed("2026-01-01", mentor=BOSS)]

    assert followed(*alone, *OWN, by=BOOK, until="2026-06-01") == []
    assert followed(*TEAM_OF_TWO, *OWN[:3], gone, by=BOOK, until="2026-06-01")[-1] == (
        f"2026-02-01 00:00 resolved coordinator-overloaded on m-own-3-2026-01-13 "
        f"by {gone.source_id}"
    )


def test_whoever_coordinates_no_more_is_let_off() -> None:
    log = followed(
        *TEAM_OF_TWO,
        *OWN[:3],
        released("boss", "coordinator", "2026-02-01"),
        by=BOOK,
        until="2026-06-01",
    )

    assert log == [
        RAISED,
        (
            "2026-02-01 00:00 withdrawn coordinator-overloaded on m-own-3-2026-01-13 "
            "person-left because released-boss-coordinator-2026-02-01"
        ),
    ]


def test_a_mentor_made_coordinator_hangs_on_the_assignment() -> None:
    log = followed(
        *TEAM_OF_TWO[1:],
        *OWN[:3],
        assigned("boss", "coordinator", "2026-02-01"),
        by=BOOK,
        until="2026-02-15 06:00",
    )

    assert log == [
        (
            "2026-02-15 06:00 raised coordinator-overloaded on assigned-boss-coordinator-2026-02-01"
            " due 2026-02-15 to coordinator"
        )
    ]


def test_a_citizen_whom_both_follow_counts_for_both_and_two_matches_count_once() -> None:
    shared = follows("c-0", BOSS, "2026-01-13")
    twice = follows("own-1", BOSS, "2026-01-13", match="again")

    assert followed(*TEAM_OF_TWO, *OWN[:2], twice, by=BOOK, until="2026-06-01") == []
    assert followed(*TEAM_OF_TWO, *OWN[:2], shared, by=BOOK, until="2026-01-27 06:00") == [
        RAISED.replace("m-own-3", "m-c-0")
    ]


def test_a_coordinator_with_two_ids_is_one() -> None:
    alias = person("time-registration's boss")
    link = TeamIdentityLinked(actor=COORDINATOR, person=BOSS, alias=alias, basis="manual")
    linked = fact_at("2026-01-01", link, stream=TEAM)
    third = follows("own-3", alias, "2026-01-13")

    assert followed(*TEAM_OF_TWO, *OWN[:2], linked, third, by=BOOK, until="2026-01-27 06:00") == [
        RAISED
    ]


def test_a_match_that_never_was_withdraws_it() -> None:
    never = retracted("2026-02-01 10:00", OWN[2], id="r-1")

    log = followed(*TEAM_OF_TWO, *OWN[:3], never, by=BOOK, until="2026-06-01")

    assert [line[17:60] for line in log] == [
        RAISED[17:60],
        "withdrawn coordinator-overloaded on m-own-3",
    ]


def test_the_share_and_the_days_are_the_packs_of_the_day() -> None:
    text = only(RULE, text=DEFAULT_TEXT)
    strict = text.replace("percent = 50", "percent = 25").replace("days = 14", "days = 3")
    adoption = RulesAdopted(
        actor=LEADER,
        pack="own",
        edition="1",
        period=Period(day("2026-03-01")),
        sha256="0",
        text=strict,
    )
    adopted = fact_at("2026-02-20", adoption, id="adopted", stream=TEAM)
    by = RuleBook((parse_pack(text), parse_pack(strict, adoption.period)))

    log = followed(*TEAM_OF_TWO, *OWN[:2], adopted, by=by, until="2026-03-04 06:00")

    assert log == [
        "2026-03-04 06:00 raised coordinator-overloaded on adopted due 2026-03-04 to coordinator"
    ]


def test_it_hangs_on_the_coordinators_own_match_whatever_else_is_told_of_that_day() -> None:
    of_that_day = [
        employed("2026-01-13", 0, mentor=person("m-32")),
        follows("z-1", MENTOR_ID, "2026-01-13"),
        ends("z-2", "z-2-2026-01-05", "2026-01-13"),
        follows("z-2", MENTOR_ID, "2026-01-05"),
    ]
    late: list[Arrival] = [("2026-02-01 10:00", one) for one in of_that_day]

    log = followed(*TEAM_OF_TWO, *OWN[:3], *late, by=BOOK, until="2026-02-05")
    at_once = followed(*TEAM_OF_TWO, *OWN[:3], *of_that_day, by=BOOK, until="2026-02-05")

    assert log == at_once == [RAISED]


def test_a_mentors_hours_of_the_day_tip_it_and_the_coordinators_own_do_not() -> None:
    mentors = hours_changed("2026-02-01", 2221)
    own = [employed("2026-01-01", 60, mentor=BOSS), hours_changed("2026-02-01", 30, mentor=BOSS)]

    for told in ([*own, mentors], [mentors, *own]):
        log = followed(*TEAM_OF_TWO, *OWN[:2], *told, by=BOOK, until="2026-02-15 06:00")
        assert [line[17:] for line in log] == [
            (f"raised coordinator-overloaded on {mentors.source_id} due 2026-02-15 to coordinator")
        ]


# The rule holds until 1 February at the half, from 1 March at a quarter, and not between.
DATED = """
[[rules.coordinator-overloaded]]
valid_to = 2026-02-01
days = 14
percent = 50
addressed_to = "coordinator"
basis = "half"

[[rules.coordinator-overloaded]]
valid_from = 2026-03-01
days = 14
percent = 25
addressed_to = "coordinator"
basis = "a quarter"
"""


def test_dates_within_a_pack_begin_and_end_it_on_the_adoption() -> None:
    text = DEFAULT_TEXT[: DEFAULT_TEXT.index("[rules.")] + DATED
    by = RuleBook((parse_pack(text),))
    adoption = RulesAdopted(
        actor=LEADER,
        pack="default",
        edition="1",
        period=by.packs[0].period,
        sha256="0",
        text=text,
    )
    adopted = fact_at("2025-12-20", adoption, id="adopted", stream=TEAM)

    of_three = followed(*TEAM_OF_TWO, *OWN[:3], adopted, by=by, until="2026-03-15 06:00")
    of_two = followed(*TEAM_OF_TWO, *OWN[:2], adopted, by=by, until="2026-03-15 06:00")

    again = (
        "2026-03-15 06:00 raised coordinator-overloaded on adopted due 2026-03-15 to coordinator"
    )
    assert of_three == [
        RAISED,
        (
            "2026-02-01 06:00 withdrawn coordinator-overloaded on m-own-3-2026-01-13 "
            "rules-changed because adopted"
        ),
        again,
    ]
    assert of_two == [again]


def test_dates_of_a_pack_that_nobody_adopted_hang_on_the_teams_start() -> None:
    by = RuleBook((parse_pack(DEFAULT_TEXT[: DEFAULT_TEXT.index("[rules.")] + DATED),))
    start = established("2026-01-01")

    log = followed(start, *TEAM_OF_TWO, *OWN[:2], by=by, until="2026-03-15 06:00")

    assert log == [
        (
            "2026-03-15 06:00 raised coordinator-overloaded on established "
            "due 2026-03-15 to coordinator"
        )
    ]
