"""Numbers for those who keep it running, in Prometheus' format."""

from collections.abc import Iterator

import psycopg
from eventsourcing.persistence import PersistenceError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg.errors import UndefinedTable

from projections import tracking
from services.store.server import Server

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The measures of one process. Routes are templates, so no id stands in a label."""

    def __init__(self, server: Server) -> None:
        self._registry = CollectorRegistry()
        self.receipts = Counter(
            "roedtraad_receipts",
            "Events answered, by what became of them",
            ["municipality", "status"],
            registry=self._registry,
        )
        self.requests = Histogram(
            "roedtraad_request_seconds",
            "How long requests took",
            ["method", "route", "status"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._registry.register(_Positions(server))

    def text(self) -> bytes:
        """All of it, as it is scraped. In a thread only: it asks the database."""
        return generate_latest(self._registry)


def positions(server: Server) -> Iterator[tuple[str, int, int]]:
    """Of each municipality: code, the position that the views reflect, and the log's last.

    Raises psycopg's errors and PersistenceError where the database can't be used.
    """
    for store in server.municipalities():
        with store.transaction() as cursor:
            head = store.log_recorder.head(cursor).position
            try:
                reached = tracking.reached(cursor, store.schema).position
            except UndefinedTable:  # nothing was projected yet
                reached = 0
        yield store.code, reached, head


class _Positions(Collector):
    def __init__(self, server: Server) -> None:
        self._server = server

    def describe(self) -> list[Metric]:
        """Nothing is asked of the database when this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        reached = GaugeMetricFamily(
            "roedtraad_projection_position", "What the views reflect", labels=["municipality"]
        )
        head = GaugeMetricFamily(
            "roedtraad_log_position", "The log's last position", labels=["municipality"]
        )
        try:
            for code, at, last in positions(self._server):
                reached.add_metric([code], at)
                head.add_metric([code], last)
        except (psycopg.Error, PersistenceError):
            pass  # the other measures are wanted most when the database is gone
        yield reached
        yield head
