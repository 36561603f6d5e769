"""A municipality whose signed history can be put back after whatever was done to it."""

from pathlib import Path
from typing import Any

from psycopg.sql import SQL, Identifier

from services.audit.proof import standalone
from services.audit.proof.bundle import write_bundle
from services.audit.proof.entries import event_entry
from services.audit.proof.log import Log
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.audit.proof.signed_log import advance, event_rows, fill, notes_of

EVENTS_IN_ALL = 700
KEPT = (
    "events",
    "receipts",
    "log_tiles",
    "log_checkpoints",
    "log_ends",
    "log_keys",
    "log_incoming",
)


class Case:
    """A municipality with a signed history, of which a copy can be put back."""

    def __init__(self, store: Municipality, log: Log, clock: Clock, folder: Path) -> None:
        self.store, self.log, self.clock, self.folder = store, log, clock, folder
        fill(store, 300, "early")
        advance(log, clock)
        self.keep("early")
        fill(store, EVENTS_IN_ALL - 300, "late")
        advance(log, clock)
        self.keep("whole")
        self.entries = self.read()
        self.seen = notes_of(store)[-1]
        self.key = str(log.first_key())

    def table(self, name: str) -> Identifier:
        """A table of the municipality's."""
        return Identifier(self.store.schema, name)

    def keep(self, name: str) -> None:
        """Dump all of it under a name."""
        with self.store.transaction() as cursor:
            for table in KEPT:
                kept = self.table(f"{name}_{table}")
                cursor.execute(SQL("CREATE TABLE {} AS TABLE {}").format(kept, self.table(table)))

    def restore(self, name: str) -> None:
        """Put a dump back."""
        with self.store.transaction() as cursor:
            for table in KEPT:
                kept, there = self.table(f"{name}_{table}"), self.table(table)
                cursor.execute(SQL("TRUNCATE {}").format(there))
                cursor.execute(SQL("INSERT INTO {} TABLE {}").format(there, kept))

    def read(self) -> list[bytes]:
        """The entries, worked out from the events table alone."""
        with self.store.transaction() as cursor:
            return [event_entry(*row) for row in event_rows(cursor, self.store.schema)]

    def first_changed(self) -> int:
        """The first index at which the events are others than they were."""
        now = self.read()
        for index, (was, entry) in enumerate(zip(self.entries, now, strict=False)):
            if was != entry:
                return index
        assert len(now) != len(self.entries), "nothing was changed"
        return min(len(now), len(self.entries))

    def verdict(self, seen: tuple[str, ...] = ()) -> dict[str, Any]:
        """What the verifier says of the bundle that the database gives now."""
        path = self.folder / "bundle.ndjson"
        with path.open("wb") as out:
            write_bundle(self.store, self.log, out, self.clock())
        return standalone.judged(str(path), self.key, seen)
