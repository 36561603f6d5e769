"""A municipality changes its rules: every open course is followed by the new ones at once.

On the real servers, by the command line as a leader would; the clock is the store's own.
"""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.calendar import day_of
from domain.events.common import FollowUpRaised
from services.cli.main import app as command_line
from services.rules import rules_on, team_of
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import doubled, engine, idle, temporal
from tests.services.store.sending import SOURCE
from tests.workflows.town import Town

OPEN = ("unmatched-1", "unmatched-2", "unmatched-3", "silent", "steady")


class Office:
    """Where a municipality adopts its rules."""

    def __init__(self, town: Town, environment: dict[str, str], folder: Path) -> None:
        self.town = town
        self._environment = environment
        self._folder = folder

    async def adopts(self, edition: str, from_: date, *rules: tuple[str, int]) -> None:
        """A pack comes into force from a day on, and the engine follows it."""
        await asyncio.to_thread(self.adopt, edition, from_, *rules)
        await idle(self.town.municipality)

    def adopt(self, edition: str, from_: date, *rules: tuple[str, int]) -> None:
        """A pack with these rules, each with its days, comes into force from a day on."""
        text = f'pack = "ours"\nedition = "{edition}"\nvalid_from = 2000-01-01\n[rules]\n'
        for rule, days in rules:
            text += f"[rules.{rule}]\ndays = {days}\n"
            text += 'addressed_to = "coordinator"\nbasis = "our own"\n'
        file = self._folder / f"{edition}.toml"
        file.write_text(text, encoding="utf-8")
        who = ["--by", "k-02", "--function", "coordinator", "--source", SOURCE]
        told = [str(file), "--municipality", "0860", "--from", from_.isoformat(), *who]
        done = CliRunner().invoke(command_line, ["rules", "adopt", *told], env=self._environment)
        assert done.exit_code == 0, done.output

    def told(self, course: str) -> list[str]:
        """What was written about a course, without its day, which is today's."""
        return [line.partition(" ")[2] for line in self.town.followed_in(course)]


@pytest.fixture
def office(municipality: Municipality, clock: Clock, database_url: str, tmp_path: Path) -> Office:
    """Five open courses: three wait for a mentor for 10, 20 and 30 days; of two that have one, one
    has heard nothing for 20 days."""
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.supervisor("k-02", -100)
    for n in (1, 2, 3):
        town.intake(f"unmatched-{n}", -10 * n)
    for course, last in (("silent", -20), ("steady", -1)):
        town.intake(course, -40)
        town.matched(course, -35)
        town.worked(course, last)
    folder = tmp_path / "packs"
    folder.mkdir()
    environment = {
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
    }
    return Office(town, environment, folder)


RAISED = "raised match-overdue to coordinator"
WITHDRAWN = "withdrawn match-overdue as rules-changed"


async def test_new_rules_withdraw_what_they_do_not_ask_for_and_raise_what_they_do(
    server: Server, office: Office
) -> None:
    town, always = office.town, office.town.day(-1000)
    office.adopt("1", always, ("match-overdue", 14), ("no-mentor-contact", 14))
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        assert {course: office.told(course) for course in OPEN} == {
            "unmatched-1": [],
            "unmatched-2": [RAISED],
            "unmatched-3": [RAISED],
            "silent": ["raised no-mentor-contact to coordinator"],
            "steady": [],
        }

        # More time for a match: what isn't due yet under the new pack is withdrawn. Contact is no
        # longer asked for at all.
        await office.adopts("2", always, ("match-overdue", 25))
        assert {course: office.told(course)[1:] for course in OPEN} == {
            "unmatched-1": [],
            "unmatched-2": [WITHDRAWN],
            "unmatched-3": [],
            "silent": ["withdrawn no-mentor-contact as rules-changed"],
            "steady": [],
        }

        # A tighter one raises at once, on the same intake once more.
        await office.adopts("3", always, ("match-overdue", 7))
        assert [office.told(f"unmatched-{n}") for n in (1, 2, 3)] == [
            [RAISED],
            [RAISED, WITHDRAWN, RAISED],
            [RAISED],
        ]
    assert doubled(town.municipality) == []
    assert editions(town, "unmatched-2") == ["1", "3"]


async def test_what_happened_under_the_old_rules_stays_under_them(
    server: Server, office: Office
) -> None:
    town = office.town
    office.adopt("1", town.day(-1000), ("match-overdue", 14))
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        # From 15 days ago on there is less time; two of the citizens came before that.
        await office.adopts("2", town.day(-15), ("match-overdue", 7))
    assert [office.told(f"unmatched-{n}") for n in (1, 2, 3)] == [[RAISED]] * 3
    assert [editions(town, f"unmatched-{n}") for n in (1, 2, 3)] == [["2"], ["1"], ["1"]]

    store = town.municipality
    first, second = [a.at for a in team_of(store).adoptions if not a.by_system]
    for on, known_at, days in (
        (-10, None, 7),
        (-20, None, 14),
        (-10, second, 7),  # as it was known when it was adopted,
        (-10, first, 14),  # and before that
    ):
        row = next(
            row
            for row in rules_on(team_of(store, known_at), town.day(on), "da")
            if row["rule"] == "match-overdue"
        )
        assert (row["pack"], row["days"]) == ("ours", days)


def editions(town: Town, course: str) -> list[str]:
    """The edition under which each follow-up of a course was raised."""
    facts = [event.fact for event in town.municipality.read_stream(town.stream(course))]
    return [fact.edition for fact in facts if isinstance(fact, FollowUpRaised)]
