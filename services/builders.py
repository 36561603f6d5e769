"""Tables whose definition has changed are filled anew beside the live ones, out of the way."""

from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from types import TracebackType

import structlog

from projections.schema import create_books, create_tables, definition, made_by, note_definition
from projections.tracking import Reached
from services.crew import Crew
from services.rebuilding import rebuild_all
from services.store.municipality import Municipality

_REST = 10.0  # seconds until what failed is tried again

log = structlog.get_logger("projector")


class OtherProgramError(Exception):
    """The tables are those of another edition of the program, which follows them or will."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Kommune {code}: tabellerne er fra en anden udgave af programmet end denne, eller "
            "projektoren bygger dem på ny; prøv igen om lidt, med projektorens udgave. (The tables "
            "are another edition's, or being rebuilt: try again soon, with the projector's.)"
        )


def ready(municipality: Municipality) -> bool:
    """Make the fact tables where they are missing; whether they are of this definition."""
    with municipality.transaction() as cursor:
        filled_by = made_by(cursor, municipality.schema)
        if filled_by == definition():
            return True
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            (f"{municipality.schema}.facts",),
        )
        create_books(cursor, municipality.schema)
        filled_by = made_by(cursor, municipality.schema)
        if filled_by is None:
            create_tables(cursor, municipality.schema)
            note_definition(cursor, municipality.schema)
        return filled_by in (None, definition())


class Builders:
    """One municipality is rebuilt at a time, in a thread of its own; the others go on meanwhile."""

    def __init__(self, url: str) -> None:
        self._crew = Crew(url)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rebuild")
        self._begun: dict[str, Future[Reached]] = {}
        self._not_before: dict[str, float] = {}

    def ready(self, municipality: Municipality) -> bool:
        """Whether the tables are of this definition. Where not, they will be: ask again."""
        begun = self._begun.get(municipality.code)
        if begun is not None:
            return begun.done() and self._done(municipality.code, begun)
        if monotonic() < self._not_before.get(municipality.code, 0.0):
            return False
        if ready(municipality):
            return True
        log.info("views-changed", municipality=municipality.code)
        self._begun[municipality.code] = self._thread.submit(
            rebuild_all, municipality, crew=self._crew, unless_made_by=definition()
        )
        return False

    def _done(self, code: str, begun: "Future[Reached]") -> bool:
        del self._begun[code]
        if (error := begun.exception()) is None:
            log.info("views-rebuilt", municipality=code, position=begun.result().position)
            return True
        log.error("not-rebuilt", municipality=code, exc_info=error, retry_seconds=_REST)
        self._not_before[code] = monotonic() + _REST
        return False

    def __enter__(self) -> "Builders":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._crew.kill()  # what is under way is lost, and leaves nothing behind
        self._thread.shutdown(cancel_futures=True)
        self._crew.end()
