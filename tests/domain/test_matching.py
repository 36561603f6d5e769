"""What speaks for and against a mentor, and the room that a mentor has."""

from datetime import date
from fractions import Fraction

import pytest

from domain.matching import (
    Candidate,
    Earlier,
    Preference,
    Profile,
    Room,
    Weighed,
    met_as_a_whole,
    weigh_age,
    weigh_gender,
)
from domain.matching_words import REASONS, explained

DAY = date(2026, 6, 1)
HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("citizens", "fte", "highest", "free"),
    [
        # Without a policy 14 are the most of a full-time mentor: with 15 the next band begins.
        (13, 1, None, 1),
        (14, 1, None, 0),
        (20, 1, None, 0),
        # Half time: 7, since 8 are 16 per full-time mentor.
        (6, HALF, None, 1),
        (7, HALF, None, 0),
        # 0.8 of full time: 12 would be 15 per full-time mentor, so 11.
        (10, Fraction(4, 5), None, 1),
        # A policy's highest number is included.
        (19, 1, 20, 1),
        (20, 1, 20, 0),
        (9, HALF, 21, 1),  # 10.5, so 10
        (0, 0, 20, 0),
    ],
)
def test_room_is_what_lies_below_the_limit(
    citizens: int, fte: Fraction | int, highest: int | None, free: int
) -> None:
    assert Room(citizens=citizens, fte=Fraction(fte), highest=highest).free == free


@pytest.mark.parametrize(
    ("birth_year", "age"),
    [
        (1997, "under-30"),  # 29
        (1996, "30-44"),
        (1982, "30-44"),  # 44
        (1981, "45-59"),
        (1967, "45-59"),  # 59
        (1966, "60-plus"),
        (None, None),
    ],
)
def test_age_is_the_year_less_the_year_of_birth(birth_year: int | None, age: str | None) -> None:
    assert Profile(birth_year=birth_year).age_on(DAY) == age


def test_a_preference_is_met_or_not_or_it_isnt_known() -> None:
    young = Profile(birth_year=2000, gender="woman")
    assert weigh_age(Preference(age="under-30"), young, DAY) is Weighed.MET
    assert weigh_age(Preference(age="60-plus"), young, DAY) is Weighed.NOT_MET
    assert weigh_age(Preference(age="60-plus"), Profile(), DAY) is Weighed.UNKNOWN
    assert weigh_age(Preference(), young, DAY) is None
    assert weigh_gender(Preference(gender="woman"), young) is Weighed.MET
    assert weigh_gender(Preference(gender="man"), young) is Weighed.NOT_MET
    assert weigh_gender(Preference(gender="man"), Profile(gender="not-stated")) is Weighed.UNKNOWN


def test_two_preferences_are_met_as_the_worse_of_them() -> None:
    met, not_met, unknown = Weighed.MET, Weighed.NOT_MET, Weighed.UNKNOWN
    assert met_as_a_whole((met, not_met)) is not_met
    assert met_as_a_whole((met, unknown)) is unknown
    assert met_as_a_whole((None, met)) is met
    assert met_as_a_whole((None, None)) is None


def candidate(free: int = 3, **more: object) -> Candidate:
    room = Room(citizens=14 - free, fte=Fraction(1))
    return Candidate(**({"profile": Profile(), "room": room} | more))  # type: ignore[arg-type]


def test_reasons_are_counted_and_nobody_without_room_stands_before_somebody_with_it() -> None:
    experienced = Profile(experience_years=3)
    liked = candidate(age=Weighed.MET, gender=Weighed.MET)
    plain = candidate()
    roomy = candidate(free=9)
    older = candidate(profile=experienced, age=Weighed.NOT_MET)
    parted = candidate(
        profile=experienced, age=Weighed.NOT_MET, earlier=Earlier(end_reason="chemistry-missing")
    )
    full = candidate(free=0, age=Weighed.MET, gender=Weighed.MET, profile=experienced)
    several = [full, parted, older, plain, roomy, liked]
    assert sorted(several, key=lambda one: one.place) == [liked, roomy, plain, older, parted, full]


@pytest.mark.parametrize(
    ("earlier", "against"),
    [
        (Earlier(end_reason="chemistry-missing"), True),
        (Earlier(end_reason="citizen-wish"), True),
        (Earlier(end_reason="mentor-wish"), True),
        (Earlier(end_reason="course-closed", chemistry=("good", "missing")), True),
        (Earlier(end_reason="mentor-absent"), False),
        (Earlier(end_reason="course-closed", chemistry=("good", "uncertain")), False),
    ],
)
def test_having_been_the_mentor_speaks_for_unless_the_two_parted(
    earlier: Earlier, against: bool
) -> None:
    one = candidate(earlier=earlier)
    assert ("parted-before" in one.speaks_against) is against
    assert ("known-from-before" in one.speaks_for) is not against


def test_the_reasons_are_told_in_words() -> None:
    profile = Profile(experience_years=3, strengths=("patience", "humour"))
    one = candidate(
        profile=profile,
        age=Weighed.MET,
        gender=Weighed.UNKNOWN,
        earlier=Earlier(end_reason="citizen-wish"),
    )
    assert explained(one).danish == (
        "Taler for: borgerens ønske om alder er opfyldt, 3 års erfaring med mentorarbejde,"
        " ledig tid til 3 borgere mere."
        " Taler imod: har været borgerens mentor før, og det holdt ikke (borgerens ønske)."
        " Vides ikke: mentors køn. Styrker: tålmodighed, humor."
    )
    assert explained(one).english == (
        "Speaks for: the preferred age is met, 3 years of experience with mentor work,"
        " room for 3 more citizens."
        " Speaks against: was the citizen's mentor before, and it did not last (citizen-wish)."
        " Not known: the mentor's gender. Strengths: patience, humour."
    )


def test_every_reason_has_words() -> None:
    everything = [
        candidate(
            free=free,
            age=weighed,
            gender=weighed,
            earlier=Earlier(end_reason=reason),
            proposed=1,
            is_mentor_now=True,
            on_leave=leave,
            profile=Profile(experience_years=years, trained_with_caseworkers=True),
        )
        for free, leave in ((0, True), (0, False))
        for weighed in Weighed
        for reason in ("other", "citizen-wish")
        for years in (None, 2)
    ]
    told = {
        code for one in everything for code in (*one.speaks_for, *one.speaks_against, *one.unknown)
    }
    assert told == REASONS.keys()
    assert all(explained(one).danish and explained(one).english for one in everything)
