"""The measures at tiny sizes: what rows hold, and that nothing stays behind. No speed is judged."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
from typer.testing import CliRunner, Result

from bench.country import CODES
from bench.ingest import IncompleteError, ingest_all
from bench.measure import COLUMNS, PEERS, Figure, Measure, interleave, rows_of
from bench.measures import MEASURES
from bench.names import NAMES
from bench.scratch import scratch
from bench.workload import make_workload
from services.cli import bench
from tests.soaking import SOAK

EVENTS = 120
COURSES = 3
PLACES = 2
ONE_ROUND = ("--rounds", "1", "--warm-up", "0")
FOLLOW_UPS = (
    "follow-up-open",
    "follow-up-poke",
    "follow-up-delay",
    "follow-up-memory",
    "follow-up-year",
)


def held(postgres: str) -> tuple[list[Any], list[Any]]:
    """The databases and roles of a server."""
    with psycopg.connect(postgres) as connection:
        databases = connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()
        roles = connection.execute("SELECT rolname FROM pg_roles ORDER BY 1").fetchall()
    return databases, roles


@pytest.fixture
def command(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """The command line of a user with a database of their own."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ROEDTRAAD_HOME", str(tmp_path))
    if not SOAK:
        monkeypatch.setattr("bench.query._ASKED", 4)
        monkeypatch.setattr("bench.query.CODES", CODES[:PLACES])
        monkeypatch.setattr("bench.replaying.EVENTS", 100)
    app = typer.Typer()
    bench.add_to(app)
    app.command()(lambda: None)  # with one command only, typer would drop its name
    return app


def ask(app: typer.Typer, *words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["bench", *words])


@pytest.mark.soak
@pytest.mark.parametrize(
    "names",
    [
        ("ingest-file", "views-live", "views-rebuild"),
        ("ingest-http-single", "ingest-http-batch"),
        ("query",),
        ("append-to-visible", "replay-course"),
        ("verify-bundle", "protection-cost"),
        *((name,) for name in FOLLOW_UPS),
    ],
)
def test_each_measure_gives_its_rows_and_the_users_server_is_left_as_it_was(
    command: typer.Typer, database_url: str, tmp_path: Path, names: tuple[str, ...]
) -> None:
    before = held(database_url)
    size = ("--events", str(EVENTS), "--courses", str(COURSES))
    asked = ask(command, *names, "--format", "json", *ONE_ROUND, *size)
    assert asked.exit_code == 0, asked.output
    answer = json.loads(asked.stdout)
    assert set(answer) == {"rows", "machine"}
    assert [(row["measure"], row["unit"], row["better"]) for row in answer["rows"]] == [
        (name, figure.unit, figure.better) for name in names for figure in MEASURES[name].figures
    ]
    for row in answer["rows"]:
        assert list(row) == list(COLUMNS)
        grows_with = MEASURES[row["measure"]].size
        assert row["events"] == (EVENTS if grows_with == "events" else None)
        assert row["courses"] == (COURSES if grows_with == "courses" else None)
        assert row["rounds"] == 1
        for name in (*PEERS, "ratio_to_stock", "ratio_to_limit"):
            assert 0 < row[f"{name}_min"] <= row[name] <= row[f"{name}_max"]
    assert {"cpu", "cores", "python", "postgresql", "temporal"} <= set(answer["machine"])
    assert held(database_url) == before
    with psycopg.connect(database_url) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^(m|keys_)[0-9]'"
        ).fetchone() == (0,)
    # Neither a Temporal nor a key of the user's own was made.
    assert not (tmp_path / "temporal").exists()
    assert not (tmp_path / "keys").exists()


def test_all_measures_are_tried_here() -> None:
    assert tuple(MEASURES) == NAMES
    assert set(NAMES) == {
        "ingest-file",
        "ingest-http-single",
        "ingest-http-batch",
        "views-live",
        "views-rebuild",
        "append-to-visible",
        "query",
        "replay-course",
        "verify-bundle",
        "protection-cost",
        *FOLLOW_UPS,
    }


def test_only_the_measures_that_are_named_are_run(command: typer.Typer) -> None:
    asked = ask(command, "views-live", "--format", "csv", *ONE_ROUND, "--events", "60")
    heading, row, caseload = asked.stdout.removeprefix("\ufeff").splitlines()
    assert heading == ";".join(COLUMNS)
    assert row.startswith("views-live;events/s;")
    assert caseload.startswith("views-live;")


def test_an_unknown_measure_is_refused_with_those_that_are_known(command: typer.Typer) -> None:
    asked = ask(command, "views-live", "ingest-files")
    assert asked.exit_code == 2
    assert asked.stdout == ""
    assert "ingest-files" in asked.stderr
    for name in MEASURES:
        assert name in asked.stderr


def test_peers_take_turns_and_the_rounds_that_warm_them_up_do_not_count() -> None:
    told: list[str] = []
    figures = {name: iter(((1.0,), (float(n),), (10.0 * n,))) for n, name in enumerate(PEERS, 2)}
    peers = {name: figures[name].__next__ for name in PEERS}
    given = interleave(peers, 2, 1, told.append)
    assert told == [
        *("ours", "stock", "limit"),
        *("stock", "limit", "ours"),
        *("limit", "ours", "stock"),
    ]
    assert given == {"ours": [(2,), (20,)], "stock": [(3,), (30,)], "limit": [(4,), (40,)]}


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    figures = (Figure("ms", "lower"), Figure("events/s"))
    measure = Measure("m", figures, MEASURES["ingest-file"].prepare)
    rates = {"ours": [10.0, 90.0, 40.0], "stock": [10.0, 30.0, 5.0], "limit": [20.0, 90.0, 400.0]}
    other, row = rows_of(measure, {name: [(7.0, rate) for rate in rates[name]] for name in rates})
    assert (row["ours"], row["ours_min"], row["ours_max"]) == (40, 10, 90)
    # The ratio of the medians would be 4.
    assert (row["ratio_to_stock"], row["ratio_to_stock_min"]) == (3, 1)
    assert (row["ratio_to_limit"], row["ratio_to_limit_max"]) == (0.5, 1)
    assert (row["unit"], row["better"]) == ("events/s", "higher")
    assert (other["unit"], other["better"], other["ours"]) == ("ms", "lower", 7)


def test_the_same_number_of_events_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = (make_workload(tmp_path / name, EVENTS) for name in ("a", "b"))
    assert one.events == other.events == EVENTS == len(list(one.lines()))
    assert list(one.lines()) == list(other.lines())


def test_a_run_in_which_events_are_refused_gives_no_rate(postgres: str, tmp_path: Path) -> None:
    workload = make_workload(tmp_path, EVENTS)
    path = workload.files[0].path
    path.write_bytes(path.read_bytes().replace(b'"specversion":"1.0"', b'"specversion":"9"', 1))
    with (
        scratch(postgres) as place,
        place.database() as url,
        place.server(url) as server,
        pytest.raises(IncompleteError),
    ):
        ingest_all(server, place, workload)
