"""Replayed to any two times, events say what the live views said then.

What a live view says is noted down at the moment, and more is told: late, corrected, retracted.
Afterwards the tables are made anew from the events up to that position, in a schema of their own,
and asked as of the same moment. They hold none of what was learned later, so that nothing in them
is ended or left out by its position; neither the live tables nor how they grew is read. What is
shared are the functions that make a row of an event, and an answer of rows. Beside that, what is in
force is folded from the events with no table at all.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from typer.testing import CliRunner

from projections.asking import Municipality as Where
from services.audit.changes.rebuilt import as_known_at
from services.audit.replaying.past import Past, position_at
from services.audit.replaying.replay import end_of
from services.cli.main import app
from services.following.streams import Streams
from services.projector import catch_up, prepare
from services.rendering import plain
from services.store.municipality import Municipality
from services.view_list.all import VIEWS
from tests.conftest import Clock
from tests.services.audit.replaying.random_history import history, moment
from tests.soaking import SOAK

HISTORIES = 9 if SOAK else 1
TIMES = 24 if SOAK else 20  # of each history
STOPS = 24 if SOAK else 5
EVENTS = 900 if SOAK else 200
LEVELS = [(view.name, by) for view in VIEWS.values() for by in view.levels]
FOLLOWED = ("caseload", "mentor")
Levels = Iterable[tuple[str, str]]
Said = dict[tuple[str, str], Any]


class Noted(NamedTuple):
    """What the live views said at some time of some time."""

    as_of: datetime
    known_at: datetime
    said: Said


def ask(cursor: Any, place: Where, as_of: datetime, course: UUID, levels: Levels) -> Said:
    """Levels of views; of one course where one is asked about one."""
    found = {}
    for name, by in levels:
        level = VIEWS[name].levels[by]
        asked: dict[str, Any] = {"streams": [course]} if level.needs_course else {}
        answer = level.ask(cursor.connection, place, as_of=as_of, **asked)
        found[name, by] = plain(answer.rows)
    return found


def lived(store: Municipality, clock: Clock, chance: Random) -> tuple[UUID, list[Noted]]:
    """Tell a history, and note at random what the views say meanwhile."""
    prepare(store)
    course = store.identity("course", "c-r-0", "https://sagssystem.hjoerring.example")
    live, noted = Where(store.code, "Hjørring", store.schema), []
    told = list(history(chance, EVENTS))
    stops = dict.fromkeys(chance.sample(range(3, len(told)), STOPS), TIMES // STOPS)
    for number, some in enumerate(told):
        clock.now += timedelta(minutes=1)
        store.append(some)
        catch_up(store)
        for _ in range(stops.get(number, 0)):
            as_of = moment(chance)
            levels = {*(LEVELS if SOAK else chance.sample(LEVELS, 10)), FOLLOWED}
            with store.transaction() as cursor:
                known_at = clock.now + timedelta(seconds=1)  # each event has its own microsecond
                noted.append(Noted(as_of, known_at, ask(cursor, live, as_of, course, levels)))
    return course, noted


def followed(past: Past, as_of: datetime) -> Counter[UUID]:
    """How many courses each mentor follows on a day, by their events alone."""
    counts: Counter[UUID] = Counter()
    for thread, _ in past.all():
        if thread.kind == "course":
            end = end_of(thread, past.same, as_of, past.position)
            counts.update(set(end.in_force.get("mentor", ())))
    return counts


@contextmanager
def rebuilt_at(store: Municipality, known_at: datetime) -> Iterator[tuple[Any, Where, int]]:
    """The tables as known then, from events alone."""
    position = position_at(store, known_at)
    assert position is not None
    with as_known_at(store, position) as beside:
        yield beside.cursor, beside.rebuilt, position


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(HISTORIES))
def test_replayed_to_random_times_it_is_what_the_live_views_said_then(
    municipality: Municipality, clock: Clock, seed: int
) -> None:
    chance = Random(seed)
    clock.now = datetime.fromisoformat("2026-06-01T08:00:00+00:00")
    course, noted = lived(municipality, clock, chance)
    streams = Streams(municipality)
    compared, rows = 0, 0
    for known_at in sorted({one.known_at for one in noted}):
        with rebuilt_at(municipality, known_at) as (cursor, place, position):
            past = Past(municipality, streams, position)
            for one in noted:
                if one.known_at == known_at:
                    said = ask(cursor, place, one.as_of, course, one.said)
                    for level, told in one.said.items():
                        assert said[level] == told, (level, one.as_of, known_at)
                    by_mentor = {
                        UUID(row["mentor"]): row["participants_now"]
                        for row in one.said[FOLLOWED]
                        if row["participants_now"]
                    }
                    assert followed(past, one.as_of) == by_mentor
                    compared, rows = compared + 1, rows + sum(map(len, said.values()))
    assert compared == TIMES
    assert rows > TIMES  # they had something to say


def test_a_views_answer_of_then_is_told_from_events_alone(
    municipality: Municipality, clock: Clock, database_url: str, tmp_path: Path
) -> None:
    clock.now = datetime.fromisoformat("2026-06-01T08:00:00+00:00")
    for some in history(Random(1), 60):
        municipality.append(some)
    words = ("audit", "replay", "Hjørring", "--view", "matching", "--by", "match")
    as_json = ("--format", "json")
    environment = {
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
    }
    result = CliRunner().invoke(app, [*words, *as_json], env=environment, catch_exceptions=False)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and rows
    assert {row["municipality"] for row in rows} == {"Hjørring"}
