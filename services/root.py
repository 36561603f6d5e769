"""The composition root: puts settings, servers and stores together for a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.embedded.client import join
from services.settings import Settings
from services.store.datastore import COMMAND
from services.store.keys import Keyring
from services.store.server import Server
from services.store.writing import Clock, utc_now


@dataclass(frozen=True)
class App:
    """What a command works with. `temporal_address` is None where Temporal wasn't asked for."""

    settings: Settings
    server: Server
    database_url: str
    temporal_address: str | None


@contextmanager
def open_app(
    settings: Settings, *, temporal: bool = False, clock: Clock = utc_now, role: str = COMMAND
) -> Iterator[App]:
    """Everything that a command needs, for as long as the block lasts.

    The embedded servers are started, or joined, where the environment names none. Raises
    EmbeddedError, MissingKeyError and psycopg's OperationalError.
    """
    needs_temporal = temporal and settings.temporal_address is None
    with join(
        settings.home, postgres=settings.database_url is None, temporal=needs_temporal
    ) as servers:
        database_url = settings.database_url or servers.database_url
        assert database_url is not None
        keyring = Keyring(settings.keys_folder)
        size = settings.pool_size
        with Server(database_url, keyring, pool_size=size, clock=clock, role=role) as server:
            address = (settings.temporal_address or servers.temporal_address) if temporal else None
            yield App(settings, server, database_url, address)
