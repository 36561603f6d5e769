"""A database server and the municipalities whose history it holds."""

import hmac
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import NamedTuple, TypeVar

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg.sql import SQL, Identifier

from services.store.datastore import COMMAND, is_lost, open_pool
from services.store.keys import Keyring, MissingKeyError
from services.store.municipality import Municipality
from services.store.schema import known_municipalities, noted
from services.store.writing import Clock, utc_now

T = TypeVar("T")


class News:
    """Wake-ups from the logs. One can be lost, so whoever waits here polls as well."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def follow(self, channel: str) -> None:
        """Hear of a municipality's new events from now on."""
        self._connection.execute(SQL("LISTEN {}").format(Identifier(channel)))

    def wait(self, seconds: float) -> set[str]:
        """Wait for news, `seconds` at most; the channels that spoke. Raises OperationalError."""
        return {n.channel for n in self._connection.notifies(timeout=seconds, stop_after=1)}


class Unusable(NamedTuple):
    """A municipality whose tables or key can't be used now, and the kind of error: its text isn't
    kept, since it may quote what stands in them."""

    kind: str


class Server:
    """One pool, and a store for each municipality that is asked for."""

    def __init__(
        self,
        url: str,
        keyring: Keyring,
        *,
        pool_size: int = 10,
        clock: Clock = utc_now,
        role: str = COMMAND,
    ) -> None:
        self.url = url
        self.pool = open_pool(url, size=pool_size, role=role)
        self._keyring = keyring
        self._clock = clock
        self._open: dict[str, Municipality] = {}
        self._lock = Lock()

    @property
    def keys_folder(self) -> Path:
        """Where the installation's keys lie."""
        return self._keyring.folder

    def municipality(self, code: str) -> Municipality:
        """The store of a municipality, made where there is none. Raises MissingKeyError."""
        with self._lock:
            if code not in self._open:
                self._open[code] = self._opened(code)
            return self._open[code]

    def _opened(self, code: str) -> Municipality:
        """A key is made with its municipality, and never for one that was written under another."""
        known = noted(self.pool, code)
        key = self._keyring.key(code, create=known is None)
        store = None if known else Municipality(code, self.pool, key, self._clock)
        known = known or noted(self.pool, code)
        if known is None or not hmac.compare_digest(known.key_check, key.check):
            raise MissingKeyError(
                f"Nøglen i {self._keyring.folder} er ikke den, som kommune {code} er skrevet med i "
                "denne database. (The key is not the one that the database was written under.)"
            )
        return store or Municipality(code, self.pool, key, self._clock)

    def municipalities(self) -> Iterable[Municipality]:
        """The stores of all municipalities that the database knows, by code."""
        return [self.municipality(code) for code in known_municipalities(self.pool)]

    def of_each(self, work: Callable[[Municipality], T]) -> Iterator[tuple[str, T | Unusable]]:
        """What the work gives of each municipality, by code; of one whose tables can't be used, or
        whose key is missing, that it is so: it hides none of the others.

        Raises psycopg's errors and PersistenceError where the whole database can't be used.
        """
        for code in known_municipalities(self.pool):
            try:
                found: T | Unusable = work(self.municipality(code))
            except MissingKeyError as error:
                found = Unusable(type(error).__name__)
            except (psycopg.Error, PersistenceError) as error:
                if is_lost(error):
                    raise
                found = Unusable(type(error.__cause__ or error).__name__)
            yield code, found

    def forget(self, codes: Iterable[str]) -> None:
        """Let go of stores whose schemas are gone."""
        with self._lock:
            for code in codes:
                self._open.pop(code, None)

    @contextmanager
    def listening(self) -> Iterator["News"]:
        """A connection of its own that hears of new events."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            yield News(connection)

    def close(self) -> None:
        """Give the connections back."""
        self.pool.close()

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
