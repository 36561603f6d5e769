"""What became of each letter: by person and day, with no address. Kept for 90 days."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg.sql import SQL, Composed, Identifier

from services.store.municipality import Municipality

_KEPT = timedelta(days=90)
_NOTE = """
INSERT INTO {m}.digests AS d (day, person, outcome, reason, code, attempts, noted_at, whose)
VALUES (%s, %s, %s, %s, %s, 1, %s, %s)
    ON CONFLICT (day, person) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,
       code = excluded.code, attempts = d.attempts + 1, noted_at = excluded.noted_at,
       whose = coalesce(excluded.whose, d.whose)
"""
_SELECT = """
SELECT day, person, outcome, reason, code, attempts, noted_at, coalesce(whose, '{{}}')
  FROM {m}.digests """


class Outcome(StrEnum):
    """What became of a letter."""

    SENT = "sent"
    WAITING = "waiting"  # it wasn't taken; it is tried again until the day's end
    REFUSED = "refused"  # it won't be taken
    NO_ADDRESS = "no-address"
    NOTHING = "nothing"  # there was nothing left to tell


FINAL = (Outcome.SENT, Outcome.REFUSED)
TROUBLED = (Outcome.WAITING, Outcome.REFUSED)


class Mark(Struct, frozen=True):
    """One letter. `reason` is a word of ours, `code` what the mail server answered.
    `whose` is whose data the letter that was sent tells of, its reader's too."""

    day: date
    person: UUID
    outcome: str
    reason: str
    code: int | None
    attempts: int
    noted_at: datetime
    whose: Sequence[UUID]


class Letters:
    """The letters of one municipality."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality

    def _sql(self, statement: str) -> Composed:
        return SQL(statement).format(m=Identifier(self._municipality.schema))

    def note(
        self,
        day: date,
        person: UUID,
        outcome: Outcome,
        reason: str = "",
        code: int | None = None,
        whose: Collection[UUID] = (),
    ) -> None:
        """This became of it."""
        told = sorted(whose) or None
        row = (day, person, outcome.value, reason, code, self._municipality.clock(), told)
        with self._municipality.transaction() as cursor:
            cursor.execute(self._sql(_NOTE), row)

    def of(self, day: date, person: UUID) -> Mark | None:
        """One letter; None where nothing is known of it."""
        found = self._read("WHERE day = %s AND person = %s", (day, person))
        return found[0] if found else None

    def done(
        self, day: date, persons: Collection[UUID], outcomes: Collection[Outcome]
    ) -> Mark | None:
        """A letter to any of these ids of one person that came to one of these ends."""
        values = (day, list(persons), [one.value for one in outcomes])
        found = self._read("WHERE day = %s AND person = ANY(%s) AND outcome = ANY(%s)", values)
        return found[0] if found else None

    def since(self, day: date) -> list[Mark]:
        """All letters of that day and after, the latest first."""
        return self._read("WHERE day >= %s ORDER BY day DESC, outcome, person", (day,))

    def let_go(self, today: date) -> None:
        """Forget what has been kept long enough."""
        with self._municipality.transaction() as cursor:
            cursor.execute(self._sql("DELETE FROM {m}.digests WHERE day < %s"), (today - _KEPT,))

    def _read(self, where: str, values: tuple[Any, ...]) -> list[Mark]:
        statement = self._sql(_SELECT + where)
        with self._municipality.transaction() as cursor:
            return [Mark(*row) for row in cursor.execute(statement, values)]
