"""A view's columns, as they are promised to sheets, and as its rows have them."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.calendar import day_of
from services.follow_ups import Engine
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import VIEWS, ask, bring_up_to_date
from tests.conftest import Clock
from tests.workflows.town import Town


@pytest.fixture
def told(municipality: Municipality, server: Server, clock: Clock) -> Municipality:
    """A municipality of which every view has something to say."""
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.established(-60)
    town.employed("m-31", -60)
    town.intake("c-1", -60)
    town.matched("c-1", -60)
    town.worked("c-1", -50)
    Engine(server).advance("0860", town.subject("c-1"), clock.now)
    bring_up_to_date([municipality])
    return municipality


def test_each_views_rows_have_its_columns_in_order(told: Municipality, clock: Clock) -> None:
    for view in VIEWS.values():
        rows = ask(view, [told], now=clock.now + timedelta(minutes=1)).rows
        assert {tuple(row) for row in rows} == {tuple(view.columns)}, view.name
        assert set(view.headings) <= set(view.columns)
