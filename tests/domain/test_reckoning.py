"""How figures are made, in words that a coordinator can reckon after."""

from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

import pytest

from domain.caseload import FULL_TIME
from domain.granted_hours import GrantedMonth
from domain.grants import Grant, Granted
from domain.reckoning import balance, hours, load, over_limit
from domain.role_clarity import Contacts, Seen, read
from domain.values import Actor, Period, Ref

DAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("citizens", "fte", "danish", "english"),
    [
        (14, Fraction(4, 5), "14 borgere / 0,8 fuldtidsmentor = 17,5.", "14 citizens / 0.8"),
        (1, Fraction(1), "1 borger / 1 fuldtidsmentor = 1.", "1 citizen / 1 full-time mentor = 1."),
        (9, Fraction(3, 2), "9 borgere / 1,5 fuldtidsmentorer = 6.", "1.5 full-time mentors = 6."),
        # 10 / 0.33 would be 30.3: the third itself is divided by.
        (10, Fraction(1, 3), "0,33 fuldtidsmentor = 30, regnet før afrunding.", "before rounding."),
        (2, Fraction(0), "2 borgere og ingen mentortimer: tallet er ikke defineret.", "undefined."),
    ],
)
def test_citizens_are_divided_by_full_time_mentors(
    citizens: int, fte: Fraction, danish: str, english: str
) -> None:
    figure = load("per_fte", citizens, fte)
    assert danish in figure.danish and english in figure.english


def test_of_a_mentor_the_minutes_of_a_week_are_told_so_that_nothing_is_rounded() -> None:
    # 1,850 of 2,220 minutes are 5/6, and 6 / (5/6) = 7.2.
    figure = load("per_fte_now", 6, Fraction(1850, FULL_TIME), minutes=1850)
    assert figure.danish == (
        "6 borgere / 0,83 fuldtidsmentor (1850 af 2220 minutter om ugen) = 7,2."
    )
    mean = load("per_fte", 6, Fraction(1, 2), mean=True)
    assert mean.danish == "6 borgere / 0,5 fuldtidsmentor i gennemsnit over perioden = 12."


def test_a_limit_is_named_where_there_is_one_and_a_load_to_compare() -> None:
    [at] = over_limit(8, Fraction(1), 8)
    [above] = over_limit(9, Fraction(1), 8)
    assert (at.danish, above.danish) == ("8 er ikke over grænsen på 8.", "9 er over grænsen på 8.")
    assert [*over_limit(9, Fraction(1), None), *over_limit(9, Fraction(0), 8)] == []


def test_a_month_of_granted_hours_is_reckoned_day_by_day() -> None:
    """Twenty days of 12 minutes and ten of 6 are 300; half of that is asked for."""
    order = (datetime(2026, 2, 1, tzinfo=UTC), 0, "", "")
    several = [
        Granted(
            ref=Ref("s", str(n)),
            at=order[0],
            by=Actor("caseworker"),
            order=order,
            days=Period(date(2026, 3, 1)),
            daily=Fraction(daily),
        )
        for n, daily in enumerate((12, 6))
    ]
    held = {date(2026, 3, n + 1): several[n >= 20] for n in range(30)}
    month = GrantedMonth(
        grant=Grant(grant=Ref("s", "g")),
        month=(2026, 3),
        held=held,
        minutes=Fraction(300),
        is_asked_about=True,
    )
    told = {one.column: one.danish for one in hours(month, Fraction(90), 50, date(2026, 4, 1))}
    assert told == {
        "granted_minutes": "20 dage × 12 + 10 dage × 6 minutter om dagen = 300 minutter.",
        "delivered_percent": "90 af 300 minutter = 30 %.",
        "below": "Reglen kræver 50 % af 300 = 150 minutter; leveret er 90.",
    }
    # While the month runs, or where no rule asks, nobody is below anything.
    assert "below" not in {one.column for one in hours(month, Fraction(90), 50, DAY)}
    assert "below" not in {one.column for one in hours(month, Fraction(90), None, date(2026, 4, 1))}


@pytest.mark.parametrize(
    ("since", "crossings", "matched", "danish"),
    [
        (6, 1, 60, "I balance: 6 dage siden sidste kontakt, højst 28, og 1 overskridelse på 90"),
        (29, 0, 60, "For løs: 29 dage siden sidste kontakt, mere end 28."),
        (None, 0, 60, "For løs: ingen kontakt på 60 dage, mere end 28."),
        (1, 2, 60, "For tæt: 2 overskridelser på 90 dage, mindst 2; 1 dag siden sidste kontakt."),
        (None, 0, 10, "Ukendt: ingen kontakt på 10 dage, højst 28."),
        (None, 0, None, "Ukendt: ingen sagsbehandler."),
    ],
)
def test_a_balance_tells_the_numbers_that_it_rests_on(
    since: int | None, crossings: int, matched: int | None, danish: str
) -> None:
    seen = Seen(
        mentor=UUID(int=1),
        caseworker=UUID(int=2),
        together_since=None if matched is None else date.fromordinal(DAY.toordinal() - matched),
        contacts=Contacts(days_since=since),
        crossings={"authority": crossings},
    )
    assert balance(read(seen, DAY), DAY).danish.startswith(danish)


def test_a_balance_says_that_there_is_no_mentor() -> None:
    told = balance(read(Seen(caseworker=UUID(int=2)), DAY), DAY)
    assert (told.danish, told.english) == ("Ukendt: ingen mentor.", "Unknown: no mentor.")
