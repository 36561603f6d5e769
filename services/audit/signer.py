"""The process that signs: every few seconds it brings the logs of all municipalities on."""

import sys
import threading
from collections.abc import Callable
from datetime import datetime

import psycopg
import structlog
from eventsourcing.persistence import PersistenceError

from services.audit.entries import ACCESS, EVENTS
from services.audit.log import Log, StrangeEventError
from services.audit.signing_keys import SigningKeys
from services.store.keys import MissingKeyError
from services.store.municipality import Municipality
from services.store.schema import known_municipalities
from services.store.server import Server

_PAUSE = 4.0  # seconds: what is committed is under a signed root within ten

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

    Raises StrangeEventError, MissingKeyError, MissingTileError.
    """
    for each in logs_of(server, municipality, name):
        while added := each.advance(now()):
            tell(added)


class LogSigner:
    """Signs the logs of a server's municipalities until it is stopped."""

    def __init__(self, server: Server, name: str, now: Callable[[], datetime]) -> None:
        self._server, self._name, self._now = server, name, now
        self._stop = threading.Event()
        self._troubles: dict[str, str] = {}

    def stop(self) -> None:
        """End after the log that is under way."""
        self._stop.set()

    def run(self) -> None:
        """Sign what comes. Survives the database's restarts."""
        while not self._stop.is_set():
            try:
                for code in known_municipalities(self._server.pool):
                    self._sign(code)
            except (psycopg.OperationalError, PersistenceError) as error:
                log.warning("database-lost", kind=type(error).__name__)
                self._server.pool.check()
            self._stop.wait(_PAUSE)

    def _sign(self, code: str) -> None:
        """What stops one municipality's log must not stop the others'; it is told once."""
        try:
            municipality = self._server.municipality(code)
            sign_all(self._server, municipality, self._name, self._now)
            self._troubles.pop(code, None)
        except (psycopg.OperationalError, PersistenceError):
            raise
        except Exception as error:
            self._tell_once(code, error)

    def _tell_once(self, code: str, error: Exception) -> None:
        kind = type(error).__name__
        if self._troubles.get(code) == kind:
            return
        self._troubles[code] = kind
        if isinstance(error, StrangeEventError):
            log.error("strange-event", municipality=code, position=error.position)
        elif isinstance(error, MissingKeyError):
            log.error("key-missing", municipality=code)
        else:
            log.error("not-signed", municipality=code, exc_info=sys.exc_info()[1])
