"""Keeps the views' fact tables up with the log: many events a transaction, their position in it."""

import threading
from collections.abc import Callable, Iterator
from time import monotonic

import psycopg
import structlog
from eventsourcing.persistence import PersistenceError

from domain.envelope import Recorded
from projections import tracking
from projections.apply import apply
from projections.rebuild import rebuild
from projections.schema import create_tables, definition, made_by, note_definition
from services.collecting import no_collecting
from services.store.keys import MissingKeyError
from services.store.municipality import Municipality
from services.store.schema import events_channel, known_municipalities
from services.store.server import News, Server

EVENTS_A_TRANSACTION = 2000
_POLL = 1.0  # seconds: a wake-up can be lost, an event can't
_RETRY = 2.0  # seconds

log = structlog.get_logger("projector")


def catch_up(
    municipality: Municipality, progress: Callable[[int], None] = lambda position: None
) -> int:
    """Apply what the log holds beyond the tables; the position reached.

    Several may do so at once: each batch takes the tracking row's lock, and applies what is new.
    """
    while True:
        with municipality.transaction() as cursor:
            reached = tracking.reached(cursor, municipality.schema).position
            if reached == municipality.log_recorder.head(cursor).position:
                return reached
            position = tracking.reached(cursor, municipality.schema, lock=True).position
            with no_collecting():
                events = municipality.read_from(position, EVENTS_A_TRANSACTION, cursor=cursor)
                apply(cursor, municipality.schema, events)
        progress(events[-1].position if events else position)


def prepare(municipality: Municipality) -> None:
    """Make the fact tables where they are missing; anew where their definition has changed."""
    with municipality.transaction() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            (f"{municipality.schema}.facts",),
        )
        filled_by = made_by(cursor, municipality.schema)
        if filled_by is None:
            create_tables(cursor, municipality.schema)
            note_definition(cursor, municipality.schema)
    if filled_by not in (None, definition()):
        log.info("views-changed", municipality=municipality.code)
        rebuild_all(municipality)


def rebuild_all(
    municipality: Municipality, progress: Callable[[int], None] = lambda position: None
) -> int:
    """Fill all fact tables of a municipality anew from its log, in one transaction."""

    with municipality.transaction() as cursor:

        def events() -> Iterator[Recorded]:
            position = 0
            while batch := municipality.read_from(position, EVENTS_A_TRANSACTION, cursor=cursor):
                yield from batch
                position = batch[-1].position
                progress(position)

        with no_collecting():
            return rebuild(cursor, municipality.schema, events())


class Projector:
    """Follows a server's municipalities until it is stopped. Survives the database's restarts."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._stop = threading.Event()
        self._stuck: dict[str, str] = {}

    def stop(self) -> None:
        """End after the batch that is under way."""
        self._stop.set()

    def run(self) -> None:
        """Apply what comes, as it comes."""
        while not self._stop.is_set():
            try:
                self._follow()
            except (psycopg.OperationalError, PersistenceError) as error:
                log.warning("database-lost", kind=type(error).__name__, retry_seconds=_RETRY)
                self._stop.wait(_RETRY)
                self._server.pool.check()

    def _follow(self) -> None:
        with self._server.listening() as news:
            followed: dict[str, Municipality] = {}
            heard: set[str] = set()
            next_look = 0.0
            while not self._stop.is_set():
                if monotonic() >= next_look:
                    heard |= self._look(news, followed)
                    next_look = monotonic() + _POLL
                for channel in heard:
                    self._safely(followed[channel])
                heard = news.wait(max(0.0, next_look - monotonic()))

    def _look(self, news: News, followed: dict[str, Municipality]) -> set[str]:
        """Follow municipalities that are new; the channels of all."""
        for code in known_municipalities(self._server.pool):
            if events_channel(code) not in followed:
                try:
                    municipality = self._server.municipality(code)
                    prepare(municipality)
                except MissingKeyError:
                    log.exception("key-missing", municipality=code)
                    continue
                news.follow(municipality.log_recorder.channel_name)
                followed[municipality.log_recorder.channel_name] = municipality
        return set(followed)

    def _safely(self, municipality: Municipality) -> None:
        """What stops one municipality must not stop the others."""
        try:
            catch_up(municipality)
            self._stuck.pop(municipality.code, None)
        except (psycopg.OperationalError, PersistenceError):
            raise
        except Exception as error:
            kind = type(error).__name__
            if self._stuck.get(municipality.code) != kind:  # told once, not each second
                log.exception("not-projected", municipality=municipality.code)
            self._stuck[municipality.code] = kind
