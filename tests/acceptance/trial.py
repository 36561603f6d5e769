"""The demo's trial for tests: its files, a database that has taken them in, and its rows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from psycopg.sql import SQL, Identifier

from projections import identity
from projections.asking import Question
from projections.facts.all import TABLES
from services.following.marks import is_idle
from services.ingest import Outcome, ingest_file
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import bring_up_to_date

LAST_DAY = date(2026, 3, 31)
_POSITIONS = {"learned", "superseded", "recorded_at"}


def take_in(server: Server, files: Iterable[Path], refused: Path) -> Counter[str]:
    """Ingest files through the ordinary path and bring the views up to date."""
    counts: Counter[str] = Counter()
    stores = {}
    for path in files:
        stores[path.name[:4]] = store = server.municipality(path.name[:4])
        outcome: Outcome = ingest_file(store, path, refused)
        counts += outcome.counts
    bring_up_to_date(list(stores.values()))
    return counts


def wait_until_idle(store: Municipality) -> None:
    """Wait until the follow-up engine has nothing left to do, and the views know it."""
    deadline = monotonic() + 120
    while not is_idle(store, datetime.now(UTC)):
        assert monotonic() < deadline
        sleep(0.2)
    bring_up_to_date([store])


def live_rows(store: Municipality) -> dict[str, list[tuple[Any, ...]]]:
    """The fact rows that hold, positions and time of recording left out, ids as their senders'.

    Internal ids and ciphertext are random, so two databases can only be compared by what they mean.
    """
    rows: dict[str, list[list[Any]]] = {}
    with store.transaction() as cursor:
        for table in TABLES:
            statement = SQL("SELECT * FROM {} WHERE superseded IS NULL").format(
                Identifier(store.schema, table.name)
            )
            cursor.execute(statement)
            names = [column.name for column in cursor.description or ()]
            keep = [n for n, name in enumerate(names) if name not in _POSITIONS]
            rows[table.name] = [[row[n] for n in keep] for row in cursor.fetchall()]
    ids = {id_ for several in rows.values() for row in several for id_ in _ids(row)}
    named = store.references(ids)
    return {
        name: sorted((tuple(_meaning(v, named) for v in row) for row in several), key=repr)
        for name, several in rows.items()
    }


def citizens(store: Municipality) -> set[frozenset[Any]]:
    """The courses that are one citizen's, or one course, by their senders' ids."""
    with store.transaction() as cursor:
        ones = identity.citizens(Question(cursor.connection, store.schema))
    named = store.references(ones)
    groups: dict[UUID, set[Any]] = {}
    for id_, one in ones.items():
        groups.setdefault(one, set()).add(named[id_])
    return {frozenset(group) for group in groups.values()}


def _ids(value: Any) -> Iterator[UUID]:
    if isinstance(value, UUID):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _ids(each)


def _meaning(value: Any, named: dict[UUID, tuple[str, str]]) -> Any:
    if isinstance(value, UUID):
        return named[value]
    if isinstance(value, list):
        return [_meaning(each, named) for each in value]
    if isinstance(value, str) and value.startswith("s1."):
        return "sealed"
    return value
