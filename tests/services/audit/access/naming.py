"""Whom an answer and its question name: by their senders' ids or by ours."""

import re
from uuid import UUID

from psycopg.sql import SQL, Identifier

from services.store.municipality import Municipality


class People:
    """The courses and persons of a municipality, by every id by which they may be named."""

    def __init__(self, store: Municipality) -> None:
        statement = SQL("SELECT DISTINCT id FROM {} WHERE kind IN ('course', 'person')")
        with store.transaction() as cursor:
            found = cursor.execute(statement.format(Identifier(store.schema, "identities")))
            ids = [row[0] for row in found.fetchall()]
        sent = {name: id_ for id_, (_, name) in store.references(ids).items()}
        self._by_name = sent | {str(id_): id_ for id_ in ids}
        names = "|".join(map(re.escape, self._by_name))
        self._named = re.compile(rf"(?<![\w-])(?:{names})(?![\w-])")

    def named_in(self, text: str) -> set[UUID]:
        """Those who are named in a text."""
        return {self._by_name[name] for name in self._named.findall(text)}
