"""The follow-ups that are open in the end don't depend on the order in which facts arrived."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.demo import generate
from services.processes import running
from services.root import open_app
from services.settings import Settings
from services.views import VIEWS, ask
from tests.acceptance.trial import take_in, wait_until_idle
from tests.conftest import copy_of, fresh_home
from tests.soaking import SOAK

CODE, SCALE = ("0326", 0.4) if SOAK else ("0630", 0.1)
ROLES = ("projector", "dispatcher", "worker")
TOLD = ("rule", "due_on", "stage", "addressed_to", "anchor", "course_id", "person_id", "about_id")


def followed(home: Path, batches: list[list[Path]]) -> list[dict[str, Any]]:
    """The open follow-ups after these files have come in, while the engine ran."""
    settings = Settings(home=home, database_url=None, temporal_address=None)
    with open_app(settings, temporal=True) as app, running(app, ROLES):
        for files in batches:
            take_in(app.server, files, home / "refused")
        store = app.server.municipality(CODE)
        wait_until_idle(store)
        rows = ask(VIEWS["worklist"], [store], now=datetime.now(UTC)).rows
        raised = [e.source_id for e in store.read_from(0, 100_000) if "follow-up-raised" in e.topic]
    assert len(raised) == len(set(raised))
    return sorted(({name: row[name] for name in TOLD} for row in rows), key=repr)


@pytest.mark.soak
def test_shuffled_facts_end_in_the_same_open_follow_ups(
    tmp_path_factory: pytest.TempPathFactory, made_data: Path
) -> None:
    folder = tmp_path_factory.mktemp("files")
    today = datetime.now(UTC).date()
    files = [p for p in generate(folder, last_day=today, scale=SCALE) if p.name.startswith(CODE)]
    lines = [line for path in files for line in path.read_bytes().splitlines(keepends=True)]
    random.Random(11).shuffle(lines)
    parts = []
    for n in range(4):
        part = folder / f"{CODE}-part-{n}.jsonl"
        part.write_bytes(b"".join(lines[n::4]))
        parts.append([part])

    with fresh_home() as home:
        in_order = followed(copy_of(made_data, home), [files])
    with fresh_home() as home:
        shuffled = followed(copy_of(made_data, home), parts)
    assert {row["rule"] for row in in_order} >= {"no-mentor-contact", "supervision-overdue"}
    assert shuffled == in_order
