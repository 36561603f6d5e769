"""A view's columns, as they are promised to sheets, and as its rows have them."""

import io
import re
import tomllib
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from services.cli import show
from services.cli.answers import Printed, give
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import VIEWS, ask
from tests.conftest import Clock
from tests.services.every_view import tell_of_every_view

FOLDER = Path(__file__).parents[2] / "services" / "view_list"


@pytest.fixture
def told(municipality: Municipality, server: Server, clock: Clock) -> Municipality:
    """A municipality of which every view has something to say."""
    clock.now = datetime.now(UTC)
    tell_of_every_view(municipality, server, clock.now)
    return municipality


def test_each_views_rows_have_its_columns_in_order(told: Municipality, clock: Clock) -> None:
    for view in VIEWS.values():
        for by, level in view.levels.items():
            course = "c-1" if level.needs_course else None
            now = clock.now + timedelta(minutes=1)
            rows = ask(view, [told], by=by, course=course, now=now).rows
            assert {tuple(row) for row in rows} == {tuple(level.names)}, (view.name, by)


def test_no_views_table_is_cut_at_the_edge(
    told: Municipality, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, tables = clock.now + timedelta(minutes=1), 0
    for view in VIEWS.values():
        for by, level in view.levels.items():
            course = "c-1" if level.needs_course else None
            answer = ask(view, [told], by=by, course=course, now=now)
            for width in (*range(60, 220, 7), 220):
                text = io.StringIO()
                monkeypatch.setattr(show, "out", Console(file=text, width=width, markup=False))
                give(answer, "", level.shown, level.columns, Printed(show.Format.TABLE, "da"))
                lines = [line for line in text.getvalue().splitlines() if line]
                assert max(map(len, lines)) <= width, (view.name, by, width)
                if "┃" in text.getvalue():
                    tables += 1
                    assert {line[-1] for line in lines} <= set("┓┃┩│┘┤"), (view.name, by, width)
    assert tables


def test_each_row_can_be_asked_for_the_events_behind_it(told: Municipality, clock: Clock) -> None:
    now = clock.now + timedelta(minutes=1)
    for view in VIEWS.values():
        for by, level in view.levels.items():
            if not level.explained:
                continue
            course = "c-1" if level.needs_course else None
            rows = ask(view, [told], by=by, course=course, now=now).rows
            events = ask(view, [told], by=by, course=course, explained=True, now=now).rows
            assert {event["row"] for event in events} <= set(range(1, len(rows) + 1))
            assert events, (view.name, by)


def test_an_explanation_says_how_figures_are_made(told: Municipality, clock: Clock) -> None:
    """m-31 works full time and has one citizen, c-1."""
    now = clock.now + timedelta(minutes=1)
    asked = partial(ask, VIEWS["caseload"], [told], by="mentor", where=["mentor_id=m-31"], now=now)
    answer = asked(explained=True)
    assert answer.figures is not None and answer.total is None
    said = {one["column"]: one for one in answer.figures}
    assert said["per_fte_now"]["mentor_id"] == "m-31" and said["per_fte_now"]["row"] == 1
    assert said["per_fte_now"]["da"].startswith("1 borger / 1 fuldtidsmentor (2220 af 2220")
    assert said["per_fte_now"]["en"].startswith("1 citizen / 1 full-time mentor")
    assert "figures" not in asked().as_dict()
    for view, by in (
        *(("caseload", "month"), ("role-clarity", None), ("grants", "month")),
        *(("supervision", None), ("supervision", "mentor"), ("supervision", "window")),
        *(("matching", None), ("matching", "mentor")),
        ("municipalities", None),
    ):
        answer = ask(VIEWS[view], [told], by=by, explained=True, now=now)
        assert answer.figures, (view, by)
        columns = set(VIEWS[view].levels[by or VIEWS[view].default].names)
        assert {one["column"] for one in answer.figures} <= columns


def test_a_month_is_asked_for_as_it_is_answered(told: Municipality, clock: Clock) -> None:
    now = clock.now + timedelta(minutes=1)
    rows = ask(VIEWS["caseload"], [told], by="month", now=now).rows
    months = [str(row["month"]) for row in rows]
    # The sixty days that the town has a story of reach into three months, or two.
    assert len(months) >= 2 and months == sorted(months)
    for condition in (f"month={months[1]}", f"month={rows[1]['month'].danish}"):
        asked = ask(VIEWS["caseload"], [told], by="month", where=[condition], now=now)
        assert asked.rows == [rows[1]]
    since = ask(VIEWS["caseload"], [told], by="month", where=[f"month>={months[1]}"], now=now)
    assert since.rows == rows[1:]


def test_a_level_without_an_order_to_work_by_says_what_to_ask_instead(
    told: Municipality, clock: Clock
) -> None:
    now = clock.now + timedelta(minutes=1)
    asked = {
        (view.name, by): re.findall(r"`where=([^`]+)`", level.ask.__doc__ or "")
        for view in VIEWS.values()
        for by, level in view.levels.items()
    }
    assert {place: several for place, several in asked.items() if several} == {
        ("role-clarity", "course"): ["overall=unclear"],
        ("role-clarity", "pair"): ["overall=unclear"],
        ("grants", "month"): ["below=true"],
        ("grants", "agreement"): ["missing=goal"],
    }
    found = {
        place: ask(VIEWS[place[0]], [told], by=place[1], where=several, now=now).rows
        for place, several in asked.items()
        if several
    }
    # The one match of c-1 has no agreement, and so no goal; nobody is at odds about roles.
    assert [row["course_id"] for row in found["grants", "agreement"]] == ["c-1"]
    assert found["role-clarity", "course"] == found["role-clarity", "pair"] == []


def test_of_confidential_events_each_row_says_why_they_are_not_told(
    told: Municipality, clock: Clock
) -> None:
    now = clock.now + timedelta(minutes=1)
    hidden = [(v, by) for v in VIEWS.values() for by in v.levels if not v.levels[by].explained]
    assert {view.name for view, _ in hidden} == {"barriers"}
    for view, by in hidden:
        rows = ask(view, [told], by=by, now=now).rows
        answer = ask(view, [told], by=by, explained=True, now=now)
        assert answer.rows == [] and answer.figures
        assert {one["row"] for one in answer.figures} == set(range(1, len(rows) + 1))
        assert {one["column"] for one in answer.figures} <= set(view.levels[by].names)


def test_a_barrier_does_not_say_again_that_it_is_one() -> None:
    for level in VIEWS["barriers"].levels.values():
        assert level.terms["question"]["barrier-lack-of-time"] == "mangel på tid"
        assert level.shown[-4].terms == level.terms["question"]


def test_every_column_that_is_described_is_some_views(clock: Clock) -> None:
    for file in FOLDER.glob("*.toml"):
        described = set(tomllib.loads(file.read_text(encoding="utf-8")))
        used = {
            name
            for view in VIEWS.values()
            for level in view.levels.values()
            for name in level.names
        }
        assert described <= used, file.name
