"""`views-live` and `views-rebuild`: from the log to the views' tables."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import psycopg
from psycopg.sql import SQL, Identifier

from bench import limit, stock
from bench.ingest import ingest_all
from bench.measure import Figure, Measure, Peer, timed
from bench.scratch import Scratch, settle
from bench.workload import Workload
from projections.batch import FEEDS
from projections.facts import courses, matches, staff
from projections.schema import drop_tables
from projections.table import FactTable
from services.projector import catch_up, prepare
from services.rebuilding import rebuild_several
from services.store.municipality import Municipality

CASELOAD = (*courses.ALL, *matches.ALL, *staff.ALL)
STOCK_EVENTS = 3000  # it takes one transaction an event


@dataclass(frozen=True)
class Stage:
    """A database that holds the same events twice: in our logs, and the first in the library's."""

    url: str
    stores: list[Municipality]
    events: int  # of our logs; duplicates among the lines are stored once
    stock_events: int

    def live(self) -> float:
        """Events a second into all our tables, 2,000 a transaction, beginning with empty tables."""
        for store in self.stores:
            _empty(store)
        settle(self.url)
        with timed() as clock:
            for store in self.stores:
                catch_up(store)
        return self.events / clock.seconds

    def live_caseload(self) -> float:
        """The same into the tables that the caseload is read from, and the timeline."""
        with _only(CASELOAD):
            return self.live()

    def rebuild(self) -> float:
        """Events a second into all our tables, filled beside the live ones and exchanged."""
        settle(self.url)
        with timed() as clock:
            rebuild_several(self.stores)
        return self.events / clock.seconds

    def stock(self, *, from_start: bool) -> float:
        """Events a second by the library's runner into one simple view."""
        settle(self.url)
        return stock.project(self.url, self.stock_events, from_start=from_start)

    def limit(self) -> float:
        """Events a second into one simple view, by the database alone."""
        settle(self.url)
        with psycopg.connect(self.url) as connection:
            return limit.select_into_view(connection, [store.schema for store in self.stores])


def _empty(store: Municipality) -> None:
    with store.transaction() as cursor:
        drop_tables(cursor, store.schema)
        for name in ("tracking", "definition"):
            cursor.execute(SQL("DROP TABLE {}").format(Identifier(store.schema, name)))
    prepare(store)


@contextmanager
def _only(tables: Collection[FactTable]) -> Iterator[None]:
    """Let events bring rows to these tables alone, and to the timeline, as they always do."""
    all_feeds = dict(FEEDS)
    try:
        for type_, feeds in all_feeds.items():
            FEEDS[type_] = [feed for feed in feeds if feed[0] in tables]
        yield
    finally:
        FEEDS.update(all_feeds)


@contextmanager
def _stage(scratch: Scratch, workload: Workload) -> Iterator[Stage]:
    with scratch.database() as url, scratch.server(url) as server:
        ingest_all(server, scratch, workload)
        with stock.Threads(stock.environment(url)) as threads:
            stored = stock.save_lines(threads, islice(workload.lines(), STOCK_EVENTS))
        stores = [server.municipality(code) for code in workload.codes]
        for store in stores:
            prepare(store)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        yield Stage(url, stores, sum(_length(store) for store in stores), stored)


def _length(store: Municipality) -> int:
    with store.transaction() as cursor:
        events = SQL("SELECT count(*) FROM {}").format(Identifier(store.schema, "events"))
        counted = cursor.execute(events).fetchone()
    assert counted is not None
    return int(counted[0])


@contextmanager
def _live(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    with _stage(scratch, workload) as stage:
        yield {
            "ours": lambda: (stage.live(), stage.live_caseload()),
            "stock": lambda: (stage.stock(from_start=False),) * 2,
            "limit": lambda: (stage.limit(),) * 2,
        }


@contextmanager
def _rebuild(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    with _stage(scratch, workload) as stage:
        yield {
            "ours": lambda: (stage.rebuild(),),
            "stock": lambda: (stage.stock(from_start=True),),
            "limit": lambda: (stage.limit(),),
        }


VIEWS_LIVE = Measure(
    "views-live", (Figure("events/s"), Figure("events/s, caseload's tables")), _live
)
VIEWS_REBUILD = Measure("views-rebuild", (Figure("events/s"),), _rebuild)
