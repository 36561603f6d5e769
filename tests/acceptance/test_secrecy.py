"""Nothing personal stands in clear: not in the database, Temporal's file, or any log."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from domain.calendar import day_of
from services.cli.digest import post_of
from services.cli.mailing import outbox_of, with_mail
from services.demo import generate, personal_strings
from services.digests.marks import Outcome
from services.mail.mailbox import letters
from services.processes import running
from services.root import open_app
from services.settings import Settings
from tests.acceptance.trial import take_in, wait_until_idle

CODE = "0326"
ROLES = ("projector", "dispatcher", "worker")


def dump(url: str) -> Iterator[bytes]:
    """Every table of the database, as text, bytes and JSON included."""
    with psycopg.connect(url) as conn:
        tables = conn.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for table in tables:
            rows = conn.execute(SQL("SELECT * FROM {}").format(Identifier(*table))).fetchall()
            yield "\n".join(map(str, rows)).encode()
            for row in rows:
                yield b"\n".join(value for value in row if isinstance(value, bytes))


def files_below(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


def forms(text: str) -> Iterator[bytes]:
    """The ways in which a text could stand somewhere."""
    utf8 = text.encode()
    yield utf8
    yield json.dumps(text)[1:-1].encode()
    yield utf8.hex().encode()
    yield base64.b64encode(utf8).rstrip(b"=")[:-1]


def test_names_numbers_and_notes_are_nowhere_in_clear(
    tmp_path_factory: pytest.TempPathFactory, ready_home: Path
) -> None:
    folder = tmp_path_factory.mktemp("files")
    today = datetime.now(UTC).date()
    files = [p for p in generate(folder, last_day=today, scale=0.3) if p.name.startswith(CODE)]
    secrets = {
        text
        for text in personal_strings(folder)
        if any(text.encode() in path.read_bytes() for path in files)
    }
    assert len(secrets) > 150

    # A line that is refused has personal data in it too: it must not get into a log.
    refused = folder / f"{CODE}-refused.jsonl"
    line = json.loads(files[0].read_text().splitlines()[5])
    line["data"]["unknown"] = min(secrets)
    refused.write_text(json.dumps(line, ensure_ascii=False) + "\n")

    settings = Settings(home=ready_home, database_url=None, temporal_address=None)
    with open_app(settings, temporal=True) as app:
        counts = take_in(app.server, [*files, refused], ready_home / "refused")
        assert counts["refused"] == 1
        store = app.server.municipality(CODE)
        with running(app, ROLES):
            wait_until_idle(store)
        follow_ups = [e for e in store.read_from(0, 100_000) if ".follow-up-" in e.topic]
        assert follow_ups
        with with_mail(app, own=True) as mailing:
            sent = post_of(mailing).send_all(store, day_of(datetime.now(UTC)))
        assert sent[Outcome.SENT] > 5
        held = list(dump(app.database_url))
    for message in letters(outbox_of(settings)):
        assert any(message["To"] == text for text in secrets)
        del message["To"]  # the reader's address stands there only
        parts = [part.get_content().encode() for part in message.iter_parts()]
        held += [message.as_bytes(), *parts]
    held += files_below(ready_home / "temporal")
    held += files_below(ready_home / "log")
    everything = b"\n".join(held)

    assert b"ev-1000" in everything and b"follow-up" in everything  # the search finds what is there
    found = [text for text in secrets for form in forms(text) if form in everything]
    assert not found
    kept = next((ready_home / "refused").rglob("*.jsonl"))
    assert kept.stat().st_mode & 0o077 == 0
    assert all(p.stat().st_mode & 0o077 == 0 for p in (ready_home / "refused", ready_home / "keys"))
