"""Keeps the views' fact tables up with the log: many events a transaction, their position in it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import psycopg
import structlog
from eventsourcing.persistence import PersistenceError

from projections import few, tracking
from projections.apply import REFUSED, apply
from projections.few import FEW
from projections.schema import definition, filled_by
from services.builders import Builders, OtherProgramError, ready
from services.collecting import no_collecting
from services.rebuilding import rebuild_all
from services.retrying import Retry
from services.store.datastore import LOSABLE, is_lost, others
from services.store.keys import MissingKeyError
from services.store.log import EVENTS_A_READ
from services.store.municipality import Municipality
from services.store.schema import events_channel, known_municipalities
from services.store.server import News, Server

_ROLE = "projector"
_POLL = 1.0  # seconds: a wake-up can be lost, an event can't
_RETRY = 2.0  # seconds

log = structlog.get_logger("projector")


class _SomethingRefusedError(Exception):
    """The database can't hold a value of the batch."""


def catch_up(
    municipality: Municipality, progress: Callable[[int], None] = lambda position: None
) -> int:
    """Apply what the log holds beyond the tables; the position reached.

    Several may do so at once: each batch takes the tracking row's lock, and applies what is new.
    Raises OtherProgramError.
    """
    if (reached := _few(municipality)) is not None:
        progress(reached)
        return reached
    while True:
        try:
            many, position = _step(municipality)
        except _SomethingRefusedError:
            many, position = _step(municipality, careful=True)
        progress(position)
        if many < EVENTS_A_READ:  # what was written meanwhile has its own wake-up
            return position


def _few(municipality: Municipality) -> int | None:
    """Apply what is new in two round trips, where it is little; the position reached.

    None, and nothing done, where it is much, or the database refuses a value of it.
    """
    schema, log = municipality.schema, municipality.log_reader
    asked = (*few.questions(schema), log.first_beyond)
    try:
        with municipality.asking(*asked) as (cursor, answers), no_collecting():
            *about_tables, new = answers
            known = few.standing(about_tables)
            if known is None or len(new) > FEW:
                return None
            if known.made_by != definition():
                raise OtherProgramError(municipality.code)
            if not known.locked:
                return known.position
            events = log.events(new)
            few.write(cursor, schema, events, known)
            return events[-1].position
    except PersistenceError as error:
        if isinstance(error.__cause__, REFUSED):
            return None
        raise


def _step(municipality: Municipality, *, careful: bool = False) -> tuple[int, int]:
    """Apply a batch; how many events there were, and the position reached."""
    schema = municipality.schema
    with municipality.transaction() as cursor, no_collecting():
        position = tracking.reached(cursor, schema).position
        events = next(municipality.log_reader.batches(cursor, position), [])
        if not events:
            return 0, position
        cursor.execute(LOSABLE)  # rows and position are of one transaction
        tracking.reached(cursor, schema, lock=True)  # nobody exchanges the tables from here on
        if filled_by(cursor, schema) != definition():
            raise OtherProgramError(municipality.code)
        # Another may have been first with these: what isn't new any more is left out.
        try:
            apply(cursor, schema, events, careful=careful)
        except REFUSED as error:
            raise _SomethingRefusedError from error
        return len(events), events[-1].position


def prepare(municipality: Municipality) -> None:
    """Make the fact tables where they are missing; anew where their definition has changed.

    The latter is left to the projector where one runs: of several editions its own counts. Raises
    OtherProgramError then.
    """
    if ready(municipality):
        return
    if _ROLE in others(municipality.pool):
        raise OtherProgramError(municipality.code)
    log.info("views-changed", municipality=municipality.code)
    rebuild_all(municipality, unless_made_by=definition())


class Projector:
    """Follows a server's municipalities until it is stopped. Survives the database's restarts.

    It makes all tables its own as it begins. Those that another edition takes over later it leaves
    alone while another projector runs, and takes back once none does.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._stop = threading.Event()
        self._stuck: dict[str, str] = {}
        self._parked: dict[str, Retry] = {}
        self._taken: set[str] = set()  # by another edition
        self._builders = Builders(server.url)

    def stop(self) -> None:
        """End after the batch that is under way."""
        self._stop.set()

    def run(self) -> None:
        """Apply what comes, as it comes."""
        with self._builders:
            while not self._stop.is_set():
                try:
                    self._follow()
                except (psycopg.Error, PersistenceError) as error:
                    log.warning("database-lost", kind=type(error).__name__, retry_seconds=_RETRY)
                    self._stop.wait(_RETRY)
                    self._server.pool.check()

    def _follow(self) -> None:
        with self._server.listening() as news:
            followed: dict[str, Municipality] = {}
            looked: dict[str, float] = {}  # when at each log, the longest ago first
            heard: set[str] = set()
            next_look = 0.0
            while not self._stop.is_set():
                if monotonic() >= next_look:
                    self._look(news, followed)
                    self._retry()
                    heard |= followed.keys() - looked.keys()
                    next_look = monotonic() + _POLL
                for channel in heard & followed.keys():
                    with self._apart(followed[channel].code):
                        catch_up(followed[channel])
                    looked.pop(channel, None)
                    if followed[channel].code in self._taken:
                        del followed[channel]
                    else:
                        looked[channel] = monotonic()
                # One at a time of those that weren't heard of: news goes first.
                quiet, since = next(iter(looked.items()), ("", next_look))
                due = min(next_look, since + _POLL)
                heard = news.wait(max(0.0, due - monotonic()))
                if quiet and since + _POLL <= monotonic():
                    heard.add(quiet)

    def _look(self, news: News, followed: dict[str, Municipality]) -> None:
        """Follow municipalities that are new, or ours again."""
        if self._taken and _ROLE not in others(self._server.pool):
            self._taken.clear()
        for code in known_municipalities(self._server.pool):
            if events_channel(code) not in followed and code not in self._taken:
                with self._apart(code):
                    self._begin(self._server.municipality(code), news, followed)

    def _begin(
        self, municipality: Municipality, news: News, followed: dict[str, Municipality]
    ) -> None:
        if self._builders.ready(municipality):
            channel = municipality.log_recorder.channel_name
            news.follow(channel)
            followed[channel] = municipality
            self._parked[municipality.code] = Retry(municipality)

    def _retry(self) -> None:
        """Try again what was parked before this start, as soon as nobody asks."""
        for code in list(self._parked):
            with self._apart(code):
                parked = self._parked.pop(code)
                if not parked.done():
                    self._parked[code] = parked

    @contextmanager
    def _apart(self, code: str) -> Iterator[None]:
        """What stops one municipality must not stop the others. It is tried again, and its views
        grow old meanwhile, as their readers see."""
        try:
            yield
        except MissingKeyError as error:
            self._tell_once(code, "key-missing", error)
        except OtherProgramError:
            self._taken.add(code)
            log.warning("views-taken-over", municipality=code)
        except Exception as error:
            if is_lost(error):
                raise
            self._tell_once(code, "not-projected", error.__cause__ or error)
        else:
            if self._stuck.pop(code, None):
                log.info("projected-again", municipality=code)

    def _tell_once(self, code: str, what: str, error: BaseException) -> None:
        """Not each second."""
        kind = f"{what} {type(error).__name__}"
        if self._stuck.get(code) != kind:
            log.error(what, municipality=code, exc_info=error)
        self._stuck[code] = kind
