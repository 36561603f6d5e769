"""Numbers for those who keep it running, in Prometheus' format."""

from collections import Counter as Tally
from collections.abc import Iterator
from datetime import timedelta
from typing import Generic, TypeVar

import psycopg
from eventsourcing.persistence import PersistenceError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from domain.calendar import day_of
from services.audit.proof.standing import standings
from services.digests.marks import FINAL, Letters, Outcome
from services.freshness import Freshness, freshness, projector_is_up
from services.store.server import Server, Unusable
from services.store.writing import Clock
from services.webhooks.health import health_of

M = TypeVar("M", Counter, Histogram)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The measures of one process. Routes are templates, so no id stands in a label."""

    def __init__(self, server: Server, clock: Clock) -> None:
        self._registry = CollectorRegistry()
        receipts = Counter(
            "roedtraad_receipts",
            "Events answered, by what became of them",
            ["municipality", "status"],
            registry=self._registry,
        )
        self.receipts = Labelled(receipts)
        self.turned_away = Counter(
            "roedtraad_turned_away",
            "Requests refused for who asked, how often or how much, by reason",
            ["status", "reason"],
            registry=self._registry,
        )
        requests = Histogram(
            "roedtraad_request_seconds",
            "How long requests took",
            ["method", "route", "status"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.requests = Labelled(requests)
        self._registry.register(_Freshness(server, clock))
        self._registry.register(_Webhooks(server, clock))
        self._registry.register(_Posted(server, clock))
        self._registry.register(_Signed(server, clock))

    def text(self) -> bytes:
        """All of it, as it is scraped. In a thread only: it asks the database."""
        return generate_latest(self._registry)


class Labelled(Generic[M]):
    """A measure by its labels; what is known of it by them is found at once."""

    def __init__(self, measure: M) -> None:
        self._measure: M = measure
        self._known: dict[tuple[str, ...], M] = {}

    def labels(self, *labels: str) -> M:
        """That of these labels, of which there may be few."""
        found = self._known.get(labels)
        if found is None:
            found = self._known[labels] = self._measure.labels(*labels)
        return found


class _OfTheDatabase(Collector):
    def __init__(self, server: Server, clock: Clock) -> None:
        self._server = server
        self._clock = clock

    def describe(self) -> list[Metric]:
        """Nothing is asked of the database when this is registered."""
        return []


class _Freshness(_OfTheDatabase):
    def collect(self) -> Iterator[Metric]:
        families = {name: _gauge(name, what) for name, what in _OF_EACH.items()}
        up = GaugeMetricFamily("roedtraad_projector_up", "Whether a projector is connected")
        try:
            for code, one in self._server.of_each(lambda store: freshness(store, self._clock())):
                for name, value in _values(one).items():
                    families[name].add_metric([code], value)
            up.add_metric([], projector_is_up(self._server))
        except (psycopg.Error, PersistenceError):
            pass  # the other measures are wanted most when the database is gone
        yield from families.values()
        yield up


class _Signed(_OfTheDatabase):
    def collect(self) -> Iterator[Metric]:
        families = {name: _gauge(name, what) for name, what in _OF_LOGS.items()}
        try:
            for code, found in self._server.of_each(lambda store: standings(store, self._clock())):
                if isinstance(found, Unusable):
                    continue
                values = [told for one in found for told in (one.signed, one.unsigned_seconds)]
                for name, value in zip(_OF_LOGS, values, strict=True):
                    families[name].add_metric([code], value)
        except (psycopg.Error, PersistenceError):
            return
        yield from families.values()


class _Posted(_OfTheDatabase):
    """The letters of the last seven days: who alerts of `refused` and `waiting` misses none."""

    def collect(self) -> Iterator[Metric]:
        posted = GaugeMetricFamily(
            "roedtraad_letters",
            "Daily letters of the last seven days, by what became of them",
            labels=["municipality", "outcome"],
        )
        since = day_of(self._clock()) - timedelta(days=6)
        try:
            for code, marks in self._server.of_each(lambda store: Letters(store).since(since)):
                if isinstance(marks, Unusable):
                    continue
                counts = Tally(mark.outcome for mark in marks)
                for outcome in (*FINAL, Outcome.WAITING, Outcome.NO_ADDRESS):
                    posted.add_metric([code, outcome.value], counts[outcome])
        except (psycopg.Error, PersistenceError):
            return
        yield posted


_OF_LOGS = {
    "roedtraad_log_signed_events": "Events under a signed root of the auditors' log",
    "roedtraad_log_unsigned_seconds": "For how long an event has been stored without being signed",
    "roedtraad_log_signed_looks": "Looks under a signed root of the log of who looked",
    "roedtraad_log_unsigned_look_seconds": "For how long a look has been recorded without being"
    " signed",
}
_STALE = "roedtraad_projection_stale"
_UNUSABLE = "roedtraad_municipality_unusable"
_OF_EACH = {
    "roedtraad_projection_position": "What the views reflect",
    "roedtraad_log_position": "The log's last position",
    "roedtraad_projection_age_seconds": "For how long the views have been behind the log",
    "roedtraad_parked_streams": "Streams with an event that can't be projected",
    "roedtraad_projection_other_edition": "Whether the views' tables are another edition's, until"
    " they are rebuilt",
    _STALE: "Whether any of this makes what the views say stale",
    _UNUSABLE: "Whether a municipality's tables or key can't be used, so that the rest isn't known",
}


class _Webhooks(_OfTheDatabase):
    def collect(self) -> Iterator[Metric]:
        families = {name: _gauge(name, what) for name, what in _OF_WEBHOOKS.items()}
        try:
            for code, found in self._server.of_each(lambda store: health_of(store, self._clock())):
                if isinstance(found, Unusable):
                    continue
                for family, value in zip(families.values(), found, strict=True):
                    family.add_metric([code], value)
        except (psycopg.Error, PersistenceError):
            pass
        yield from families.values()


_OF_WEBHOOKS = {
    "roedtraad_webhooks": "Webhooks that there are",
    "roedtraad_webhooks_failing": "Webhooks whose next event was not taken",
    "roedtraad_webhooks_paused": "Webhooks that are paused",
    "roedtraad_webhook_dead_letters": "Events that webhooks' receivers would not take",
    "roedtraad_webhooks_standing": "Webhooks that have stood still for an hour, or gave up",
}


def _values(one: Freshness | Unusable) -> dict[str, float]:
    if isinstance(one, Unusable):
        return {_STALE: True, _UNUSABLE: True}
    values = (one.position, one.head, one.age_seconds, one.parked.streams)
    return dict(zip(_OF_EACH, (*values, one.other_edition, one.stale, False), strict=True))


def _gauge(name: str, what: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, labels=["municipality"])
