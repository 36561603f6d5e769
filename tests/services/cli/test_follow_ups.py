"""Putting a follow-up off and taking it over from the command line."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from domain.calendar import day_of
from domain.events.common import FollowUpSnoozed, FollowUpTakenOver
from domain.follow_up_acts import act_id, id_in
from domain.values import FollowUpKey, Ref
from services.cli.main import app
from services.follow_ups import Engine
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.store.sending import SOURCE
from tests.workflows.town import Town

CODE = "0860"
SHORTEST = "follow-up-0123"


@pytest.fixture
def town(municipality: Municipality, server: Server, clock: Clock) -> Town:
    """A municipality with two courses that wait for a mentor, and have waited too long."""
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    for course in ("c-1", "c-2"):
        town.intake(course, -16)
        Engine(server).advance(CODE, town.subject(course), clock.now)
    municipality.identity("person", "k-02", SOURCE)
    return town


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of that database."""
    return {
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
        "COLUMNS": "200",
    }


def run(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env=environment, catch_exceptions=False)


def snooze(
    environment: dict[str, str], id_: str, until: str, *more: str, by: str = "s-12"
) -> Result:
    given = ("--until", until, "--reason", "citizen-away", "--by", by, "--function", "caseworker")
    return run(environment, "follow-ups", "snooze", id_, *given, *more)


def take_over(environment: dict[str, str], id_: str, *more: str) -> Result:
    given = ("--reason", "absence", "--by", "k-02", "--function", "coordinator")
    return run(environment, "follow-ups", "take-over", id_, *given, *more)


def test_the_id_of_the_worklist_puts_off_and_takes_over(
    town: Town, environment: dict[str, str], keyring: Keyring
) -> None:
    until = town.day(30).isoformat()
    rows = json.loads(run(environment, "follow-ups", "list", "--format", "json").stdout)["rows"]
    [id_] = [
        row["id"] for row in rows if row["course_id"] == "c-1" and row["rule"] == "match-overdue"
    ]
    short = id_.removeprefix("follow-up-")[:8]
    assert short in run(environment, "follow-ups", "list").stdout

    done = snooze(environment, short, until, "--note", "på højskole i Ærø")
    assert done.exit_code == 0, done.stderr
    assert "når `roedtraad up` kører" in done.stderr
    assert short in done.stdout and f"{town.day(30):%d.%m.%Y}" in done.stdout
    with Server(environment["DATABASE_URL"], keyring, role="dispatcher"):
        done = take_over(environment, id_, "--source", SOURCE)
    assert (done.exit_code, done.stderr) == (0, ""), done.stderr

    snoozed, taken = [event.fact for event in town.municipality.read_stream(town.stream("c-1"))][
        -2:
    ]
    assert isinstance(snoozed, FollowUpSnoozed) and isinstance(taken, FollowUpTakenOver)
    assert snoozed.until == town.day(30)
    assert snoozed.note is not None and "Ærø" not in snoozed.note
    assert taken.person == town.municipality.find("person", "k-02", SOURCE)
    rows = json.loads(run(environment, "query", "worklist", "--format", "json").stdout)["rows"]
    [row] = [row for row in rows if row["course_id"] == "c-1" and row["rule"] == "match-overdue"]
    assert (row["stage"], row["snoozed_until"]) == ("snoozed", until)
    assert (row["person_id"], row["taken_over"]) == ("k-02", True)


def test_what_cannot_be_done_is_told_in_a_sentence_and_nothing_is_written(
    town: Town, environment: dict[str, str], clock: Clock
) -> None:
    head = town.municipality.head()
    soon, past = town.day(30).isoformat(), (day_of(clock.now) - timedelta(days=1)).isoformat()
    rows = json.loads(run(environment, "follow-ups", "list", "--format", "json").stdout)["rows"]
    id_ = rows[0]["id"]
    for done, said in (
        (snooze(environment, "follow-up-" + "0" * 40, soon), "Ingen åben opfølgning"),
        (snooze(environment, "00000000", soon), "Ingen åben opfølgning"),
        (snooze(environment, "ab", soon), "4–40 cifre"),
        (snooze(environment, id_, past), "Det kræver: en dag fra"),
        (snooze(environment, id_, "15-12-2026"), "--until: Skal være en dato"),
        (snooze(environment, id_, soon, by="s-99"), "Ingen har id'et s-99"),
        (take_over(environment, id_, "--on-behalf-of", "s-12"), "--for-function"),
    ):
        assert done.exit_code == 2, done.stdout
        assert said in " ".join(done.stderr.split()) and not done.stdout
    assert town.municipality.head() == head


