"""Tables that somebody has changed by hand are found, since events alone say what is in them."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.store.municipality import Municipality
from tests.services.audit.course_story import CODE

Told = tuple[Municipality, dict[str, str]]
Differing = list[dict[str, Any]]


@pytest.fixture
def told(course_told: Told) -> Told:
    """A municipality of one course, and how commands find it."""
    return course_told


@pytest.fixture
def tables(told: Told) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """The database in the hands of whoever administers it; afterwards it is as it was."""
    store, environment = told
    with psycopg.connect(
        environment["DATABASE_URL"], autocommit=True, row_factory=dict_row
    ) as connection:
        connection.execute(f"CREATE SCHEMA kept; SET search_path = {store.schema}")
        names = ("matches", "activities", "timeline", "amendments")
        for name in names:
            connection.execute(f"CREATE TABLE kept.{name} AS TABLE {name}")
        yield connection
        for name in names:
            connection.execute(f"TRUNCATE {name}; INSERT INTO {name} TABLE kept.{name}")
        connection.execute("DROP SCHEMA kept CASCADE")


def run(told: Told, *words: str) -> Result:
    compare = ("audit", "compare", "--municipality", CODE, *words)
    return CliRunner().invoke(app, compare, env=told[1], catch_exceptions=False)


def differing(told: Told, *views: str) -> Differing:
    """What differs; the views that are asked add what they say of it."""
    words = [word for view in views or ("caseload",) for word in ("--view", view)]
    result = run(told, *words, "--format", "json")
    [row] = json.loads(result.stdout)["rows"]
    assert result.exit_code == (1 if row["differing"] else 0)
    found: Differing = row["differing"]
    return found


def test_tables_that_nobody_touched_are_what_the_events_say(told: Told) -> None:
    result = run(told)
    assert result.exit_code == 0
    assert "ens op til position 6" in result.stdout
    store, _ = told
    with store.transaction() as cursor:
        left = "SELECT nspname FROM pg_namespace WHERE nspname LIKE '%audited%'"
        assert cursor.execute(left).fetchall() == []


def test_a_row_that_was_changed_is_named_with_what_it_said_and_so_is_a_view(
    told: Told, tables: psycopg.Connection[dict[str, Any]]
) -> None:
    tables.execute("UPDATE activities SET minutes = 450")
    table, view, *_ = differing(told, "mentor-roles")
    assert (table["where"], table["what"], table["rows"]) == ("activities", "changed", 1)
    assert table["row"]["event_id"] == "ev-3"
    assert (table["live"], table["rebuilt"]) == ({"minutes": 450}, {"minutes": 45})
    assert view["where"].startswith("mentor-roles --by ")
    shown = run(told)
    assert shown.exit_code == 1
    assert "minutes: 450 (efter hændelserne 45)" in shown.stdout


def test_a_row_that_was_taken_away_is_missed_the_earliest_first(
    told: Told, tables: psycopg.Connection[dict[str, Any]]
) -> None:
    # The match as first told was learned at position 2, and ended by its correction at 5.
    tables.execute("DELETE FROM matches")
    [one, *_] = differing(told, "role-clarity")
    assert (one["where"], one["what"], one["rows"]) == ("matches", "missing", 2)
    assert one["row"]["event_id"] == "ev-2" and one["row"]["learned"] == 2


def test_a_row_too_many_is_named_also_where_it_is_the_double_of_another(
    told: Told, tables: psycopg.Connection[dict[str, Any]]
) -> None:
    tables.execute("INSERT INTO matches SELECT * FROM matches WHERE superseded IS NULL")
    [one, *_] = differing(told)
    assert (one["where"], one["what"], one["rows"]) == ("matches", "extra", 1)
    assert one["row"]["learned"] == 5


def test_what_is_kept_of_a_correction_is_compared_too(
    told: Told, tables: psycopg.Connection[dict[str, Any]]
) -> None:
    tables.execute("UPDATE amendments SET topic = NULL WHERE event_id = 'ev-2'")
    [one] = differing(told)
    assert (one["where"], one["what"], one["columns"]) == ("amendments", "changed", ["topic"])


def test_times_that_were_moved_are_found_in_every_row_of_them(
    told: Told, tables: psycopg.Connection[dict[str, Any]]
) -> None:
    tables.execute("UPDATE timeline SET occurred_at = occurred_at - interval '1 day'")
    [one] = differing(told)
    # Six events, and the replacement that the correction brings.
    assert (one["where"], one["what"], one["rows"]) == ("timeline", "changed", 7)
    assert one["row"]["event_id"] == "ev-1"


def test_a_views_row_is_named_in_its_own_words(
    told: Told, tables: psycopg.Connection[dict[str, Any]]
) -> None:
    tables.execute("UPDATE activities SET minutes = 450")
    shown = run(told, "--view", "mentor-roles").stdout
    assert "mentor-roles --by " in shown and "efter hændelserne 45" in shown
    for code in ("system-guide", "minutes_in_all"):
        assert code not in shown.partition("mentor-roles --by ")[2]
