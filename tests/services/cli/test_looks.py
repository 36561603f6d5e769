"""Whoever has something personal printed is recorded first; else nothing is printed."""

import json
import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import typer
from typer.testing import CliRunner, Result

from services.cli.looking import user_name
from services.cli.main import app, main
from services.projector import prepare
from services.store.municipality import Municipality
from tests.services.api.sending import event
from tests.services.audit.access.reading import ids, last, locked, looks
from tests.services.cli.reads import CODE, ONE, READS, at_home
from tests.services.store.sending import intake, sent

_DECIDE = {"follow-ups snooze", "follow-ups take-over", "rules adopt"}  # as commands of HTTP do
_TELL_NOTHING = {
    *("up", "serve", "demo", "bench", "doctor", "schema"),  # how it is run; invented people
    *("ingest", "refused retry", "refused forget"),  # what became of what the user has
    *("projections list", "projections lag", "projections retry", "projections rebuild"),
    *("follow-ups reconcile", "rules check", "rules show"),  # counts; rules of nobody
    *("token create", "token register-client", "token list", "token whose", "token revoke"),
    *("webhooks add", "webhooks list", "webhooks show", "webhooks remove", "webhooks pause"),
    *("webhooks resume", "webhooks replay", "webhooks rotate"),  # systems
    *("webhooks dead list", "webhooks dead retry"),  # positions
    *("audit keys", "audit sign", "audit rotate", "audit prune"),  # keys and counts
    *("audit verify", "audit verifier", "audit prove", "citizens link"),
    *(f"audit witness {what}" for what in ("accept", "add", "begin", "serve", "trust")),
}


def commands(group: Any, path: str = "") -> Iterator[str]:
    """The whole names of all commands there are."""
    for name, one in getattr(group, "commands", {}).items():
        whole = f"{path} {name}".strip()
        yield from commands(one, whole) if hasattr(one, "commands") else [whole]


@pytest.fixture(scope="module")
def store(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Municipality]:
    """A municipality of a course, with something refused, and how commands find it."""
    folder = tmp_path_factory.mktemp("looks")
    with at_home(postgres, folder) as server:
        store = server.municipality(CODE)
        prepare(store)
        store.append([intake("ev-1", "c-1"), intake("ev-2", "c-2")])
        file = folder / "in.jsonl"
        file.write_text(json.dumps(event("ev-3", time="i går")) + "\n")
        assert run("ingest", *ONE, str(file)).exit_code == 2
        yield store


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def ask(name: str) -> Result:
    return run(*name.split(), *READS[name])


def test_each_command_is_known_to_read_or_to_tell_nothing() -> None:
    known = {*READS, *_DECIDE, *_TELL_NOTHING}
    new = set(commands(typer.main.get_command(app))) - known
    assert not new, f"{new}: recorded by services/cli/looking.py, or telling nothing personal?"


def test_what_was_asked_and_what_for_is_sealed_in_the_record(store: Municipality) -> None:
    before = last(store)
    run("query", "worklist", "--where", "person_id=s-12", "--purpose", "Møde på fredag")
    run("course", "c-1", *ONE)
    one, other = looks(store, before)
    assert one.private.purpose == "Møde på fredag"
    assert one.private.criteria == {"view": "worklist", "where": ["person_id=s-12"]}
    assert other.private.purpose == "roedtraad course"  # where nobody says anything else
    assert other.private.criteria == {"id": "c-1", "municipality": CODE}
    assert b"fredag" not in one.raw and b"s-12" not in one.raw
    assert run("query", "worklist", "--purpose", "x" * 201).exit_code == 2


def test_the_environment_says_what_for_where_the_command_does_not(
    store: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROEDTRAAD_PURPOSE", "Halvårskontrol")
    before = last(store)
    run("course", "c-1")
    run("course", "c-1", "--purpose", "Aktindsigt")
    assert [one.private.purpose for one in looks(store, before)] == ["Halvårskontrol", "Aktindsigt"]


def test_a_course_that_nobody_has_was_looked_for(store: Municipality) -> None:
    before = last(store)
    for words in (("course", "c-9"), ("audit", "looks", "c-9"), ("audit", "replay", "c-9")):
        assert run(*words).exit_code == 2
    found = looks(store, before)
    assert len(found) == 3 and not ids(found)


def test_without_the_access_log_nothing_is_printed(store: Municipality) -> None:
    with psycopg.connect(store.database_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE m0860.looks RENAME TO gone")
        try:
            answers = {name: ask(name) for name in READS}
        finally:
            admin.execute("ALTER TABLE m0860.gone RENAME TO looks")
    for name, answer in answers.items():
        assert answer.exception is not None and answer.stdout == "", name


_LOCKED = ("course", "digest show", "audit looks", "audit sample", "audit case-file")


@pytest.mark.parametrize("name", _LOCKED)  # and those that read the log itself
def test_while_somebody_locks_it_a_command_ends_with_a_sentence(
    store: Municipality,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["roedtraad", *name.split(), *READS[name]])
    with locked(store), pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == "" and "intet vises" in told.err


def test_the_citizen_is_told_who_looked_also_by_the_ids_linked_with_hers(
    store: Municipality,
) -> None:
    linked: dict[str, Any] = {"what": "citizen", "alias": {"id": "c-2"}, "basis": "manual"}
    linked["actor"] = {"id": "k-02", "function": "coordinator"}
    run("course", "c-2", "--purpose", "Før sammenkædningen")
    store.append([sent("link-1", "course.identity-linked.v1", "c-1", **linked)])
    run("audit", "replay", CODE, "--purpose", "Hele kommunen")
    before = last(store)
    rows = json.loads(run("audit", "looks", "c-1", "--format", "json").stdout)["rows"]
    told = {(row["purpose"], row["what"], row["function"]) for row in rows}
    assert ("Før sammenkædningen", "Forløbets tidslinje", "drift af systemet") in told
    assert ("Hele kommunen", "Afspilning for revision", "drift af systemet") in told
    assert all(row["who"] == user_name() for row in rows)
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    own = [store.find("course", id_) for id_ in ("c-1", "c-2")]
    [look] = looks(store, before)
    assert set(look.record.whose) == set(own) and None not in own


def test_a_sample_is_drawn_again_by_its_seed(store: Municipality) -> None:
    for _ in range(5):
        run("query", "worklist", *ONE)
    asked = ("audit", "sample", *ONE, "--n", "5", "--format", "json")
    first = json.loads(run(*asked).stdout)
    assert len(first["rows"]) == 5 and first["lookers"] == 1
    days = ("--since", first["since"], "--until", first["until"])
    again = json.loads(run(*asked, "--seed", first["seed"], *days).stdout)
    assert again == first
    table = run(*asked[:-2], "--seed", "1", *days)
    assert "--seed 1" in table.stderr and f"5 af {first['looks']}" in table.stderr
    assert all(UUID(one) for row in first["rows"] for one in row["whose"])