def test_a_coordinator_says_that_another_takes_it_over(
    town: Town, environment: dict[str, str]
) -> None:
    town.municipality.identity("person", "s-77", SOURCE)
    rows = json.loads(run(environment, "follow-ups", "list", "--format", "json").stdout)["rows"]
    id_ = next(row["id"] for row in rows if row["course_id"] == "c-1")
    done = take_over(environment, id_, "--on-behalf-of", "s-77", "--for-function", "caseworker")
    assert done.exit_code == 0, done.stderr
    assert "overtaget af s-77" in done.stdout
    taken = town.municipality.read_stream(town.stream("c-1"))[-1].fact
    assert isinstance(taken, FollowUpTakenOver)
    assert taken.on_behalf_of is not None and taken.on_behalf_of.function == "caseworker"
    assert taken.person == taken.on_behalf_of.id == town.municipality.find("person", "s-77")


def test_a_system_that_never_told_of_anybody_by_that_id_is_refused_and_makes_nobody(
    town: Town, environment: dict[str, str]
) -> None:
    rows = json.loads(run(environment, "follow-ups", "list", "--format", "json").stdout)["rows"]
    until, elsewhere = town.day(30).isoformat(), "https://andet.example"
    done = snooze(environment, rows[0]["id"], until, "--source", elsewhere)
    said = " ".join(done.stderr.split())
    assert done.exit_code == 2
    assert f"Ingen har id'et s-12 hos {elsewhere}" in said and SOURCE in said
    assert town.municipality.find("person", "s-12", elsewhere) is None
    assert snooze(environment, rows[0]["id"], until).exit_code == 0


def test_a_beginning_that_two_ids_have_is_refused_with_more_of_each(
    town: Town, environment: dict[str, str], server: Server, clock: Clock
) -> None:
    beginnings: list[dict[str, str]] = [{}, {}]
    streams = [town.municipality.identity("course", course, SOURCE) for course in ("c-3", "c-4")]
    numbers = itertools.count()
    while not (alike := beginnings[0].keys() & beginnings[1].keys()):
        intake = f"ev-{next(numbers)}"
        for stream, seen in zip(streams, beginnings, strict=True):
            key = FollowUpKey("match-overdue", Ref(SOURCE, f"{intake}-{stream}"), 1)
            seen[id_in(stream, act_id(key, "raised"))[: len(SHORTEST)]] = f"{intake}-{stream}"
    beginning = alike.pop()
    for course, seen in zip(("c-3", "c-4"), beginnings, strict=True):
        town.intake(course, -16, id=seen[beginning])
        Engine(server).advance(CODE, town.subject(course), clock.now)
    done = snooze(environment, beginning, town.day(30).isoformat())
    assert done.exit_code == 2
    assert "Flere opfølgninger" in done.stderr
    assert done.stderr.count(beginning.removeprefix("follow-up-")) == 2


def test_help_is_danish_with_english_beside_it(environment: dict[str, str]) -> None:
    for command, danish, english in (
        ("snooze", "Udsæt en opfølgning", "Put a follow-up off"),
        ("take-over", "Overtag en opfølgning", "Take a follow-up on"),
    ):
        said = run(environment, "follow-ups", command, "--help").stdout
        assert danish in said and english in " ".join(said.split())


def test_a_wrong_filter_of_the_worklist_never_says_all_clear(
    town: Town, environment: dict[str, str]
) -> None:
    def worklist(where: str) -> Result:
        return run(environment, "query", "worklist", "--where", where)

    assert worklist("person=k-02").exit_code == 2
    assert "person_id" in worklist("person=k-02").stderr
    assert "snoozed" in worklist("stage=sleeping").stderr
    nobody = worklist("person_id=nobody")
    assert nobody.exit_code == 0 and "ingen rækker opfylder person_id=nobody" in nobody.stdout
    rows = json.loads(run(environment, "follow-ups", "list", "--format", "json").stdout)["rows"]
    short = rows[0]["id"].removeprefix("follow-up-")[:8]
    found = worklist(f"id={short}").stdout
    assert short in found and rows[-1]["id"].removeprefix("follow-up-")[:8] not in found
    page = run(environment, "query", "worklist", "--limit", "1").stdout
    assert f"de første 1 af {len(rows)}" in page
