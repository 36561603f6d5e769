"""How the auditors' logs stand: what is signed, and since when something isn't."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Cursor

from services.audit.access.looks import looked_after
from services.audit.proof.entries import ACCESS, EVENTS
from services.audit.proof.log import end_of
from services.store.datastore import others
from services.store.municipality import Municipality
from services.store.server import Server

LATE_AFTER = 60.0
"""Seconds after which what is stored should long have been under a signed root: it takes ten."""

_SIGNER = "signer"


class Standing(NamedTuple):
    """How many entries of a log are under a signed root, and for how many seconds the first that
    isn't has been stored; 0 where all are."""

    log: str
    signed: int
    unsigned_seconds: float

    @property
    def is_late(self) -> bool:
        """Whether something keeps the log from what the store holds."""
        return self.unsigned_seconds > LATE_AFTER


def standings(store: Municipality, now: datetime) -> tuple[Standing, Standing]:
    """How a municipality's logs stand: that of events, and that of who looked."""
    with store.transaction() as cursor:
        events, access = (_standing(cursor, store, log, now) for log in (EVENTS, ACCESS))
        return events, access


def _standing(cursor: Cursor[Any], store: Municipality, log: str, now: datetime) -> Standing:
    end = end_of(cursor, store.schema, log)
    if log == EVENTS:
        since = store.log_recorder.recorded_after(cursor, end.position)
    else:
        since = looked_after(cursor, store, end.position)
    age = 0.0 if since is None else max(0.0, (now - since).total_seconds())
    return Standing(log, end.size, age)


def signer_is_up(server: Server) -> bool:
    """Whether a signer is connected to the database."""
    return _SIGNER in others(server.pool)
