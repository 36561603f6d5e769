"""docs/dfdg.md: an activity of DFDG becomes an event that is taken, and comes back unchanged."""

import re
import runpy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.events.registry import REGISTRY
from services.edge.example import MUNICIPALITY, example_of
from services.edge.incoming import Incoming
from services.edge.models import form_of
from services.edge.parse import parse_object

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "dfdg.md"
_ACTOR = {"id": "s-12", "function": "caseworker"}


@pytest.fixture
def page(tmp_path: Path) -> dict[str, Any]:
    """The functions that the page shows."""
    [code] = re.findall(r"```python\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
    script = tmp_path / "dfdg.py"
    script.write_text(code, encoding="utf-8")
    return runpy.run_path(str(script))


def activity(start: str, end: str, hours: int, minutes: int) -> dict[str, Any]:
    """An activity of mentor support, as far as the page reads it."""
    return {
        "ActivityIdentifier": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "StartDate": start,
        "EndDate": end,
        "HoursPerWeek": hours,
        "MinutesPerWeek": minutes,
    }


@pytest.mark.parametrize(
    "sent",
    [
        activity("2026-01-19", "2026-07-18", 2, 30),
        activity("2026-02-28", "2026-02-28", 0, 0),  # one day
        activity("2027-12-01", "2028-02-29", 59, 59),  # the most that DFDG can hold
    ],
)
def test_an_activity_is_a_grant_and_the_way_back_leads_to_it(
    page: dict[str, Any], sent: dict[str, Any]
) -> None:
    data = page["to_grant"](sent, _ACTOR)
    event = example_of("course.grant-decided.v1") | {"data": data}
    now = datetime(2026, 11, 1, tzinfo=UTC)
    answer = parse_object(event, municipality=MUNICIPALITY, now=now)
    assert isinstance(answer, Incoming), answer.as_dict("en")
    assert page["to_activity"](data) == sent


def test_the_last_day_is_followed_by_the_first_that_is_not_covered(page: dict[str, Any]) -> None:
    # Two and a half hours a week, until 18 July inclusive.
    data = page["to_grant"](activity("2026-01-19", "2026-07-18", 2, 30), _ACTOR)
    assert data["period"] == {"from": "2026-01-19", "to": "2026-07-19"}
    assert data["weekly_minutes"] == 150


def test_every_event_and_field_that_the_page_names_exists() -> None:
    text = _PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:course|team)\.[a-z-]+)`", text))
    assert {f"{name}.v1" for name in named} <= set(REGISTRY.topics())
    fields = form_of("course.grant-decided.v1").fields
    assert {"period", "weekly_minutes", "total_minutes", "provider", "continues"} <= set(fields)
