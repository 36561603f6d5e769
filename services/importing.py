"""Many events at once, as newline-delimited CloudEvents: a chunk of lines in one transaction.

Each chunk is stored with what was refused of it and with how far the import has come, so that one
that was cut off goes on where it was, and no line is lost or counted twice.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from psycopg import Cursor

from services.collecting import no_collecting
from services.edge.incoming import Incoming
from services.edge.parse import parse_event
from services.edge.problems import Problem
from services.store.imports import Chunk, Imports
from services.store.municipality import Municipality
from services.store.refused import Refusals, RefusedEvent, Sender, kept_text
from services.taking import Answer, Parsed, take

LINES_A_TRANSACTION = 2000
LONGEST_LINE = 1024 * 1024  # bytes; no event may be that long
Problems = Mapping[int, Problem]


class Importer:
    """Takes in the chunks of one import. `rights` gives the problem with an event's sender."""

    def __init__(
        self,
        store: Municipality,
        key: bytes,
        *,
        sender: Sender | None = None,
        rights: Callable[[Incoming], Problem | None] = lambda event: None,
        beside: Callable[[Chunk, Problems], None] = lambda chunk, problems: None,
    ) -> None:
        """`beside` is told what is refused before it is committed, and may be told again."""
        self._store = store
        self._key = key
        self._sender = sender
        self._rights = rights
        self._beside = beside
        self._refusals = Refusals(store.key, store.schema)
        self._imports = Imports(store.schema)

    def take(self, chunk: Chunk) -> Counter[str]:
        """Store a chunk; how many of its events are stored, duplicate, conflict or refused.

        Raises MovedError, StoreBusyError.
        """
        with no_collecting():
            parsed = self._parse(chunk)
            answers = take(
                self._store, parsed, lambda cursor, found: self._note(cursor, chunk, found)
            )
        return Counter(answer.status for answer in answers.values())

    def _parse(self, chunk: Chunk) -> dict[int, Parsed]:
        """Events and problems by line number; blank lines are neither."""
        found: dict[int, Parsed] = {}
        now, code = self._store.clock(), self._store.code
        for number, line in enumerate(chunk.lines, chunk.first):
            if line.strip():
                one = parse_event(line, municipality=code, now=now)
                found[number] = one if isinstance(one, Problem) else self._rights(one) or one
        return found

    def _note(self, cursor: Cursor[Any], chunk: Chunk, answers: Mapping[int, Answer]) -> None:
        now = self._store.clock()
        problems = {n: one.problem for n, one in answers.items() if one.problem is not None}
        self._beside(chunk, problems)
        if problems:
            kept = [
                RefusedEvent(
                    problem=problem,
                    event=kept_text(chunk.lines[n - chunk.first].rstrip(b"\r\n")),
                    sender=self._sender,
                    of=self._key,
                    line=n,
                )
                for n, problem in problems.items()
            ]
            self._refusals.keep(cursor, kept, now)
        counts = Counter(one.status for one in answers.values())
        self._imports.move(cursor, self._key, chunk, counts, now)
