"""`hours-below-grant` where grants run side by side: what names none of them counts once."""

import pytest

from domain.envelope import Recorded
from tests.domain.engine import Arrival
from tests.domain.rules.following import book, followed
from tests.domain.rules.granting import extended, grant_ended, granted, worked

BOOK = book("hours-below-grant")
RAISED = "2026-02-11 06:00 raised hours-below-grant on granted-b-77 due 2026-02-11 to caseworker"
# Two grants of 1,000 minutes for the 31 days of January: half of each is 500.
SIDE_BY_SIDE = [
    granted("2025-12-28", "2026-01-01", "2026-02-01", total=1000),
    granted("2025-12-29", "2026-01-01", "2026-02-01", total=1000, grant="b-78"),
]
THE_OTHER = RAISED.replace("b-77", "b-78")


@pytest.mark.parametrize(
    ("minutes", "log"),
    [
        ((500,), [THE_OTHER]),
        ((499,), [RAISED, THE_OTHER]),
        ((600, 399), [THE_OTHER]),
        ((600, 400), []),
    ],
)
def test_what_names_no_grant_counts_once_where_grants_run_side_by_side(
    minutes: tuple[int, ...], log: list[str]
) -> None:
    done = [worked(f"2026-01-1{n} 10:00", one) for n, one in enumerate(minutes)]

    assert sorted(followed(*SIDE_BY_SIDE, *done, by=BOOK, until="2026-02-11 06:00")) == log


def test_what_names_a_grant_counts_for_it_first() -> None:
    # 500 for the first by name, on the last day: all that names none is left for the other.
    unnamed = worked("2026-01-10 10:00", 500)
    named = worked("2026-01-31 10:00", 500, grant="b-77")

    assert followed(*SIDE_BY_SIDE, unnamed, named, by=BOOK, until="2026-02-11 06:00") == []


def test_what_names_no_grant_counts_for_the_grant_that_ends_first() -> None:
    # 31 days of 10 need 155, the 20 until 21 January need 100: on the 10th either could have it.
    long = granted("2025-12-28", "2026-01-01", "2026-02-01", weekly=70)
    short = granted("2025-12-29", "2026-01-01", "2026-01-21", weekly=70, grant="b-78")
    done = [worked("2026-01-10 10:00", 100), worked("2026-01-25 10:00", 155)]

    assert followed(long, short, *done, by=BOOK, until="2026-02-11 06:00") == []


def test_an_activity_can_be_the_rest_of_one_grant_and_the_beginning_of_another() -> None:
    # 500 and 500: the second activity has 200 for the first grant, and 300 for the other.
    first, second = worked("2026-01-10", 300, id="t-1"), worked("2026-01-11", 500, id="t-2")
    third: Arrival = ("2026-02-12 10:00", worked("2026-01-12", 200, id="t-3"))

    log = followed(*SIDE_BY_SIDE, first, second, third, by=BOOK, until="2026-03-01")

    assert log == [
        THE_OTHER,
        "2026-02-12 10:00 withdrawn hours-below-grant on granted-b-78 met-before because t-3",
    ]


# 70 minutes a week are 10 a day: of October's 31 days 310, and half of them are 155. Of 300 that
# name neither the one gets 155, and 145 are left for the other.
OCTOBER = [worked(f"2026-10-1{n} 10:00", 100) for n in range(3)]
UNTIL = "2026-11-11 06:00"


def autumn(grant: str, to: str, when: str = "2026-08-25") -> Recorded:
    return granted(when, "2026-10-01", to, weekly=70, grant=grant)


def raised_of(*events: Recorded) -> list[str]:
    """On which decisions October's hours are raised."""
    log = followed(*events, *OCTOBER, by=BOOK, until=UNTIL)
    line = "2026-11-11 06:00 raised hours-below-grant on {} due 2026-11-11 to caseworker"
    names = [one.split()[5] for one in log]
    assert log == [line.format(name) for name in names]
    return names


@pytest.mark.parametrize(("longer", "shorter"), [("b-77", "b-78"), ("b-78", "b-77")])
@pytest.mark.parametrize("decided", ["2026-08-24", "2026-08-26"])
def test_the_grant_that_ends_first_is_served_first_in_a_month_that_both_outlast(
    longer: str, shorter: str, decided: str
) -> None:
    both = [autumn(longer, "2026-12-20"), autumn(shorter, "2026-11-15", decided)]

    assert raised_of(*both) == [f"granted-{longer}"]


def test_an_extension_and_an_end_move_the_day_by_which_a_grant_is_served() -> None:
    both = [autumn("b-77", "2026-12-20"), autumn("b-78", "2026-11-15")]
    longer = extended("2026-10-20", "2026-11-15", "2027-02-01", grant="b-78")

    assert raised_of(*both, longer) == ["granted-b-78"]
    assert raised_of(*both, longer, grant_ended("2026-11-01", "2026-12-01", grant="b-78")) == [
        "granted-b-77"
    ]
    # Told after October was asked about, the extension changes what was asked.
    late: Arrival = ("2026-11-12 10:00", longer)
    log = followed(*both, *OCTOBER, late, by=BOOK, until="2026-11-12 10:00")
    assert [(line[:10], line.split()[2], line.split()[5]) for line in log] == [
        ("2026-11-11", "raised", "granted-b-77"),
        ("2026-11-12", "withdrawn", "granted-b-77"),
        ("2026-11-12", "raised", "granted-b-78"),
    ]


def test_of_grants_that_end_on_one_day_the_one_that_begins_first_is_served_first() -> None:
    # 26 days of 12 minutes are 312, and half of them is 156: the 145 that are left are too few.
    # Served first, it had left 144 of the 155 for the other.
    later = granted("2026-08-24", "2026-10-06", "2026-12-20", weekly=84, grant="b-78")

    assert raised_of(autumn("b-77", "2026-12-20"), later) == ["granted-b-78"]
