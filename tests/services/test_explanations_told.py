"""What is behind an answer: how its figures are made, with the events, in a sheet and on screen."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from services.cli import show
from services.cli.answers import Printed, give_events
from services.store.municipality import Municipality
from services.store.server import Server
from services.view_list.events import one_sheet
from services.views import VIEWS, ask
from services.wording import Wording, as_sheet
from tests.conftest import Clock
from tests.services.every_view import tell_of_every_view


@pytest.fixture
def told(municipality: Municipality, server: Server, clock: Clock) -> Municipality:
    """A municipality of which every view has something to say."""
    clock.now = datetime.now(UTC)
    tell_of_every_view(municipality, server, clock.now)
    return municipality


def sheet(
    store: Municipality, clock: Clock, view: str, by: str | None, wording: Wording = Wording.DA
) -> list[dict[str, str]]:
    """The lines of the sheet, by their headings."""
    level = VIEWS[view].levels[by or VIEWS[view].default]
    now = clock.now + timedelta(minutes=1)
    answer = ask(VIEWS[view], [store], by=by, explained=True, now=now)
    text = as_sheet(*one_sheet(level, answer.rows, answer.figures or ()), wording)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_of_barriers_the_sheet_tells_why_no_reply_is_named(
    told: Municipality, clock: Clock
) -> None:
    lines = sheet(told, clock, "barriers", None)
    assert set(lines[0]) == {"Række", "Kommune", "Barriere", "Tal", "Regnestykke"}
    # One mentor answered about one barrier; about the others nobody was asked.
    said = {line["Barriere"]: (line["Tal"], line["Regnestykke"][:27]) for line in lines}
    assert said.pop("mangel på tid") == ("Skjult", "For få til at holde dem ude")
    assert set(said.values()) == {("Svar", "Ingen er blevet spurgt om d")}
    english = sheet(told, clock, "barriers", None, Wording.EN)
    assert set(english[0]) == {"Row", "Municipality", "Barrier", "Figure", "Reckoning"}
    codes = sheet(told, clock, "barriers", None, Wording.CODES)
    assert {"column", "da", "en"} < set(codes[0])


def test_each_rows_figures_stand_before_its_events_in_the_same_sheet(
    told: Municipality, clock: Clock
) -> None:
    for view, by in (("grants", "month"), ("caseload", "mentor")):
        lines = sheet(told, clock, view, by)
        numbers = [int(line["Række"]) for line in lines]
        assert numbers == sorted(numbers)
        first = [line for line in lines if line["Række"] == "1"]
        kinds = [bool(line["Regnestykke"]) for line in first]
        assert True in kinds and False in kinds and kinds == sorted(kinds, reverse=True)
        # A line is of a figure or of an event, never of both.
        assert all(bool(line["Regnestykke"]) != bool(line["Hændelse"]) for line in lines)


def test_on_the_screen_each_rows_figures_stand_under_what_the_row_is_called(
    told: Municipality, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = io.StringIO()
    monkeypatch.setattr(show, "out", Console(file=page, width=160))
    now = clock.now + timedelta(minutes=1)
    for view, language in (("barriers", "da"), ("mentor-roles", "en")):
        answer = ask(VIEWS[view], [told], explained=True, now=now)
        level = VIEWS[view].levels[VIEWS[view].default]
        give_events(answer, "", level, Printed(show.Format.TABLE, language))
    said = page.getvalue().splitlines()
    [place] = [n for n, line in enumerate(said) if line.endswith(", Hjørring, mangel på tid")]
    assert said[place + 1].startswith("  Skjult: For få til at holde dem ude fra hinanden")
    assert any(line.endswith(", Hjørring, system-guide") for line in said)
