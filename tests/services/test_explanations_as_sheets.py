"""What is behind an answer, as a sheet: events and how figures are made, in one table."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

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
