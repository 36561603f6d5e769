"""What stands in Temporal's file and in its histories: nothing that says anything, but ids."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.testing import WorkflowEnvironment

from domain.calendar import day_of
from domain.rules import WORDING
from services.follow_ups import Engine
from services.following.connecting import DATA_CONVERTER, data_converter
from services.following.searching import register
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import dispatcher, engine, idle
from tests.workflows.conftest import PROGRAMS
from tests.workflows.town import Town
from workflows.messages import Next

RULES = [name.encode() for name in WORDING]
TRACES = [b"Traceback", b'File "', b"was in the way"]


class Stumbling(Engine):
    """Fails at first, in words of its own."""

    failures = 2

    def advance(self, municipality: str, subject: str, now: datetime) -> Next:
        if self.failures:
            self.failures -= 1
            raise ValueError("a citizen was in the way")
        return super().advance(municipality, subject, now)


@asynccontextmanager
async def on_file(file: Path, converter: DataConverter) -> AsyncIterator[Client]:
    """A dev server that keeps all in a file."""
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(PROGRAMS / "temporal"),
        dev_server_log_level="error",
        dev_server_database_filename=str(file),
        data_converter=converter,
    ) as environment:
        await register(environment.client)
        yield environment.client


async def followed(server: Server, town: Town, client: Client) -> bytes:
    """All histories, after the engine has followed three courses up."""
    for course in ("c-1", "c-2", "c-3"):
        town.intake(course, -40)
    town.matched("c-1", -30)
    town.established(-200)
    town.supervisor("k-02", -200)
    town.employed("m-31", -200)
    async with engine(server, client), dispatcher(server, client):
        await idle(town.municipality)
        handle = client.get_schedule_handle("0860/daily")
        await handle.trigger()
        await idle(town.municipality)
    histories = b""
    async for one in client.list_workflows():
        history = await client.get_workflow_handle(one.id, run_id=one.run_id).fetch_history()
        histories += b"".join(event.SerializeToString() for event in history.events)
    return histories


def all_of(file: Path) -> bytes:
    """The file, and what lies beside it."""
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """A municipality today."""
    clock.now = datetime.now(UTC)
    return Town(municipality, day_of(clock.now))


async def test_neither_file_nor_histories_tell_rules_subjects_or_errors(
    server: Server, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.services.following.room.Engine", Stumbling)
    file = tmp_path / "temporal.db"
    async with on_file(file, data_converter(tmp_path / "keys")) as client:
        histories = await followed(server, town, client)
    kept = all_of(file)
    assert len(histories) > 1000 and len(kept) > 100_000
    for held in (histories, kept):
        for words in (*RULES, *TRACES):
            assert words not in held, words
        for subject in map(town.stream, ("c-1", "c-2", "c-3")):
            # A course's internal id is its workflow's name, and stands nowhere else.
            assert not re.search(b"(?<!0860/course/)" + str(subject).encode(), held)


async def test_without_the_seal_they_would(server: Server, town: Town, tmp_path: Path) -> None:
    file = tmp_path / "temporal.db"
    async with on_file(file, DATA_CONVERTER) as client:
        histories = await followed(server, town, client)
    kept = all_of(file)
    for held in (histories, kept):
        assert b"match-overdue" in held
        subject = str(town.stream("c-1")).encode()
        assert re.search(b"(?<!0860/course/)" + subject, held)
