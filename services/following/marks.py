"""What is remembered of each subject and of the dispatcher, in the municipality's schema.

`pokes` has a row for each subject: the position it was poked about, and the one it was advanced
to. A poke is outstanding until the subject was advanced to it. `dispatched` is how far the log has
been dispatched. Nothing here is needed to be right: it can be lost, and pokes are sent again.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from psycopg.sql import SQL, Composed, Identifier

from services.store.municipality import Municipality

_POKED = """
INSERT INTO {m}.pokes AS p (subject, poked, poked_at, unfollowed_since)
SELECT s, o, clock_timestamp(), clock_timestamp() FROM unnest(%s::text[], %s::bigint[]) AS n(s, o)
    ON CONFLICT (subject)
    DO UPDATE SET poked = greatest(p.poked, excluded.poked), poked_at = excluded.poked_at,
       unfollowed_since = coalesce(
           CASE WHEN p.poked > p.advanced THEN p.unfollowed_since END, excluded.unfollowed_since)
"""
_ADVANCED = """
INSERT INTO {m}.pokes AS p (subject, advanced, wake_at, finished) VALUES (%s, %s, %s, %s)
    ON CONFLICT (subject) DO UPDATE SET advanced = greatest(p.advanced, excluded.advanced),
       wake_at = excluded.wake_at, finished = excluded.finished
"""
_DISPATCHED = """
INSERT INTO {m}.dispatched (position) VALUES (%s)
    ON CONFLICT (single) DO UPDATE SET position = excluded.position
"""


class Mark(Struct, frozen=True):
    """One subject: about which position it was poked, how long ago, and how far it has come.

    `seconds_unfollowed` counts from the first poke that it hasn't followed.
    """

    subject: str
    poked: int
    seconds_ago: float
    seconds_unfollowed: float
    advanced: int
    wake_at: datetime | None
    finished: bool

    @property
    def is_outstanding(self) -> bool:
        """Whether a poke is on its way still."""
        return self.poked > self.advanced


class Marks:
    """The marks of one municipality."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality

    def _sql(self, statement: str) -> Composed:
        return SQL(statement).format(m=Identifier(self._municipality.schema))

    def all(self) -> dict[str, Mark]:
        """Every subject that was ever poked or advanced."""
        statement = self._sql(
            "SELECT subject, poked,"
            " coalesce(extract(epoch FROM clock_timestamp() - poked_at), 0)::float8,"
            " coalesce(extract(epoch FROM clock_timestamp() - unfollowed_since), 0)::float8,"
            " advanced, wake_at, finished FROM {m}.pokes"
        )
        with self._municipality.transaction() as cursor:
            return {row[0]: Mark(*row) for row in cursor.execute(statement)}

    def poked(self, positions: dict[str, int]) -> None:
        """These subjects were poked about these positions."""
        with self._municipality.transaction() as cursor:
            cursor.execute(self._sql(_POKED), (list(positions), list(positions.values())))

    def advanced(
        self, subject: str, position: int, wake_at: datetime | None, *, finished: bool
    ) -> None:
        """A subject has taken in all up to this position."""
        with self._municipality.transaction() as cursor:
            cursor.execute(self._sql(_ADVANCED), (subject, position, wake_at, finished))

    def dispatched(self) -> int:
        """How far the log has been dispatched; 0 at first."""
        with self._municipality.transaction() as cursor:
            row = cursor.execute(self._sql("SELECT position FROM {m}.dispatched")).fetchone()
        return row[0] if row else 0

    def dispatch(self, position: int) -> None:
        """Everything up to this position was dispatched, and its pokes acknowledged."""
        with self._municipality.transaction() as cursor:
            cursor.execute(self._sql(_DISPATCHED), (position,))

    def forget_positions(self) -> None:
        """The log was set back: nobody is known to have taken in anything of what it is now."""
        with self._municipality.transaction() as cursor:
            cursor.execute(self._sql("UPDATE {m}.pokes SET poked = 0, advanced = 0"))

    def over(self, subjects: Iterable[str]) -> None:
        """These are over, and no workflow of theirs runs: nothing of them is awaited."""
        statement = self._sql(
            "UPDATE {m}.pokes SET poked = advanced, finished = true WHERE subject = ANY(%s)"
        )
        with self._municipality.transaction() as cursor:
            cursor.execute(statement, (list(subjects),))


def is_idle(municipality: Municipality, now: datetime) -> bool:
    """Whether the engine has nothing left to do at this moment.

    Everything stored is dispatched, every poke was followed, and nothing has come due since.
    """
    marks = Marks(municipality)
    before = marks.dispatched()
    if any(
        mark.is_outstanding
        or (not mark.finished and mark.wake_at is not None and mark.wake_at <= now)
        for mark in marks.all().values()
    ):
        return False
    return before == municipality.head().position  # beyond it, the log was set back
