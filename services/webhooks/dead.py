"""Dead letters (*ulevérbart*): events that a receiver wouldn't take, kept to be sent again.

A row names the event by its position; what is sent is read from the log, as it was the first time.
"""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from msgspec import Struct
from psycopg.sql import SQL, Composable, Identifier

from services.store.municipality import Municipality


class DeadLetter(Struct, frozen=True):
    """One of them: what the receiver said last, after how many attempts.

    `again`: it is to be tried once more.
    """

    id: int
    webhook: UUID
    position: int
    topic: str
    attempts: int
    told: str
    died_at: datetime
    again: bool


_FIELDS: LiteralString = "id, webhook, position, topic, attempts, told, died_at, again"


class DeadLetters:
    """The dead letters of one municipality."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality

    def all(self, webhook: UUID | None = None) -> list[DeadLetter]:
        """Of one webhook, or of all; by position."""
        return self._read("%s::uuid IS NULL OR webhook = %s", webhook, webhook)

    def page(self, webhook: UUID, after: int, limit: int) -> list[DeadLetter]:
        """Those of one webhook with higher numbers, by number."""
        found = self._read("webhook = %s AND id > %s", webhook, after)
        return sorted(found, key=lambda letter: letter.id)[:limit]

    def counts(self) -> dict[UUID, int]:
        """How many each webhook has that has some."""
        statement = "SELECT webhook, count(*) FROM {m}.dead_letters GROUP BY webhook"
        with self._municipality.transaction() as cursor:
            return dict(cursor.execute(SQL(statement).format(**self._parts())).fetchall())

    def again(self, webhook: UUID, limit: int) -> list[DeadLetter]:
        """Those of a webhook that are to be tried once more."""
        return self._read("webhook = %s AND again", webhook)[:limit]

    def ask_again(self, webhook: UUID, id_: int | None = None) -> int:
        """Have one tried once more, or all of a webhook; how many there are."""
        return self._write(
            "UPDATE {m}.dead_letters SET again = true"
            " WHERE webhook = %s AND (%s::bigint IS NULL OR id = %s)",
            webhook,
            id_,
            id_,
        )

    def taken(self, letter: DeadLetter) -> None:
        """It was delivered after all."""
        self._write("DELETE FROM {m}.dead_letters WHERE id = %s", letter.id)

    def still_dead(self, letter: DeadLetter, told: str, now: datetime) -> None:
        """It wasn't."""
        self._write(
            "UPDATE {m}.dead_letters SET again = false, attempts = attempts + 1, told = %s,"
            " died_at = %s WHERE id = %s",
            told,
            now,
            letter.id,
        )

    def _read(self, where: LiteralString, *values: Any) -> list[DeadLetter]:
        statement = "SELECT {fields} FROM {m}.dead_letters WHERE {where} ORDER BY position, id"
        query = SQL(statement).format(**self._parts(where))
        with self._municipality.transaction() as cursor:
            return [DeadLetter(*row) for row in cursor.execute(query, values)]

    def _write(self, statement: LiteralString, *values: Any) -> int:
        with self._municipality.transaction() as cursor:
            return cursor.execute(SQL(statement).format(**self._parts()), values).rowcount

    def _parts(self, where: LiteralString = "") -> dict[str, Composable]:
        schema = Identifier(self._municipality.schema)
        return {"m": schema, "fields": SQL(_FIELDS), "where": SQL(where)}
