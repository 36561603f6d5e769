"""Why a follow-up was raised, and what is behind a figure: events, days, and the rules of then."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from domain.calendar import day_of
from services.cli.main import app
from services.follow_ups import Engine
from services.store.keys import Keyring
from services.store.server import Server
from services.views import VIEWS, ask, bring_up_to_date
from tests.conftest import Clock, fresh_database
from tests.workflows.town import Town

CODE = "0860"
Told = tuple[Town, dict[str, str]]


@pytest.fixture(scope="module")
def told(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A citizen who has waited 16 days for a mentor, one who has one, and the team's supervision
    that is overdue; what was raised of them."""
    folder, clock = tmp_path_factory.mktemp("audit"), Clock()
    clock.now = datetime.now(UTC)
    with (
        fresh_database(postgres) as url,
        Server(url, Keyring(folder / "keys"), clock=clock) as server,
    ):
        town = Town(server.municipality(CODE), day_of(clock.now))
        town.established(-60)
        town.intake("c-1", -16)
        town.intake("c-2", -30)
        town.matched("c-2", -30)
        for subject in (town.subject("c-1"), "team"):
            Engine(server).advance(CODE, subject, clock.now)
        bring_up_to_date([town.municipality])
        yield town, environment(url, folder)


def environment(url: str, folder: Path) -> dict[str, str]:
    """How commands find it."""
    return {
        "DATABASE_URL": url,
        "ROEDTRAAD_HOME": str(folder / "home"),
        "ROEDTRAAD_KEYS": str(folder / "keys"),
    }


def run(told: Told, *words: str) -> Result:
    asked = ("audit", "explain", *words)
    return CliRunner().invoke(app, asked, env=told[1], catch_exceptions=False)


def answer(told: Told, *words: str) -> dict[str, Any]:
    result = run(told, *words, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def raised(told: Told, rule: str) -> str:
    """The id of the follow-up of a rule, from the worklist."""
    rows = ask(VIEWS["worklist"], [told[0].municipality], now=datetime.now(UTC)).rows
    return next(str(row["id"]) for row in rows if row["rule"] == rule)


def test_a_follow_up_is_explained_by_its_duty_its_event_its_days_and_the_packs_lines(
    told: Told,
) -> None:
    town, _ = told
    id_ = raised(told, "match-overdue")
    found = answer(told, id_)
    assert found["follow_up"] == id_ and found["rule"] == "match-overdue"
    assert found["anchor"]["name"] == "course.intake-registered.v1"
    # 14 days after the intake, 16 days ago; then on after 7 days and after 21.
    days = {part["what"]: part["on"] for part in found["reckoning"]}
    assert days == {
        "counted from": town.day(-16).isoformat(),
        "14 days": None,
        "due": town.day(-2).isoformat(),
        "goes on to coordinator": town.day(5).isoformat(),
        "goes on to leader": town.day(19).isoformat(),
    }
    assert found["due_on"] == town.day(-2).isoformat()
    lines = [line["text"] for line in found["pack"]["lines"]]
    assert lines[0] == "[rules.match-overdue]" and "days = 14" in lines
    assert [event["name"] for event in found["events"]] == ["course.follow-up-raised.v1"]


def test_the_beginning_of_an_id_is_enough_and_the_answer_is_in_danish(told: Told) -> None:
    short = raised(told, "match-overdue").removeprefix("follow-up-")[:8]
    shown = run(told, short).stdout
    assert f"Opfølgning {short}, Hjørring: match mangler" in shown
    assert "Hænger på:" in shown and "Frist: regnet fra" in shown and "days = 14" in shown
    for nothing in ("0000", "nothing"):
        assert run(told, nothing).exit_code == 2


def test_what_hangs_on_the_team_is_explained_by_the_teams_rules(told: Told) -> None:
    town, _ = told
    found = answer(told, raised(told, "role-workshop-overdue"))
    assert found["anchor"]["name"] == "team.established.v1"
    assert found["since"] == town.day(-60).isoformat()


def test_it_stays_explained_by_what_was_known_when_it_was_raised(told: Told) -> None:
    town, _ = told
    id_ = raised(told, "match-overdue")
    before = answer(told, id_)
    town.matched("c-1", -1)
    after = answer(told, id_)
    for part in ("reckoning", "anchor", "pack", "since"):
        assert after[part] == before[part]


def test_a_figure_is_explained_by_what_it_is_and_the_events_behind_its_row(told: Told) -> None:
    asked = ("caseload", "--by", "mentor", "--column", "participants_now")
    found = answer(told, *asked, "--where", "mentor_id=m-31")
    assert found["column"]["column"] == "participants_now"
    [row] = found["rows"]
    assert row["participants_now"] >= 1
    names = {event["event"] for event in found["events"]}
    assert "course.mentor-matched" in names
    assert all(figure["column"] == "participants_now" for figure in found["figures"])
    shown = run(told, *asked, "--where", "mentor_id=m-31").stdout
    assert "Mentor m-31" in shown and "hændelserne bag" in shown
    assert run(told, "caseload", "--column", "nothing").exit_code == 2


def test_a_figure_that_rules_decide_is_told_with_the_pack_of_the_day(told: Told) -> None:
    found = answer(told, "worklist")
    assert [one["pack"] for one in found["rules"]] == ["default"]
