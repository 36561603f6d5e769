"""Rule packs from the command line: checked, adopted, shown."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from domain.adoptions import digest_of
from domain.calendar import day_of
from domain.events.team import RulesAdopted
from domain.rule_pack_values import PLANNED
from domain.rule_packs import default_pack
from services.cli.main import app as command_line
from services.rules import example_text, record_default, rules_on, team_of
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.domain.engine import only
from tests.domain.spec import day
from tests.services.store.sending import SOURCE
from tests.workflows.town import Town

OURS = only("match-overdue").replace('"default"', '"ours"').replace("2000-01-01", "2026-01-01")
OURS = OURS.replace(f'"{default_pack().edition}"', '"2"')
LEADER = ("--by", "l-01", "--function", "leader", "--source", SOURCE)


@pytest.fixture
def environment(database_url: str, tmp_path: Path, municipality: Municipality) -> dict[str, str]:
    """The environment of a database in which the case system told of a leader and a coordinator."""
    for person in ("l-01", "k-02"):
        municipality.identity("person", person, SOURCE)
    return {
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
    }


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return written(tmp_path, OURS)


def written(folder: Path, text: str, name: str = "ours.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def run(environment: dict[str, str], *arguments: str | Path) -> Result:
    told = [str(one) for one in arguments]
    return CliRunner().invoke(command_line, ["rules", *told], env=environment)


def adopt(
    environment: dict[str, str], file: Path, *more: str, who: tuple[str, ...] = LEADER
) -> Result:
    return run(environment, "adopt", file, "--municipality", "0860", *who, *more)


def adoptions(municipality: Municipality) -> list[RulesAdopted]:
    stream = municipality.team()
    facts = [e.fact for e in municipality.read_stream(stream)] if stream else []
    return [fact for fact in facts if isinstance(fact, RulesAdopted)]


# Checking


def test_a_pack_that_is_right_is_said_to_be_and_what_it_leaves_out_is_named(ours: Path) -> None:
    done = run({}, "check", ours)

    assert done.exit_code == 0
    assert "ours 2, 1 regler" in done.stdout
    assert "supervision mangler" in done.stderr and "match mangler" not in done.stderr
    english = run({"ROEDTRAAD_LANG": "en"}, "check", ours)
    assert "1 rules, is right." in english.stdout and "regler" not in english.output
    assert "Left out: " in english.stderr and "supervision-overdue" in english.stderr


def test_the_flaws_of_a_file_are_told_line_by_line(tmp_path: Path) -> None:
    file = written(tmp_path, OURS.replace("days = 14", "days = -14") + 'colour = "red"\n')
    done = run({}, "check", file)

    at = OURS.splitlines().index("days = 14") + 1
    end = OURS.count("\n") + 1
    told = done.stderr.splitlines()
    assert (done.exit_code, done.stdout, len(told)) == (2, "", 2)
    assert told[0].startswith(f"{file}:{end}: rules.match-overdue.colour: Ukendt.")
    assert told[1].startswith(f"{file}:{at}: rules.match-overdue.days: Skal være hele dage")
    english = run({"ROEDTRAAD_LANG": "en"}, "check", file).stderr
    assert f"{file}:{at}: rules.match-overdue.days: must be whole days" in english


def test_what_is_no_text_or_no_file_is_told_in_a_line(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes("# én\n# to\nbasis = 'måske'".encode("latin-1"))

    assert run({}, "check", file).stderr.startswith(f"{file}:1: text: Er ikke UTF-8")
    gone = run({}, "check", tmp_path / "none.toml")
    assert gone.exit_code == 2 and "findes ikke" in gone.stderr


def test_a_file_of_a_windows_editor_is_read_and_adopted_without_its_mark(
    environment: dict[str, str], municipality: Municipality, tmp_path: Path
) -> None:
    file = tmp_path / "notepad.toml"
    file.write_bytes(OURS.encode("utf-8-sig"))

    assert run({}, "check", file).exit_code == 0
    assert adopt(environment, file).exit_code == 0
    [fact] = adoptions(municipality)
    assert (fact.text, fact.sha256) == (OURS, digest_of(OURS))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OURS.partition("[rules.")[0] + "[rules]\n", "Ingen regler: intet følges op."),
        (OURS.replace('"caseworker"', '"supervisor"'), "match-overdue: hvem supervisoren er"),
        (OURS.replace('"leader"', '"supervisor"'), "match-overdue: hvem supervisoren er"),
    ],
)
def test_what_is_hardly_meant_is_warned_of(
    environment: dict[str, str], municipality: Municipality, tmp_path: Path, text: str, said: str
) -> None:
    file = written(tmp_path, text)

    for done in (run({}, "check", file), adopt(environment, file)):
        assert (done.exit_code, said in done.stderr) == (0, True)


# Adopting


def test_a_pack_is_adopted_before_anything_is_said_of_the_team(
    environment: dict[str, str], municipality: Municipality, ours: Path
) -> None:
    done = adopt(environment, ours, "--from", "2026-07-01", "--to", "2026-08-01")

    assert done.exit_code == 0, done.output
    assert "ours 2, 01.07.2026 – 01.08.2026: er vedtaget" in done.stdout
    [fact] = adoptions(municipality)
    assert (fact.pack, fact.edition, fact.text) == ("ours", "2", OURS)
    assert fact.sha256 == digest_of(OURS)
    assert (fact.period.from_, fact.period.to) == (day("2026-07-01"), day("2026-08-01"))
    assert fact.actor.id == municipality.find("person", "l-01", SOURCE)


def test_adopted_again_by_anybody_it_is_the_first_adoption(
    environment: dict[str, str], municipality: Municipality, ours: Path
) -> None:
    first = adopt(environment, ours)
    coordinator = ("--by", "k-02", "--function", "coordinator", "--source", SOURCE)
    again, by_another = adopt(environment, ours), adopt(environment, ours, who=coordinator)

    position = first.stdout.rpartition(",")[2]
    for done in (again, by_another):
        assert done.exit_code == 0, done.output
        assert "var vedtaget i forvejen" in done.stdout
        assert done.stdout.rpartition(",")[2] == position
    assert len(adoptions(municipality)) == 1


def test_whoever_adopts_is_warned_of_packs_for_the_same_days(
    environment: dict[str, str], municipality: Municipality, ours: Path, tmp_path: Path
) -> None:
    adopt(environment, ours, "--from", "2026-03-01")
    newer = written(tmp_path, OURS.replace('"2"', '"3"'), "newer.toml")
    done = adopt(environment, newer, "--from", "2026-06-01")
    again = adopt(environment, ours, "--from", "2026-03-01")

    assert "Ligger over (on top of): ours 2, 01.03.2026 –" in done.stderr
    assert "Ligger over (on top of): ours 3, 01.06.2026 –" in again.stderr
    assert [fact.edition for fact in adoptions(municipality)] == ["2", "3", "2"]


def test_a_pack_that_another_lies_on_is_adopted_again_and_lies_on_top(
    environment: dict[str, str], municipality: Municipality, ours: Path, tmp_path: Path
) -> None:
    newer = written(tmp_path, OURS.replace('"2"', '"3"'), "newer.toml")
    for file in (ours, newer, ours, newer, newer):
        done = adopt(environment, file)
        assert done.exit_code == 0, done.output

    assert "var vedtaget i forvejen" in done.stdout
    assert [fact.edition for fact in adoptions(municipality)] == ["2", "3", "2", "3"]
    assert shown(environment, "--municipality", "0860")["match-overdue"]["edition"] == "3"


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        (("days = 14", "days = 15"), (), "vedtaget med en anden tekst"),
        (("days = 14", "days = -1"), (), "rules.match-overdue.days"),
        (('"2"', '"3"'), ("--from", "2026-05-01", "--to", "2026-05-01"), "dækker ingen dag"),
        (('"2"', '"3"'), ("--from", "2025-12-31"), "egne datoer"),
        (('"ours"', '"default"'), (), "programmets eget"),
        (('"2"', '"3"'), ("--from", "i morgen"), "2026-07-01"),
        (('"2"', '"3"'), ("--function", "caseworker"), "'leader', 'coordinator'"),
    ],
)
def test_what_may_not_be_adopted_is_refused_in_a_sentence(
    environment: dict[str, str],
    municipality: Municipality,
    ours: Path,
    tmp_path: Path,
    change: tuple[str, str],
    more: tuple[str, ...],
    said: str,
) -> None:
    adopt(environment, ours)
    other = written(tmp_path, OURS.replace(*change), "other.toml")
    done = adopt(environment, other, *more)

    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert len(adoptions(municipality)) == 1


def test_the_pack_in_the_documentation_can_be_adopted(
    environment: dict[str, str], municipality: Municipality, tmp_path: Path
) -> None:
    file = written(tmp_path, example_text())

    assert run({}, "check", file).exit_code == 0
    assert adopt(environment, file).exit_code == 0
    for on, days in (("2026-12-31", 28), ("2027-01-01", 14)):
        row = shown(environment, "--municipality", "0860", "--on", on)["coordination-overdue"]
        assert row["days"] == days
        assert row["closed"] == ["2026-12-28", "2026-12-29", "2026-12-30"]
        assert row["on_closed_days"] == "next-working-day"


def test_whoever_adopts_is_somebody_a_case_system_has_told_of(
    environment: dict[str, str], municipality: Municipality, ours: Path
) -> None:
    nameless = ("--by", "l-01", "--function", "leader")
    elsewhere = adopt(environment, ours, who=(*nameless, "--source", "https://andet.example"))
    unknown = adopt(environment, ours, who=("--by", "l-99", "--function", "leader"))
    known = adopt(environment, ours, who=nameless)
    municipality.identity("person", "l-01", "https://tredje.example")
    several = adopt(environment, ours, "--from", "2026-09-01", who=nameless)

    assert elsewhere.exit_code == 2 and f"(known systems): {SOURCE}" in elsewhere.stderr
    assert unknown.exit_code == 2 and "Ingen har id'et l-99" in unknown.stderr
    assert several.exit_code == 2 and "angiv --source" in several.stderr
    assert known.exit_code == 0, known.output
    [adopted] = adoptions(municipality)
    assert adopted.actor.id == municipality.find("person", "l-01", SOURCE)


# Showing


def shown(environment: dict[str, str], *more: str) -> dict[str, dict[str, Any]]:
    done = run(environment, "show", "--format", "json", *more)
    assert done.exit_code == 0, done.output
    rows = {row["rule"]: row for row in json.loads(done.stdout)["rows"]}
    assert list(rows) == list(PLANNED)
    return rows


def test_without_a_municipality_the_default_pack_is_shown() -> None:
    rows = shown({})

    assert rows["match-overdue"]["days"] == 14
    assert rows["grant-running-out"]["when"] == "42 og 14 dage før"
    assert rows["role-statement-overdue"]["when"] == "først 14 dage, derefter 56 dage"
    assert all(row["holds"] and row["basis"] and row["pack"] == "default" for row in rows.values())
    table, csv = run({}, "show").stdout, run({}, "show", "--format", "csv").stdout
    assert "arbejdsdage" in table and "antagelse" in table and "assum" not in table
    assert "match mangler" in table and "match mangler;14 dage;" in csv


def test_the_rules_of_a_day_are_those_of_the_pack_of_that_day(
    environment: dict[str, str], municipality: Municipality, ours: Path, tmp_path: Path
) -> None:
    adopt(environment, written(tmp_path, OURS.replace("14", "21")), "--from", "2026-07-01")

    before = shown(environment, "--municipality", "0860", "--on", "2026-06-30")
    after = shown(environment, "--municipality", "0860", "--on", "2026-07-01")
    assert before["match-overdue"]["days"] == 14
    assert (after["match-overdue"]["days"], after["match-overdue"]["pack"]) == (21, "ours")
    assert before["supervision-overdue"]["holds"]
    assert not after["supervision-overdue"]["holds"]


def test_an_auditor_sees_which_rules_were_known_to_hold(
    municipality: Municipality, clock: Clock, environment: dict[str, str], ours: Path
) -> None:
    adopt(environment, ours, "--from", "2026-02-01")
    [adopted] = municipality.read_from(0, 100)
    yesterday = (adopted.recorded_at - timedelta(days=1)).isoformat()
    asked = ("--municipality", "0860", "--on", "2026-03-01")

    assert shown(environment, *asked)["match-overdue"]["pack"] == "ours"
    then = shown(environment, *asked, "--known-at", yesterday)
    assert then["match-overdue"]["pack"] == "default"


def test_the_adoptions_are_listed_with_who_and_when_the_top_one_last(
    environment: dict[str, str], municipality: Municipality, clock: Clock, ours: Path
) -> None:
    clock.now = datetime.now(UTC)
    adopt(environment, ours, "--from", "2026-02-01")
    for _ in range(2):
        record_default(municipality)
    done = run(environment, "list", "--municipality", "0860", "--format", "json")

    below, above = json.loads(done.stdout)["rows"]
    assert (below["pack"], below["function"], below["by"]) == ("default", "system", None)
    assert (above["pack"], above["function"], above["by"]) == ("ours", "leader", "l-01")
    assert (above["from"], above["to"]) == ("2026-02-01", None)
    assert above["sha256"] == digest_of(OURS)
    assert datetime.fromisoformat(above["adopted_at"]).date() == clock.now.date()
    table = run(environment, "list", "--municipality", "0860").stdout
    assert "leder l-01" in table and "systemet" in table
    assert above["sha256"][:12] in table and above["sha256"][:13] not in table
    assert max(len(line.rstrip()) for line in table.splitlines()) <= 100


def test_a_municipality_of_which_no_team_was_told_has_rules_on_record(
    environment: dict[str, str], municipality: Municipality
) -> None:
    record_default(municipality)
    record_default(municipality)

    [adopted] = municipality.read_from(0, 100)
    assert (adopted.topic, adopted.originator_id) == ("team.rules-adopted.v1", municipality.team())
    assert adopted.fact.actor.function == "system"


def test_a_broken_pack_in_the_log_is_listed_as_such_and_stops_nothing(
    environment: dict[str, str], municipality: Municipality, clock: Clock
) -> None:
    town = Town(municipality, day_of(clock.now))
    town.tell(
        "team.rules-adopted",
        "team",
        0,
        pack="broken",
        edition="1",
        period={"from": "2020-01-01"},
        sha256="0" * 64,
        text="days = -1",
    )
    done = run(environment, "list", "--municipality", "0860", "--format", "json")

    assert [row["readable"] for row in json.loads(done.stdout)["rows"]] == [False]
    rows = rules_on(team_of(municipality), day_of(clock.now), "da")
    assert {row["pack"] for row in rows} == {"default"}
