"""`query`: how long each view takes to answer, at any time and as known at any time."""

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier

from bench.country import CODES, EVENTS_A_COURSE, LAST_DAY, YEARS, fill
from bench.limit import select_into_view
from bench.measure import Figure, Measure, Peer
from bench.scratch import Scratch, settle
from bench.workload import Workload
from domain.calendar import start_of
from services.api.asked import PAGE
from services.audit.access.looking import Asking
from services.audit.access.looks import Looks
from services.collecting import collect_seldom, keep_what_is_loaded
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import VIEWS, Answered, View, ask

_ASKED = 200  # times in a round
_READ_ON = 0.5  # how often the next page is asked for, where there is one
_LEVELS = [(view, by) for view in VIEWS.values() for by in view.levels]
_STOCK = "SELECT last_by, count(*), sum(events), sum(minutes) FROM limit_view GROUP BY last_by"


@dataclass(frozen=True)
class Country:
    """Municipalities with their courses, and the span of time in which they were told."""

    stores: list[Municipality]
    courses: int  # of each municipality
    told: dict[str, tuple[datetime, datetime]]
    url: str

    def times(self, view: View, by: str, chance: random.Random) -> float:
        """The 99th percentile, in ms, of asking a random municipality about a random moment, or for
        the next page of what was asked last, as often as there is one.

        Of four new questions one is as of now and known now, one in the past, one as known in the
        past, one both. An answer is told once it is recorded, so that is part of it.
        """
        pages: list[Callable[..., Answered]] = []
        asking = Asking(what=f"GET /v1/{view.name}", token=UUID(int=1), purpose="bench")
        looks, stores = Looks(self.stores[0].pool), {store.code: store for store in self.stores}

        def once(number: int) -> None:
            is_next = bool(pages) and chance.random() < _READ_ON
            read = pages.pop() if is_next else self._question(view, by, number, chance)
            pages.clear()
            answer = read()
            looks.record(asking, [stores[code] for code in answer.seen], answer.seen)
            if answer.next is not None:
                pages.append(partial(read, cursor=answer.next))

        return p99(once)

    def _question(
        self, view: View, by: str, number: int, chance: random.Random
    ) -> Callable[..., Answered]:
        """A new question, for its first page as HTTP gives it."""
        store = chance.choice(self.stores)
        first, last = self.told[store.code]
        now = start_of(LAST_DAY) + timedelta(hours=12)
        back = timedelta(days=chance.randint(1, 365 * YEARS - 30))
        asked: dict[str, Any] = {"as_of": now - back * (number % 2)}
        if number // 2 % 2:
            asked["known_at"] = first + (last - first) * chance.random()
        if view.levels[by].needs_course:
            asked["course"] = f"c-{chance.randrange(self.courses)}"
        return partial(ask, view, [store], by=by, now=now, limit=PAGE, **asked)


def p99(work: Callable[[int], object]) -> float:
    """The 99th percentile, in ms, of doing it often."""
    taken = []
    for number in range(_ASKED):
        begun = time.perf_counter()
        work(number)
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.quantiles(taken, n=100, method="inclusive")[98]


@contextmanager
def _prepare(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    """The country is filled once; what is measured adds to it only who looked."""
    with scratch.database() as url, scratch.server(url) as server:
        country = _filled(server, url, workload)
        chance = random.Random(1)
        with _collecting_as_served():
            yield {
                "ours": lambda: tuple(country.times(view, by, chance) for view, by in _LEVELS),
                "stock": lambda: (_simple_view(url),) * len(_LEVELS),
                "limit": lambda: (_round_trip(country.stores),) * len(_LEVELS),
            }


@contextmanager
def _collecting_as_served() -> Iterator[None]:
    """Collect garbage as `roedtraad serve api` does.

    Else one question in a hundred bears a collection of all that the bench has loaded, 40 ms.
    """
    thresholds = gc.get_threshold()
    keep_what_is_loaded()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _filled(server: Server, url: str, workload: Workload) -> Country:
    courses = max(1, round(workload.events / EVENTS_A_COURSE / len(CODES)))
    stores = [server.municipality(code) for code in CODES]
    for store in stores:
        fill(store, courses)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    with psycopg.connect(url) as connection:
        select_into_view(connection, [store.schema for store in stores])
    settle(url)
    return Country(stores, courses, {store.code: _span(store) for store in stores}, url)


def _span(store: Municipality) -> tuple[datetime, datetime]:
    events = Identifier(store.schema, "events")
    with store.transaction() as cursor:
        row = cursor.execute(
            SQL("SELECT min(recorded_at), max(recorded_at) FROM {}").format(events)
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def _simple_view(url: str) -> float:
    with psycopg.connect(url) as connection:
        return p99(lambda n: connection.execute(_STOCK).fetchall())


def _round_trip(stores: list[Municipality]) -> float:
    def once(number: int) -> None:
        with stores[number % len(stores)].transaction() as cursor:
            cursor.execute("SELECT 1").fetchone()

    return p99(once)


QUERY = Measure(
    "query",
    tuple(Figure(f"ms, p99: {view.name} --by {by}", "lower") for view, by in _LEVELS),
    _prepare,
)
