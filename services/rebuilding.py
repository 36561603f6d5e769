"""All fact tables anew, beside the live ones, by as many processes as there are cores."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack
from functools import partial
from typing import Any

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from projections import tracking
from projections.rebuild import Block, HeldError, built_in, rebuild
from projections.schema import made_by
from projections.tracking import Reached
from services.collecting import no_collecting
from services.crew import Crew, cores
from services.packing import Job, PackingError, pack
from services.store.municipality import Municipality
from services.store.schema import role_of

__all__ = ["HeldError", "PackingError", "rebuild_all", "rebuild_several"]

MANY = 30_000  # events; for fewer, starting processes takes longer than they save
_SOME = 1_000  # events; for fewer, telling a process that runs does
Progress = Callable[[int], None]


def rebuild_all(
    municipality: Municipality,
    progress: Progress = lambda done: None,
    *,
    crew: Crew | None = None,
    unless_made_by: str | None = None,
) -> Reached:
    """Rebuild all fact tables of a municipality from its log; what they reflect then.

    All of it is one transaction. Of several at once the others wait, and have nothing to do where
    the tables are by then of the definition `unless_made_by`. `crew` packs what is long; without
    one, processes are started for this alone. Raises PackingError, HeldError.
    """
    with ExitStack() as stack:
        if crew is None:
            crew = stack.enter_context(Crew(municipality.database_url))
        cursor = stack.enter_context(municipality.transaction())
        stack.enter_context(no_collecting())
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            (f"{municipality.schema}.facts built",),
        )
        if unless_made_by is not None and made_by(cursor, municipality.schema) == unless_made_by:
            return tracking.reached(cursor, municipality.schema)
        return _rebuild(municipality, cursor, crew, progress)


def rebuild_several(
    stores: Sequence[Municipality],
    progress: Callable[[Municipality, int], None] = lambda store, done: None,
    ended: Callable[[Municipality], None] = lambda store: None,
) -> None:
    """Rebuild all tables of several municipalities, one for each core at a time.

    So one's rows are packed while another's are indexed. `ended` is told of each whose tables are
    in place. What is interrupted is as it was, each municipality by itself. Raises what
    `rebuild_all` does.
    """
    if not stores:
        return
    url = stores[0].database_url
    waiting = sorted(stores, key=lambda store: store.head().position)  # the longest first
    lock = threading.Lock()
    at_once = min(cores(), len(stores))
    crews = [Crew(url, max(1, cores() // at_once)) for _ in range(at_once)]

    def work(crew: Crew) -> None:
        with crew:
            while True:
                with lock:
                    if not waiting:
                        return
                    store = waiting.pop()
                rebuild_all(store, partial(progress, store), crew=crew)
                ended(store)

    with ThreadPoolExecutor(at_once) as threads:
        begun = [threads.submit(work, crew) for crew in crews]
        try:
            wait(begun, return_when=FIRST_EXCEPTION)
            for each in begun:
                if each.done():
                    each.result()
        except BaseException:
            waiting.clear()
            for crew in crews:
                crew.kill()
            raise


def _rebuild(
    municipality: Municipality, cursor: Cursor[Any], crew: Crew, progress: Progress
) -> Reached:
    schema, log = municipality.schema, municipality.log_reader
    head = municipality.log_recorder.head(cursor)
    make_schema(cursor, built_in(schema), role_of(schema))
    return rebuild(
        cursor,
        schema,
        to=Reached(head.position, head.recorded_at),
        blocks=lambda: packed_log(municipality, cursor, crew, head.position),
        after=lambda position: log.batches(cursor, position),
        progress=progress,
    )


def packed_log(
    municipality: Municipality, cursor: Cursor[Any], crew: Crew, stop: int
) -> Iterable[Block]:
    """The log up to a position as packed rows: by the crew where there are many events."""
    if stop >= (_SOME if crew.runs else MANY):
        return crew.blocks(municipality.schema, stop)
    return pack(municipality.log_reader, cursor, Job(municipality.schema, stop))


def make_schema(cursor: Cursor[Any], name: str, owner: str) -> None:
    """Only who connects may make schemas; all else is done by the municipality's role."""
    cursor.execute("RESET ROLE")
    cursor.execute(
        SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(Identifier(name), Identifier(owner))
    )
    cursor.execute(SQL("SET LOCAL ROLE {}").format(Identifier(owner)))
