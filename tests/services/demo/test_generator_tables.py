"""The demo's files tell of the trial as the evaluation report describes it."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from services.demo import generate
from tests.services.demo.conftest import LAST_DAY
from tests.services.demo.reckoning import Place

TABLE_24 = {
    "0510": (10, 15),  # Haderslev
    "0316": (10, 15),  # Holbæk
    "0740": (10, 15),  # Silkeborg
    "0540": (10, 15),  # Sønderborg
    "0630": (10, 15),  # Vejle
    "0657": (15, 20),  # Herning
    "0860": (15, 20),  # Hjørring
    "0326": (15, 20),  # Kalundborg
    "0101": (15, 20),  # København
    "0370": (15, 20),  # Næstved
    "0330": (15, 20),  # Slagelse
    "0791": (15, 20),  # Viborg
    "0851": (20, 30),  # Aalborg
}
TABLE_25 = {  # model, whether in brackets
    "0330": (1, False),  # Slagelse
    "0791": (1, False),  # Viborg
    "0316": (2, False),  # Holbæk
    "0510": (3, True),  # (Haderslev)
    "0657": (3, False),  # Herning
    "0101": (3, True),  # (København)
    "0740": (3, False),  # Silkeborg
    "0630": (3, False),  # Vejle
    "0851": (3, False),  # Aalborg
    "0860": (4, False),  # Hjørring
    "0326": (4, False),  # Kalundborg
    "0370": (4, True),  # (Næstved)
    "0540": (4, False),  # Sønderborg
}
MARGIN = 0.9  # citizens per full-time mentor, from either end of the interval

Places = dict[str, Place]


@pytest.fixture(scope="module")
def places(trial: Path) -> Places:
    return {code: Place(trial, code, LAST_DAY) for code in TABLE_24}


def misplaced(places: Places) -> dict[str, float]:
    """Where the load doesn't lie well inside Table 24's interval."""
    loads = {code: place.per_full_time() for code, place in places.items()}
    return {
        code: load
        for code, load in loads.items()
        if not TABLE_24[code][0] + MARGIN <= load <= TABLE_24[code][1] - MARGIN
    }


def test_every_place_has_as_many_citizens_per_full_time_mentor_as_table_24_says(
    places: Places,
) -> None:
    assert misplaced(places) == {}


def test_every_place_had_the_supervision_of_table_25_with_its_brackets(places: Places) -> None:
    assert {code: place.model() for code, place in places.items()} == TABLE_25


@pytest.mark.parametrize(
    "last_day",
    [date(2026, 1, 1), date(2026, 3, 29), date(2026, 11, 24), date(2028, 7, 2)],
    ids=str,
)
def test_both_tables_come_out_whatever_day_the_trial_ends(last_day: date, tmp_path: Path) -> None:
    generate(tmp_path, last_day=last_day, scale=0.15)
    places = {code: Place(tmp_path, code, last_day) for code in TABLE_24}
    assert misplaced(places) == {}
    assert {code: place.model() for code, place in places.items()} == TABLE_25


def test_the_window_that_is_still_running_decides_no_model(places: Places) -> None:
    without = {code: place.model(running=False) for code, place in places.items()}
    assert without == TABLE_25


def test_some_thirteen_hundred_courses_of_which_under_a_third_are_open(places: Places) -> None:
    courses = sum(len(place.named("course.intake-registered")) for place in places.values())
    still_open = sum(len(place.open_courses()) for place in places.values())
    assert 1250 <= courses <= 1550
    assert 0.25 <= still_open / courses <= 0.35


def test_citizens_per_full_time_mentor_today_are_fewer_than_over_the_trial(places: Places) -> None:
    for place in places.values():
        matches, full_time = place.now()
        assert 2.5 <= matches / full_time <= 10


def test_most_open_courses_are_up_to_date_and_about_a_hundred_things_are_overdue(
    places: Places,
) -> None:
    found: Counter[str] = sum((place.overdue() for place in places.values()), Counter())
    late = ("match", "first meeting", "contact 7-13", "contact 14+", "supervision")
    assert all(found[each] >= 5 for each in late), found
    assert 60 <= sum(found[each] for each in late) <= 130
    assert found["steady"] >= 0.75 * sum(len(place.open_courses()) for place in places.values())


def test_the_survey_has_the_shares_of_figure_7_and_table_75(places: Places) -> None:
    rounds: dict[str, dict[str, Counter[bool]]] = {}
    for place in places.values():
        for event in place.named("mentor.survey-answered"):
            asked = rounds.setdefault(event["data"]["survey"]["id"], {})
            for question, degree in event["data"]["answers"].items():
                much = degree in ("to-some-degree", "to-a-very-high-degree")
                asked.setdefault(question, Counter())[much] += degree != "dont-know"
    assert len(rounds) == 2
    for asked in rounds.values():
        share = {question: told[True] / told.total() for question, told in asked.items()}
        roles = [share[question] for question in share if question.startswith("role-")]
        assert len(roles) == 4
        assert all(0.9 <= role <= 1 for role in roles)
        assert 0.25 < share["barrier-lack-of-coordination"] < 0.29
        assert round(100 * (1 - share["barrier-lack-of-backing"])) == 87


def test_a_coordinator_has_clearly_fewer_citizens_but_in_two_places_too_many(
    places: Places,
) -> None:
    too_many = set()
    for code, place in places.items():
        own = [m for m in place.matches() if m[1] == "k-02" and (m[3] is None or m[3] > LAST_DAY)]
        matches, full_time = place.now()
        if len(own) > matches / full_time / 2:
            too_many.add(code)
    assert too_many == {"0101", "0330"}
    matched = [m for place in places.values() for m in place.matches() if m[1] == "k-02"]
    assert len(matched) > 10
