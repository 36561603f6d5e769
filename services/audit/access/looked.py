"""The access log read back: who looked at somebody's data, and a sample of all looks."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Struct
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.audit.access.looking import EVERYBODY, Private, Record, opened, read
from services.audit.access.looks import reading
from services.audit.access.sampling import drawn
from services.store.keys import UnreadableSealError
from services.store.municipality import Municipality
from services.tokens import Token

_LOOKS = "SELECT id, at, record FROM {} WHERE "
_OF = _LOOKS + "subjects && %b::uuid[] AND at >= %b ORDER BY id"
_THESE = _LOOKS + "id = ANY(%b::bigint[]) ORDER BY id"
_LOOKERS = (
    "SELECT id, convert_from(record, 'UTF8')::json ->> 'by' FROM {}"
    " WHERE at >= %b AND at < %b ORDER BY id"
)
_FIRST = "SELECT min(recorded_at) FROM {} WHERE originator_id = ANY(%b::uuid[])"


class Looked(Struct, frozen=True):
    """A look as it was recorded, with what is sealed opened."""

    id: int
    at: datetime
    record: Record
    private: Private

    def who(self, tokens: Mapping[UUID, Token]) -> str:
        """The token's label, else its client, else its id; or the user's name."""
        id_ = self.record.token
        if id_ is None:
            return self.private.user or ""
        token = tokens.get(id_)
        return (token and (token.label or token.client_id)) or str(id_)


class Sample(NamedTuple):
    """Some looks of `of` in all, by so many `lookers`, drawn by the seed."""

    seed: str
    of: int
    lookers: int
    looks: Sequence[Looked]


def looks_at(store: Municipality, courses: Collection[UUID]) -> list[Looked]:
    """All looks at the data of these, in order; also those at all that the municipality has, since
    something was known of them. Raises NotRecordedError where the log can't be read now."""
    ids = list(courses)
    with reading(store) as cursor:
        first = cursor.execute(_of(store, _FIRST, "events"), (ids,)).fetchone()
        since = first[0] if first else None
        return [] if since is None else _read(store, cursor, _OF, ([*ids, EVERYBODY], since))


def sample(store: Municipality, since: datetime, until: datetime, most: int, seed: str) -> Sample:
    """So many of the looks from `since` to before `until`, drawn evenly over those who looked.

    Raises NotRecordedError where the log can't be read now.
    """
    with reading(store) as cursor:
        found = cursor.execute(_of(store, _LOOKERS), (since, until)).fetchall()
        looks = _read(store, cursor, _THESE, (drawn(found, most, seed),))
    return Sample(seed, len(found), len({looker for _, looker in found}), looks)


def _read(
    store: Municipality, cursor: Cursor[Any], statement: str, values: tuple[Any, ...]
) -> list[Looked]:
    rows = cursor.execute(_of(store, statement), values).fetchall()
    return [_looked(store, *row) for row in rows]


def _looked(store: Municipality, id_: int, at: datetime, raw: Any) -> Looked:
    record = read(bytes(raw))
    try:
        private = opened(store.key, at, record)
    except UnreadableSealError:
        private = Private()  # under another key than this database's, or changed
    return Looked(id_, at, record, private)


def _of(store: Municipality, statement: str, table: str = "looks") -> Any:
    return SQL(statement).format(Identifier(store.schema, table))
