"""How figures of supervision and of matching are made, in words."""

from datetime import date
from fractions import Fraction

from domain.matching import Room
from domain.matching_words import room, spent, waited
from domain.supervised import Cadence
from domain.supervision import Model, Window, overall
from domain.supervision_words import due, read, window
from domain.values import Period, Ref

DAYS = Period(date(2026, 1, 1), date(2026, 2, 12))
DAY = date(2026, 3, 1)


def test_the_model_is_that_of_most_windows() -> None:
    # Five windows: four of model 2, one of model 4, which is one in five: brackets.
    reading = overall([(DAYS, Model.INTERNAL)] * 4 + [(DAYS, Model.NONE)])
    model, partial = read(reading)
    assert model.english == (
        "5 windows: 4 × model 2, 1 × model 4; most have model 2, of equally many the lowest number."
    )
    assert partial.danish == ("1 af 5 har en anden model: mindst én af 5, så i parentes.")
    (undefined,) = read(overall([]))
    assert undefined.danish == "Intet vindue kan bedømmes endnu: modellen er ikke defineret."


def test_a_window_tells_its_minutes() -> None:
    minutes = {Model.LEADER_OR_COORDINATOR: 60, Model.INTERNAL: 90}
    held = Window(days=DAYS, minutes=minutes, sessions=2, model=Model.INTERNAL)
    assert window(held).danish == (
        "60 minutter af model 1, 90 minutter af model 2: flest af model 2."
    )
    none = Window(days=DAYS, minutes={}, sessions=0, model=Model.NONE)
    assert window(none).english == "No supervised minutes in a whole window: model 4."
    short = Window(days=DAYS, minutes={}, sessions=0, model=None)
    assert window(short).english.endswith("it can't be judged.")


def test_the_next_supervision_is_counted_from_a_day() -> None:
    anchor = Ref("https://sagssystem.example", "ev-1")
    cadence = Cadence(
        since=date(2026, 1, 18), anchor=anchor, due_on=date(2026, 3, 1), basis="agreed"
    )
    next_, overdue = due(cadence, DAY)
    assert next_.danish == "18.01.2026 + 42 dage, som aftalt = 01.03.2026."
    assert overdue.english == "2026-03-01 has come on 2026-03-01."
    (away,) = due(None, DAY)
    assert away.english == "On leave: no supervision is due."


def test_room_is_the_limit_less_those_there_are() -> None:
    # 0.8 of 15 are 12: eleven at most where 15 begins the next band, twelve where it is allowed.
    part = Fraction(4, 5)
    assert room(Room(citizens=9, fte=part)).english == (
        "15 per full-time mentor × 0.8 = 12: fewer than so many citizens, 9 now, so there is room"
        " for 2 more."
    )
    assert room(Room(citizens=9, fte=part, highest=15)).danish == (
        "15 pr. fuldtidsmentor × 0,8 = 12: højst så mange borgere, nu 9, så der er plads til 3"
        " mere."
    )


def test_a_wait_and_a_matchs_minutes_are_reckoned() -> None:
    assert waited(date(2026, 2, 28), DAY).danish == "Fra 28.02.2026 til 01.03.2026 er der 1 dag."
    (both,) = spent(30, 60, 8)
    assert both.english == "30 of its own + 60 / 8 at the meeting = 37.5 minutes."
    (own,) = spent(30, 60, 0)
    assert own.danish == "30 egne = 30 minutter."
    assert list(spent(None, 0, 0)) == []
