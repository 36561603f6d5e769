"""What was refused, from the command line: of files and of senders, mended and sent again."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.api.intake import handed, store
from services.api.state import Desk
from services.cli.main import app
from services.edge.parse import parse_event
from services.following.streams import Streams
from services.store.municipality import Municipality
from services.store.refused import Refusals
from services.store.server import Server
from services.tokens import Token, Tokens
from tests.conftest import Clock
from tests.services.api.sending import SOURCE, event

OTHER = "https://jobcenter.example"


@pytest.fixture
def environment(
    database_url: str, tmp_path: Path, municipality: Municipality, clock: Clock
) -> dict[str, str]:
    """The environment of that database, at the time at which commands are given."""
    clock.now = datetime.now(UTC)
    return {
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
        "COLUMNS": "200",
    }


def run(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env=environment, catch_exceptions=False)


def listed(environment: dict[str, str], *more: str) -> list[dict[str, Any]]:
    done = run(environment, "refused", "list", "--format", "json", *more)
    rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
    return rows


def ingest(environment: dict[str, str], path: Path, *lines: dict[str, Any]) -> Result:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return run(environment, "ingest", "--municipality", "0860", str(path))


def sent(municipality: Municipality, token: Token, one: dict[str, Any]) -> None:
    """Send one event as a token's bearer does."""
    refusals = Refusals(municipality.key, municipality.schema)
    desk = Desk(municipality, refusals, Streams(municipality))
    raw = json.dumps(one).encode()
    parsed = parse_event(raw, municipality="0860", now=municipality.clock())
    store(desk, [handed(token, [parsed], lambda: [raw])])


def test_a_line_of_a_file_is_listed_shown_field_by_field_mended_and_stored(
    environment: dict[str, str], municipality: Municipality, tmp_path: Path
) -> None:
    done = ingest(environment, tmp_path / "in.jsonl", event("ev-1"), event("ev-2", time="i går"))
    assert done.exit_code == 2
    [row] = listed(environment)
    assert (row["line"], row["event_id"], row["municipality"]) == (2, "ev-2", "Hjørring")
    id_ = str(row["id"])

    shown = run(environment, "refused", "show", id_)
    assert "/time" in shown.stdout and "Linje (line): 2" in shown.stdout
    assert "i går" not in shown.stdout + run(environment, "refused", "list").stdout

    mended = tmp_path / "mended.json"
    shown = run(environment, "refused", "show", id_, "--event", str(mended))
    assert "personoplysninger" in shown.stderr
    assert mended.stat().st_mode & 0o777 == 0o600
    assert json.loads(mended.read_text())["time"] == "i går"
    assert run(environment, "refused", "show", id_, "--event", "-").stdout == mended.read_text()

    assert run(environment, "refused", "retry", id_).exit_code == 2
    assert len(listed(environment)) == 1
    mended.write_text(json.dumps(event("ev-2"), indent=2))
    again = run(environment, "refused", "retry", id_, "--mended", str(mended))
    assert again.exit_code == 0 and "1 gemt" in again.stderr
    assert listed(environment) == []
    assert [each.source_id for each in municipality.read_from(0, 10)] == ["ev-1", "ev-2"]


def test_the_same_file_taken_in_again_adds_nothing_to_what_was_refused(
    environment: dict[str, str], tmp_path: Path
) -> None:
    for _ in range(2):
        ingest(environment, tmp_path / "in.jsonl", event("ev-2", time="i går"), event("ev-1"))
    assert [row["line"] for row in listed(environment)] == [1]


def test_all_are_sent_again_with_the_rights_of_who_sent_them(
    environment: dict[str, str],
    municipality: Municipality,
    server: Server,
    clock: Clock,
    tmp_path: Path,
) -> None:
    tokens = Tokens(server)
    token, _ = tokens.create(municipality="0860", now=clock(), source_prefix=SOURCE)
    ended, _ = tokens.create(municipality="0860", now=clock(), source_prefix=SOURCE)
    foreign, fine = event("ev-1", source=OTHER), event("ev-2")
    sent(municipality, token, foreign)
    sent(municipality, ended, fine | {"subject": None})
    tokens.revoke(ended.id, clock())
    assert {row["sender"] for row in listed(environment)} == {SOURCE}

    assert run(environment, "refused", "retry", "--all").exit_code == 2
    assert municipality.read_from(0, 10) == []
    [one, other] = listed(environment)
    assert one["problem"]["errors"][0]["code"] == "outside-prefix"
    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps(fine))
    done = run(environment, "refused", "retry", str(other["id"]), "--mended", str(mended))
    assert done.exit_code == 2 and "gælder ikke mere" in done.stderr
    assert municipality.read_from(0, 10) == []


def test_what_is_forgotten_is_gone(environment: dict[str, str], tmp_path: Path) -> None:
    ingest(environment, tmp_path / "in.jsonl", *(event(f"e-{n}", subject=None) for n in range(3)))
    [first, *_] = listed(environment, "--municipality", "Hjørring")
    assert run(environment, "refused", "forget", str(first["id"])).exit_code == 0
    assert len(listed(environment)) == 2
    assert run(environment, "refused", "forget", str(first["id"])).exit_code == 2
    assert run(environment, "refused", "forget").exit_code == 2
    assert run(environment, "refused", "forget", "--all").exit_code == 0
    assert listed(environment) == []
    assert "intet at vise" in run(environment, "refused", "list").stdout


def test_what_was_stored_since_is_marked_so(
    environment: dict[str, str], municipality: Municipality, tmp_path: Path
) -> None:
    ingest(environment, tmp_path / "in.jsonl", event("ev-1", time="i går"), event("ev-2", time=""))
    assert [row["stored_at"] for row in listed(environment)] == [None, None]
    ingest(environment, tmp_path / "mended.jsonl", event("ev-1"))
    first, second = listed(environment)
    assert first["stored_at"] and second["stored_at"] is None
    assert "Siden gemt" in run(environment, "refused", "list").stdout
    assert "Siden gemt" in run(environment, "refused", "show", str(first["id"])).stdout
    assert "Siden gemt" not in run(environment, "refused", "show", str(second["id"])).stdout
