"""How the auditors' log of events stands: what is signed, and since when something isn't."""

from datetime import datetime
from typing import NamedTuple

from services.audit.proof.entries import EVENTS
from services.audit.proof.log import end_of
from services.store.datastore import others
from services.store.municipality import Municipality
from services.store.server import Server

LATE_AFTER = 60.0
"""Seconds after which an event should long have been under a signed root: it takes ten."""

_SIGNER = "signer"


class Standing(NamedTuple):
    """How many events are under a signed root, and for how many seconds the first that isn't has
    been stored; 0 where all are."""

    signed: int
    unsigned_seconds: float

    @property
    def is_late(self) -> bool:
        """Whether something keeps the log from what the store holds."""
        return self.unsigned_seconds > LATE_AFTER


def standing(store: Municipality, now: datetime) -> Standing:
    """How a municipality's log of events stands."""
    with store.transaction() as cursor:
        end = end_of(cursor, store.schema, EVENTS)
        since = store.log_recorder.recorded_after(cursor, end.position)
    age = 0.0 if since is None else max(0.0, (now - since).total_seconds())
    return Standing(end.size, age)


def signer_is_up(server: Server) -> bool:
    """Whether a signer is connected to the database."""
    return _SIGNER in others(server.pool)
