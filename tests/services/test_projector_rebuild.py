"""A rebuild beside the live tables: by several processes, and interrupted."""

import random
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from bench.workload import Workload, make_workload
from projections.schema import NAMES
from services import rebuilding
from services.crew import Crew
from services.projector import catch_up, prepare
from services.rebuilding import PackingError, rebuild_all, rebuild_several
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.projecting import PROJECT, command, ingest_all, until
from tests.services.store.sending import intake
from tests.services.tables import rows_of
from tests.soaking import runs

LINES = 1500
KILLS = runs(3)


@pytest.fixture
def by_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few events there are."""
    monkeypatch.setattr(rebuilding, "MANY", 0)


@pytest.fixture(scope="module")
def workload(tmp_path_factory: pytest.TempPathFactory) -> Workload:
    """The first lines of the trial: duplicates and corrections are among them."""
    return make_workload(tmp_path_factory.mktemp("workload"), LINES)


@pytest.fixture
def store(server: Server, workload: Workload, clock: Clock, tmp_path: Path) -> Municipality:
    """A municipality whose tables came live."""
    clock.now = datetime(2026, 6, 1, 8, tzinfo=UTC)
    municipality = ingest_all(server, workload, tmp_path)
    prepare(municipality)
    catch_up(municipality)
    return municipality


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_tables_built_by_several_processes_are_those_that_came_live(
    store: Municipality, database_url: str, by_processes: None, processes: int
) -> None:
    live = rows_of(store)
    assert sum(map(len, live.values())) > LINES
    seen: list[int] = []
    with Crew(database_url, processes) as crew:
        for _ in range(2):  # the processes go on to the next job
            reached = rebuild_all(store, seen.append, crew=crew)
            assert reached.position == store.head().position
            assert rows_of(store) == live
    assert max(seen) > LINES * 0.8


def test_several_municipalities_are_rebuilt_side_by_side(
    server: Server, store: Municipality, by_processes: None
) -> None:
    other = server.municipality("0999")
    other.append([intake(f"ev-{n}", f"c-{n}") for n in range(50)])
    empty = server.municipality("0998")
    for each in (other, empty):
        prepare(each)
        catch_up(each)
    stores = [other, store, empty]
    live = [rows_of(each) for each in stores]
    done: set[str] = set()
    rebuild_several(stores, lambda each, events: done.add(each.code))
    assert [rows_of(each) for each in stores] == live
    assert done == {each.code for each in stores}


def test_events_that_arrive_while_tables_are_built_are_in_them(
    store: Municipality, database_url: str, by_processes: None
) -> None:
    arrived: list[int] = []

    def more(done: int) -> None:
        if len(arrived) < 3:
            arrived.append(done)
            store.append([intake(f"new-{len(arrived)}", "c-new")])
            catch_up(store)  # the live tables go on

    with Crew(database_url, 2) as crew:
        assert rebuild_all(store, more, crew=crew).position == store.head().position
    assert len(arrived) == 3
    built = rows_of(store)
    rebuild_all(store)
    assert rows_of(store) == built
    assert len([row for row in built["intakes"] if "'new-" in row]) == 3


def test_writers_wait_for_no_table_while_others_are_built(
    store: Municipality, database_url: str
) -> None:
    seen: list[int] = []
    with psycopg.connect(database_url, autocommit=True) as writer:

        def write(done: int) -> None:
            """As the projector does: it may lock every table at once."""
            seen.append(done)
            with writer.transaction():
                for name in (*NAMES, "tracking", "definition"):
                    table = Identifier(store.schema, name)
                    writer.execute(SQL("LOCK TABLE {} IN ROW EXCLUSIVE MODE NOWAIT").format(table))

        rebuild_all(store, write)
    assert len(seen) > 10


def left_behind(url: str) -> list[tuple[str]]:
    with psycopg.connect(url) as admin:
        return admin.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE '%\\_built'"
        ).fetchall()


def test_a_process_that_is_lost_leaves_the_old_tables_and_nothing_else(
    store: Municipality, database_url: str, by_processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "services.crew._PIPE_BYTES", 4096
    )  # they can't be done before they are lost
    live = rows_of(store)
    with Crew(database_url, 2) as crew:
        for _ in range(2):
            with pytest.raises(PackingError):
                rebuild_all(store, lambda done: crew.kill(), crew=crew)
        assert rows_of(store) == live
        assert left_behind(database_url) == []
        rebuild_all(store, crew=crew)  # others are started
    assert rows_of(store) == live


@pytest.mark.soak
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_rebuild_leaves_nothing_behind(
    store: Municipality, database_url: str, keyring: Keyring, how: signal.Signals
) -> None:
    live = rows_of(store)
    moments = random.Random(4711)
    for _ in range(KILLS):
        process = command(database_url, keyring, "projections", "rebuild")
        until(lambda: _builds(database_url))
        threading.Event().wait(moments.uniform(0, 0.15))
        process.send_signal(how)
        process.wait(20)
        until(lambda: not _builds(database_url))
        assert left_behind(database_url) == []
        assert rows_of(store) == live
    store.append([intake("after", "c-after")])
    catch_up(store)
    rebuild_all(store)
    assert len(rows_of(store)["timeline"]) == len(live["timeline"]) + 1


def _builds(url: str) -> bool:
    """Whether a transaction holds the lock of a rebuild."""
    with psycopg.connect(url) as admin:
        held = admin.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND (classid, objid) ="
            " (SELECT (h >> 32) & 4294967295, h & 4294967295 FROM"
            "  (SELECT hashtextextended(nspname || '.facts built', 0) AS h FROM pg_namespace"
            "   WHERE nspname ~ '^m[0-9]') AS of_each)"
        ).fetchone()
    return held is not None and held[0] > 0


_OWNER = """
import sys, time
from services.crew import Crew
crew = Crew(sys.stdin.readline().strip(), 2)
print(*(process.pid for process in crew.start()), flush=True)
time.sleep(60)
"""


def test_processes_that_pack_die_with_their_owner(database_url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _OWNER], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdin is not None and owner.stdout is not None
        owner.stdin.write(database_url.encode() + b"\n")
        owner.stdin.flush()
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        until(lambda: all(map(_runs, pids)))
        owner.kill()
    until(lambda: not any(_runs(pid) for pid in pids))


def _runs(pid: int) -> bool:
    """A process that ended may still be listed, without a command."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except FileNotFoundError:
        return False
