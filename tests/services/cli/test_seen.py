"""All whom a command tells of, and all who were asked about, stand in the record of the look."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.audit.access.looking import EVERYBODY
from services.cli.looking import user_name
from services.cli.main import app
from services.follow_ups import Engine
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.store.writing import utc_now
from tests.services.api.sending import event
from tests.services.audit.access.naming import People
from tests.services.audit.access.reading import ids, last, looks
from tests.services.cli.reads import CODE, ONE, READS, at_home
from tests.services.every_view import tell_of_every_view
from tests.workflows.town import FOUR_RULES, Town
from workflows.messages import TEAM

_JSON = ("--format", "json")
_BEFORE = "2001-01-01"  # nothing was known, and nothing had happened
_CASELOAD = ("caseload", "--by", "mentor", "--where", "mentor_id=m-31")
_ALSO = (
    ("audit explain", *_CASELOAD, "--column", "per_fte_now"),
    ("audit explain", *_CASELOAD, "--known-at", _BEFORE),
    ("audit corrections", "c-3"),  # nothing to show
    ("audit replay", "c-1", "--step"),
    ("audit replay", "c-1", "--known-at", _BEFORE),
    ("audit replay", "m-31", "--mentor", "--known-at", _BEFORE),
    ("audit replay", "c-1", *ONE, "--view", "matching", "--by", "candidate"),
    ("audit replay", CODE, "--view", "caseload", "--by", "mentor"),
    ("audit diff", "2001-01-01", "2001-02-01", "--course", "c-1"),
    ("audit diff", "2001-01-01", "2199-01-01", "--course", "c-1"),
    ("audit looks", "c-3"),
    ("query", *_CASELOAD, "--explain"),
    ("query", "caseload", "--by", "mentor", "--where", "mentor_id=s-12"),  # is no mentor
    ("query", "worklist", "--where", "course_id=c-1"),
    ("query", "matching", "--by", "candidate", "--course", "c-2"),
    ("course", "c-1", "--known-at", _BEFORE),
    ("course", "c-2", "--next"),
    ("digest show", "--last", "9"),
    ("audit diff", "2001-01-01", "2199-01-01", "--course", "c-1", *_JSON),
    ("audit replay", "c-1", "--step", *_JSON),
    ("audit corrections", "c-3", *_JSON),
    ("audit explain", *_CASELOAD, *_JSON),
    ("digest show", "--person", "s-12"),  # who has had none
)
"""What is asked besides what each command that reads is asked once."""
_ASKED = [(name, *words) for name, words in READS.items()] + list(_ALSO)


@pytest.fixture(scope="module")
def store(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Municipality]:
    """A municipality of which every view says something, and a letter to k-02."""
    folder = tmp_path_factory.mktemp("seen")
    with at_home(postgres, folder, COLUMNS="400") as server:
        store, now = server.municipality(CODE), datetime.now(UTC)
        tell_of_every_view(store, server, now)
        _with_an_address_and_rules(Town(store, now.date()))
        Engine(server).advance(CODE, TEAM, now)
        sent = run("digest send", *ONE)
        assert "1 sendt" in sent.stderr, sent.output
        file = folder / "in.jsonl"
        file.write_text(json.dumps(event("ev-refused", time="i går")) + "\n")
        assert run("ingest", *ONE, str(file)).exit_code == 2
        yield store


def _with_an_address_and_rules(town: Town) -> None:
    told: dict[str, Any] = {"person": {"id": "k-02"}, "email": "kirsten@kommune.example"}
    from_ = town.day(-60).isoformat()
    town.tell(
        "team.person-assigned",
        "team",
        -60,
        id="k",
        function="coordinator",
        name="K",
        from_=from_,
        **told,
    )
    leader = {"id": "l-01", "function": "leader"}
    pack: dict[str, Any] = {
        "pack": "four",
        "edition": "1",
        "text": FOUR_RULES,
        "period": {"from": "2199-01-01"},
    }
    sha256 = hashlib.sha256(FOUR_RULES.encode()).hexdigest()
    town.tell("team.rules-adopted", "team", -1, id="adopted", actor=leader, sha256=sha256, **pack)


@pytest.fixture(scope="module")
def people(store: Municipality) -> People:
    return People(store)


def run(name: str, *words: str) -> Result:
    return CliRunner().invoke(app, [*name.split(), *words])


def told(words: tuple[str, ...], answer: Result) -> str:
    """What was told: what was printed, and what was written to files."""
    files = [Path(word) for word in words if word.endswith((".html", ".json", ".ndjson"))]
    return "\n".join([answer.output, *(file.read_text() for file in files if file.exists())])


@pytest.mark.parametrize("asked", _ASKED, ids=" ".join)
def test_all_who_are_told_of_or_were_asked_about_are_recorded(
    store: Municipality, people: People, asked: tuple[str, ...]
) -> None:
    before = last(store)
    answer = run(*asked)
    assert answer.exit_code == 0, answer.output
    [look] = looks(store, before)
    assert look.record.what == f"roedtraad {asked[0]}"
    assert look.record.functions == ("operator",)
    assert look.private.user == user_name() != ""
    whose = set(look.record.whose)
    named = people.named_in(told(asked, answer)) | people.named_in(" ".join(asked))
    assert named <= whose or EVERYBODY in whose


def test_the_events_behind_a_figure_are_many_peoples(store: Municipality, people: People) -> None:
    # Else the test above would show nothing of them: c-1 is matched with m-31 by k-02.
    answer = run("audit explain", *_CASELOAD, "--column", "per_fte_now", *ONE)
    course, mentor = store.find("course", "c-1"), store.find("person", "m-31")
    assert {course, mentor} <= people.named_in(answer.output)


def test_a_letter_is_a_look_at_all_whom_it_tells_of(store: Municipality, people: People) -> None:
    before = last(store)
    shown = run("digest show", *ONE)
    [look] = looks(store, before)
    assert all(one in shown.output for one in ("kirsten@kommune.example", "forløb c-1", "m-31"))
    persons = {store.find("person", id_) for id_ in ("k-02", "m-31")}
    assert set(look.record.whose) == {store.find("course", "c-1"), *persons}
    assert look.record.rows == 1


def test_a_letter_of_which_nothing_is_noted_may_be_anybodys_and_others_are_not_shown(
    store: Municipality,
) -> None:
    outbox = Path("home") / "outbox"
    [letter] = outbox.glob("*.eml")
    moved = letter.with_stem("0" * 40)
    content = letter.read_bytes()
    elsewhere = outbox / f"{'1' * 40}.eml"
    elsewhere.write_bytes(content.replace(b"<digest.0860.", b"<digest.0101."))
    moved.write_bytes(content.replace(letter.stem.encode(), moved.stem.encode()))
    try:
        before = last(store)
        shown = run("digest show", "--last", "9")
        assert shown.output.count("Message-ID:") == 2
        [look] = looks(store, before)
        assert EVERYBODY in look.record.whose and look.record.rows == 2
    finally:
        moved.unlink()
        elsewhere.unlink()


def test_a_follow_up_explained_is_a_look_at_all_who_are_named(
    store: Municipality, people: People
) -> None:
    rows = json.loads(run("query", "worklist", *_JSON).stdout)["rows"]
    [row, *_] = [one for one in rows if one["course_id"] == "c-1"]
    for way in ((), _JSON):
        before = last(store)
        answer = run("audit explain", row["id"], *way)
        named, seen = people.named_in(answer.output), ids(looks(store, before))
        assert named and named <= seen and store.find("course", "c-1") in seen


def test_a_search_for_a_follow_up_or_a_person_that_ends_a_command_is_a_look(
    store: Municipality,
) -> None:
    asked = ("--until", "2199-01-01", "--reason", "citizen-away", "--function", "coordinator")
    rows = json.loads(run("query", "worklist", *_JSON).stdout)["rows"]
    for words in (("ffffffff", "--by", "k-02"), (rows[0]["id"], "--by", "nobody")):
        before = last(store)
        assert run("follow-ups snooze", *words, *asked, *ONE).exit_code == 2
        [look] = looks(store, before)
        assert look.record.what == "roedtraad follow-ups snooze" and not look.record.whose
    before = last(store)
    elsewhere = ("--by", "k-02", "--source", "https://elsewhere.example")
    assert run("follow-ups snooze", rows[0]["id"], *elsewhere, *asked, *ONE).exit_code == 2
    assert ids(looks(store, before)) == {store.find("person", "k-02")}


def test_an_id_of_several_municipalities_courses_is_recorded_in_each(store: Municipality) -> None:
    with Server(store.database_url, Keyring(Path("keys")), clock=utc_now) as server:
        other = server.municipality("0751")
        Town(other, datetime.now(UTC).date()).intake("c-1")
        for words in (("course", "c-1"), ("audit replay", "c-1"), ("audit looks", "c-1")):
            before = last(store), last(other)
            assert run(*words).exit_code == 2
            here, there = looks(store, before[0]), looks(other, before[1])
            assert ids(here) == {store.find("course", "c-1")}, words
            assert ids(there) == {other.find("course", "c-1")}, words
