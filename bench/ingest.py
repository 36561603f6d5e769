"""`ingest-file`: from files of CloudEvents to stored events."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bench import limit, stock
from bench.measure import Figure, Measure, Peer, timed
from bench.scratch import Scratch, settle
from bench.workload import Workload
from services.ingest import ingest_file
from services.store.server import Server


class IncompleteError(Exception):
    """Not every event was stored, so that a rate would say nothing."""


def ingest_all(server: Server, scratch: Scratch, workload: Workload) -> float:
    """Events a second by `roedtraad ingest`'s own function. Raises IncompleteError."""
    stores = {code: server.municipality(code) for code in workload.codes}
    counts: Counter[str] = Counter()
    with timed() as clock:
        for source in workload.files:
            outcome = ingest_file(stores[source.code], source.path, scratch.folder / "refused")
            counts += outcome.counts
    if counts["stored"] + counts["duplicate"] != workload.events:
        raise IncompleteError(dict(counts))
    return workload.events / clock.seconds


def _ours(scratch: Scratch, workload: Workload) -> float:
    with scratch.database() as url, scratch.server(url) as server:
        settle(url)
        return ingest_all(server, scratch, workload)


def _stock(scratch: Scratch, workload: Workload) -> float:
    with scratch.database() as url, stock.Threads(stock.environment(url)) as threads:
        settle(url)
        with timed() as clock:
            events = stock.save_lines(threads, workload.lines())
        return events / clock.seconds


def _limit(scratch: Scratch, rows: list[limit.RawRow]) -> float:
    with scratch.database() as url:
        limit.prepare_copy(url)
        settle(url)
        return limit.copy(url, rows)


@contextmanager
def _prepare(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    """A database of its own for every run."""
    rows = limit.raw_rows(workload)
    yield {
        "ours": lambda: (_ours(scratch, workload),),
        "stock": lambda: (_stock(scratch, workload),),
        "limit": lambda: (_limit(scratch, rows),),
    }


INGEST_FILE = Measure("ingest-file", (Figure("events/s"),), _prepare)
