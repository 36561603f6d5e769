"""Who waits for a mentor, who has room, and whom to consider for one citizen."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.events.course import (
    CaseworkerChanged,
    ChemistryChecked,
    Closed,
    IdentityLinked,
    IntakeRegistered,
    MatchEnded,
    MatchProposed,
    MentorMatched,
    PreferenceStated,
    Reopened,
)
from domain.events.mentor import Employed, HoursChanged, Left, ProfileCompleted, TrainingAttended
from domain.events.team import CaseloadPolicySet, TeamIdentityLinked
from domain.values import Item, Period, Ref
from projections.views.matching_mentors import candidates, free_mentors
from projections.views.matching_waiting import waiting_citizens
from tests.projections.story import HERE, Story, actor, noon, thing, who

START, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))
FULL = 2220
CASEWORKER, LEADER = actor("caseworker"), actor("leader")


def intake(story: Story, course: str = "c", on: date = START) -> Ref:
    fact = IntakeRegistered(actor=CASEWORKER, caseworker=who("caseworker"))
    return story.course(course, fact, on)


def match(story: Story, course: str = "c", mentor: str = "mentor", on: date = FEBRUARY) -> Ref:
    fact = MentorMatched(
        actor=CASEWORKER,
        match=thing(f"m-{course}-{mentor}"),
        mentor=who(mentor),
        from_=on,
        method="other",
    )
    return story.course(course, fact, on)


def unmatch(
    story: Story, to: date, reason: str = "other", course: str = "c", mentor: str = "mentor"
) -> Ref:
    ended = thing(f"m-{course}-{mentor}")
    fact = MatchEnded(actor=CASEWORKER, match=ended, to=to, reason=reason)
    return story.course(course, fact, to)


def employ(story: Story, name: str, weekly: int = FULL, **more: Any) -> Ref:
    told = {"gender": "not-stated", **more}
    fact = Employed(actor=LEADER, from_=START, weekly_minutes=weekly, **told)
    return story.mentor(name, fact, START)


def left(story: Story, name: str, to: date) -> Ref:
    return story.mentor(name, Left(actor=LEADER, to=to, reason="resigned"), to)


def waits(story: Story, day: date, **asked: Any) -> list[dict[str, Any]]:
    return waiting_citizens(story.connection, HERE, as_of=noon(day), **asked).rows


def since(story: Story, day: date, **asked: Any) -> list[tuple[date, str]]:
    return [(row["since"], row["since_reason"]) for row in waits(story, day, **asked)]


# Waiting citizens.


def test_a_citizen_waits_from_the_intake_until_the_match_begins(story: Story) -> None:
    intake(story)
    match(story)
    assert since(story, date(2025, 12, 31)) == []
    assert since(story, date(2026, 1, 31)) == [(START, "intake")]
    row = waits(story, date(2026, 1, 31))[0]
    # The match is told on the day on which it begins: nobody had decided it on the day before.
    told = (row["days"], row["caseworker"], row["next_match_from"])
    assert told == (30, who("caseworker"), None)
    assert since(story, FEBRUARY) == []


def test_a_citizen_waits_anew_from_the_end_of_the_match(story: Story) -> None:
    intake(story)
    made, ended = match(story), unmatch(story, MARCH)
    assert since(story, date(2026, 2, 28)) == []
    assert since(story, MARCH) == [(MARCH, "match-ended")]
    (behind,) = waiting_citizens(story.connection, HERE, as_of=noon(MARCH)).behind
    assert {made, ended} <= set(behind())
    # With two mentors the wait begins with the end of the last.
    match(story, mentor="other", on=date(2026, 2, 10))
    assert since(story, MARCH) == []
    unmatch(story, APRIL, mentor="other")
    assert since(story, APRIL) == [(APRIL, "match-ended")]


def test_a_citizen_whose_mentor_left_waits_though_nobody_ended_the_match(story: Story) -> None:
    employ(story, "mentor")
    told = intake(story)
    matched = match(story)
    gone = left(story, "mentor", MARCH)
    assert since(story, date(2026, 2, 28)) == []
    assert since(story, MARCH) == [(MARCH, "mentor-left")]
    answer = waiting_citizens(story.connection, HERE, as_of=noon(MARCH))
    (refs,) = [set(behind()) for behind in answer.behind]
    # The match through which that mentor was theirs, that they left, and whose caseworker it is.
    assert refs == {matched, gone, told}
    match(story, mentor="next", on=APRIL)
    assert since(story, APRIL) == []


def test_a_closed_course_waits_for_nobody_until_it_is_reopened(story: Story) -> None:
    intake(story)
    story.course("c", Closed(actor=CASEWORKER, to=FEBRUARY, reason="job"), FEBRUARY)
    story.course("c", Reopened(actor=CASEWORKER, from_=MARCH, reason="returned"), MARCH)
    assert since(story, date(2026, 1, 31)) == [(START, "intake")]
    assert since(story, date(2026, 2, 15)) == []
    assert since(story, MARCH) == [(MARCH, "reopened")]


def test_the_longest_wait_stands_first_with_what_is_preferred_and_proposed(story: Story) -> None:
    intake(story, "later", FEBRUARY)
    intake(story, "first", START)
    for day, age in ((START, "60-plus"), (FEBRUARY, "30-44")):
        stated = PreferenceStated(actor=CASEWORKER, age=age, gender="none")
        story.course("first", stated, day)
    for day in (date(2025, 12, 31), START, MARCH):
        proposed = MatchProposed(actor=CASEWORKER, mentor=who("mentor"), method="by-profile")
        story.course("first", proposed, day)
    changed = CaseworkerChanged(
        actor=LEADER, caseworker=who("next"), from_=FEBRUARY, reason="portfolio-moved"
    )
    story.course("first", changed, FEBRUARY)
    first, later = waits(story, date(2026, 2, 10))
    assert (first["course"], later["course"]) == (who("first"), who("later"))
    assert (first["preferred_age"], first["preferred_gender"]) == ("30-44", "none")
    # One was made before the wait, one is made after the day.
    assert (first["proposals"], first["caseworker"]) == (1, who("next"))
    assert (later["preferred_age"], later["proposals"]) == (None, 0)
    assert waits(story, date(2026, 1, 10))[0]["preferred_age"] == "60-plus"


def test_late_corrected_and_retracted_matches_are_as_known_then(story: Story) -> None:
    intake(story)
    assert since(story, MARCH) == [(START, "intake")]
    before = story.position
    made = match(story)
    first = story.position
    fact = MentorMatched(
        actor=CASEWORKER, match=thing("m"), mentor=who("mentor"), from_=APRIL, method="other"
    )
    story.correct(made, fact, MARCH, new_time=MARCH)
    second = story.position
    assert since(story, MARCH) == [(START, "intake")]
    assert since(story, APRIL) == []
    story.retract(made, APRIL)
    assert since(story, APRIL) == [(START, "intake")]
    for known_at, expected in ((before, 1), (first, 0), (second, 0)):
        assert len(since(story, APRIL, known_at=known_at)) == expected


def test_linked_courses_wait_as_one(story: Story) -> None:
    intake(story, "old")
    match(story, "new")
    assert [row["course"] for row in waits(story, MARCH)] == [who("old")]
    link = IdentityLinked(actor=LEADER, what="course", alias=who("old"), basis="manual")
    story.course("new", link, APRIL)
    assert waits(story, MARCH) == []
    (row,) = waits(story, date(2026, 1, 20), streams=[who("old")])
    assert row["course"] == who("new")


# Mentors with room.


def mentors(story: Story, day: date = MARCH, **asked: Any) -> dict[Any, dict[str, Any]]:
    rows = free_mentors(story.connection, HERE, as_of=noon(day), **asked).rows
    return {row["mentor"]: row for row in rows}


def profile(story: Story, name: str, years: int = 3, on: date = START) -> Ref:
    strengths = ("presence", "empathy", "listening", "caring", "patience")
    fact = ProfileCompleted(
        actor=actor("mentor", name),
        education_field="pedagogy",
        experience_years=years,
        strengths=tuple(map(Item, strengths)),
        wishes=tuple(map(Item, ("addiction", "documentation", "humour"))),
    )
    return story.mentor(name, fact, on)


def train(story: Story, name: str, kind: str, *together: str) -> Ref:
    fact = TrainingAttended(
        actor=actor("mentor", name),
        training=thing(kind),
        kind=kind,
        period=Period(START, date(2026, 1, 3)),
        together_with=together,
    )
    return story.mentor(name, fact, START)


def test_room_is_told_with_its_limit_and_whose_limit_it_is(story: Story) -> None:
    employ(story, "mentor", FULL // 2)
    for number in range(3):
        match(story, f"c-{number}", "mentor")
    # Half time: 7 citizens are 14 per full-time mentor, so there is room for 4 more.
    row = mentors(story)[who("mentor")]
    assert (row["citizens"], row["fte"], row["free"]) == (3, Decimal("0.50"), 4)
    assert (row["limit"], row["limit_basis"]) == (15, "band")
    policy = CaseloadPolicySet(actor=LEADER, from_=MARCH, highest=20, reason="trying-higher-load")
    before = story.position
    story.team(policy, FEBRUARY)
    row = mentors(story)[who("mentor")]
    assert (row["limit"], row["limit_basis"], row["free"]) == (20, "policy", 7)
    assert mentors(story, date(2026, 2, 28))[who("mentor")]["limit_basis"] == "band"
    assert mentors(story, known_at=before)[who("mentor")]["limit_basis"] == "band"


def test_a_policy_that_names_a_lowest_number_only_limits_nothing(story: Story) -> None:
    employ(story, "mentor")
    policy = CaseloadPolicySet(actor=LEADER, from_=START, lowest=20, reason="trying-higher-load")
    story.team(policy, START)
    row = mentors(story)[who("mentor")]
    assert (row["limit"], row["limit_basis"]) == (15, "band")


def test_only_mentors_with_hours_on_the_day_have_room(story: Story) -> None:
    for name in ("there", "gone", "on leave"):
        employ(story, name)
    left(story, "gone", MARCH)
    leave = HoursChanged(actor=LEADER, from_=MARCH, weekly_minutes=0, reason="leave")
    story.mentor("on leave", leave, FEBRUARY)
    assert set(mentors(story, date(2026, 2, 28))) == {
        who(name) for name in ("there", "gone", "on leave")
    }
    assert set(mentors(story)) == {who("there")}


def test_a_mentor_is_known_by_profile_training_and_employment(story: Story) -> None:
    employ(story, "mentor", birth_year=1990, gender="woman")
    employ(story, "other")
    profile(story, "mentor", years=1)
    profile(story, "mentor", years=4, on=FEBRUARY)
    train(story, "mentor", "mentors-and-caseworkers")
    train(story, "other", "course")
    row, other = (mentors(story)[who(name)] for name in ("mentor", "other"))
    assert (row["experience_years"], row["education_field"]) == (4, "pedagogy")
    assert row["strengths"] == ["presence", "empathy", "listening", "caring", "patience"]
    assert row["wishes"] == ["addiction", "documentation", "humour"]
    assert (row["trainings"], row["trained_with_caseworkers"]) == (
        ["mentors-and-caseworkers"],
        True,
    )
    assert (row["age_group"], row["gender"]) == ("30-44", "woman")
    assert (other["experience_years"], other["strengths"]) == (None, [])
    assert (other["trained_with_caseworkers"], other["age_group"]) == (False, None)
    assert mentors(story, date(2026, 1, 10))[who("mentor")]["experience_years"] == 1


def test_a_mentors_other_id_brings_its_profile_and_its_citizens(story: Story) -> None:
    employ(story, "mentor")
    profile(story, "survey id")
    match(story, "c", "survey id")
    assert mentors(story)[who("mentor")]["citizens"] == 0
    link = TeamIdentityLinked(
        actor=LEADER, person=who("mentor"), alias=who("survey id"), basis="manual"
    )
    linked = story.team(link, APRIL)
    row = mentors(story)[who("mentor")]
    assert (row["citizens"], row["experience_years"]) == (1, 3)
    (behind,) = free_mentors(story.connection, HERE, as_of=noon(MARCH)).behind
    assert linked in set(behind())


# Candidates for one citizen.


def ask(story: Story, day: date = MARCH, **asked: Any) -> list[dict[str, Any]]:
    answer = candidates(story.connection, HERE, as_of=noon(day), streams=[who("c")], **asked)
    return answer.rows


def names(rows: list[dict[str, Any]], *known: str) -> list[str]:
    by_id = {who(name): name for name in known}
    return [by_id[row["mentor"]] for row in rows]


def test_every_mentor_is_a_candidate_and_each_place_is_explained(story: Story) -> None:
    intake(story)
    stated = PreferenceStated(actor=CASEWORKER, age="30-44", gender="woman")
    story.course("c", stated, START)
    employ(story, "both met", birth_year=1990, gender="woman")
    employ(story, "age only", birth_year=1990, gender="man")
    employ(story, "unknown")
    employ(story, "full", FULL // 37, birth_year=1990, gender="woman")  # an hour a week
    employ(story, "on leave", 0, birth_year=1990, gender="woman")
    employ(story, "gone", birth_year=1990, gender="woman")
    left(story, "gone", FEBRUARY)
    rows = ask(story)
    known = ("both met", "age only", "unknown", "full", "on leave")
    assert names(rows, *known) == ["both met", "unknown", "age only", *names(rows[3:], *known)]
    assert set(names(rows[3:], *known)) == {"full", "on leave"}
    assert [row["place"] for row in rows] == [1, 2, 3, 4, 5]
    first, unknown, age_only, *without = rows
    assert (first["speaks_for"], first["speaks_against"]) == (["age-met", "gender-met"], [])
    assert unknown["unknown"] == ["age-unknown", "gender-unknown", "no-profile"]
    assert (age_only["speaks_for"], age_only["speaks_against"]) == (
        ["age-met"],
        ["gender-not-met"],
    )
    assert {tuple(row["speaks_against"]) for row in without} == {("no-room",), ("on-leave",)}
    assert not any(row["available"] for row in without)
    assert first["explanation"].startswith("Taler for: borgerens ønske om alder er opfyldt")


def test_a_mentor_whose_chemistry_was_missing_stands_behind_one_from_before(story: Story) -> None:
    intake(story)
    for name in ("good before", "missed", "new"):
        employ(story, name)
    match(story, mentor="missed", on=START)
    unmatch(story, date(2026, 1, 20), "chemistry-missing", mentor="missed")
    match(story, mentor="good before", on=date(2026, 1, 20))
    unmatch(story, FEBRUARY, "mentor-absent", mentor="good before")
    rows = ask(story)
    assert names(rows, "good before", "missed", "new") == ["good before", "new", "missed"]
    assert (rows[0]["was_mentor"], rows[0]["end_reason"]) == (True, "mentor-absent")
    assert rows[2]["speaks_against"] == ["parted-before"]
    assert "kemien manglede" in rows[2]["explanation"]
    # What a side said of the chemistry counts too, once it was said.
    check = ChemistryChecked(
        actor=CASEWORKER, mentor=who("good before"), asked="citizen", result="missing"
    )
    before = story.position
    story.course("c", check, FEBRUARY)
    assert names(ask(story), "good before", "missed", "new")[0] == "new"
    assert names(ask(story, known_at=before), "good before", "missed", "new")[0] == "good before"


def test_the_mentor_of_the_day_stands_last_and_proposals_speak_for_others(story: Story) -> None:
    intake(story)
    for name in ("mentor", "proposed", "other"):
        employ(story, name)
    made = match(story)
    proposed = MatchProposed(actor=CASEWORKER, mentor=who("proposed"), method="by-meeting")
    proposal = story.course("c", proposed, FEBRUARY)
    rows = ask(story)
    assert names(rows, "mentor", "proposed", "other") == ["proposed", "other", "mentor"]
    assert rows[0]["speaks_for"] == ["proposed"]
    assert rows[2]["speaks_against"] == ["already-mentor"]
    answer = candidates(story.connection, HERE, as_of=noon(MARCH), streams=[who("c")])
    behind = [list(refs()) for refs in answer.behind]
    assert proposal in behind[0] and made in behind[2] and proposal not in behind[1]
    story.retract(proposal, APRIL)
    assert ask(story)[0]["speaks_for"] == []


def test_a_course_that_nobody_knows_has_no_candidates(story: Story) -> None:
    employ(story, "mentor")
    assert candidates(story.connection, HERE, as_of=noon(MARCH), streams=[]).rows == []
