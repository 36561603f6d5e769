"""The process that signs: every few seconds it brings the logs of all municipalities on."""

import sys
import threading
from collections.abc import Callable
from datetime import date, datetime

import psycopg
import structlog
from eventsourcing.persistence import PersistenceError

from domain.calendar import day_of
from services.audit.access.looking import SYSTEM, Asking
from services.audit.access.looks import Looks
from services.audit.access.pruning import kept_since, prune
from services.audit.proof.entries import ACCESS, EVENTS
from services.audit.proof.incoming import (
    KeysSetBackError,
    MemoryGoneError,
    NotGenuineError,
    SetBackError,
    StrangeEventError,
    StrangeLookError,
)
from services.audit.proof.log import Log
from services.audit.proof.signing_keys import SigningKeys
from services.store.keys import MissingKeyError
from services.store.municipality import Municipality
from services.store.schema import known_municipalities
from services.store.server import Server

_PAUSE = 4.0  # seconds: what is committed is under a signed root within ten

_PRUNING = Asking(
    what="prune",
    user="signer",
    functions=(SYSTEM,),
    purpose="Opbevaringsfristen er gået (kept long enough).",
)

log = structlog.get_logger("signer")


def log_of(server: Server, municipality: Municipality, name: str, log: str) -> Log:
    """A log of a municipality; `name` is that of the operator's logs."""
    return Log(municipality, log, name, SigningKeys(server.keys_folder, municipality.code))


def logs_of(server: Server, municipality: Municipality, name: str) -> list[Log]:
    """Both of its logs."""
    return [log_of(server, municipality, name, each) for each in (EVENTS, ACCESS)]


def sign_all(
    server: Server,
    municipality: Municipality,
    name: str,
    now: Callable[[], datetime],
    tell: Callable[[int], None] = lambda leaves: None,
) -> None:
    """Sign all that is committed by now; `tell` is called with how many leaves were added.

    Raises NotGenuineError, MissingKeyError, MissingTileError.
    """
    refused: NotGenuineError | None = None
    for each in logs_of(server, municipality, name):
        try:
            while added := each.advance(now()):
                tell(added)
        except NotGenuineError as error:  # the other log is no worse for it
            refused = refused or error
    if refused:
        raise refused


class LogSigner:
    """Signs the logs of a server's municipalities until it is stopped."""

    def __init__(
        self,
        server: Server,
        name: str,
        now: Callable[[], datetime],
        *,
        kept_months: int = 24,
        pause: float = _PAUSE,
    ) -> None:
        """Looks are kept for so many months; `pause` is in seconds."""
        self._server, self._name, self._now, self._pause = server, name, now, pause
        self._kept_months = kept_months
        self._pruned: dict[str, date] = {}
        self._stop = threading.Event()
        self._troubles: dict[str, str] = {}

    def stop(self) -> None:
        """End after the log that is under way."""
        self._stop.set()

    def run(self) -> None:
        """Sign what comes. Survives the database's restarts."""
        while not self._stop.is_set():
            try:
                self.sign_once()
            except (psycopg.OperationalError, PersistenceError) as error:
                log.warning("database-lost", kind=type(error).__name__)
                self._server.pool.check()
            self._stop.wait(self._pause)

    def sign_once(self) -> None:
        """Sign what there is, and delete what was kept long enough. Raises errors of the
        database."""
        for code in known_municipalities(self._server.pool):
            self._sign(code)

    def _sign(self, code: str) -> None:
        """What stops one municipality's log must not stop the others'; it is told once."""
        try:
            municipality = self._server.municipality(code)
            sign_all(self._server, municipality, self._name, self._now)
            self._prune(municipality)
            self._troubles.pop(code, None)
        except (psycopg.OperationalError, PersistenceError):
            raise
        except Exception as error:
            self._tell_once(code, error)

    def _prune(self, municipality: Municipality) -> None:
        """Once a day, delete the looks that have been kept long enough and are signed."""
        now = self._now()
        if self._pruned.get(municipality.code) == day_of(now):
            return
        before = kept_since(now, self._kept_months)
        many, through = prune(Looks(self._server.pool), municipality, _PRUNING, before)
        if many:
            log.info("looks-pruned", municipality=municipality.code, many=many, through=through)
        self._pruned[municipality.code] = day_of(now)

    def _tell_once(self, code: str, error: Exception) -> None:
        kind = type(error).__name__
        if self._troubles.get(code) == kind:
            return
        self._troubles[code] = kind
        if isinstance(error, StrangeEventError):
            log.error("strange-event", municipality=code, position=error.position)
        elif isinstance(error, StrangeLookError):
            log.error("strange-look", municipality=code, id=error.position)
        elif isinstance(error, SetBackError):
            log.error("log-set-back", municipality=code)
        elif isinstance(error, KeysSetBackError):
            log.error("log-keys-set-back", municipality=code)
        elif isinstance(error, MemoryGoneError):
            log.error("log-memory-gone", municipality=code)
        elif isinstance(error, MissingKeyError):
            log.error("key-missing", municipality=code)
        else:
            log.error("not-signed", municipality=code, exc_info=sys.exc_info()[1])
