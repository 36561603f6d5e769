"""How a view answers: lines, each with the events behind it, become an answer with its position."""

from collections.abc import Callable, Generator, Iterable, Iterator, Set
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, wraps
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from domain.values import Ref
from projections import identity
from projections.asking import Answer, Behind, Connection, Figures, Municipality, Question
from projections.paging import PLACE, WHOLE, Page, Place


@dataclass(frozen=True)
class Line:
    """One row of an answer, the events that it was worked out from, and how its figures were."""

    values: dict[str, Any]
    behind: Behind = field(default=tuple)
    figures: Figures = field(default=tuple)


_NOTHING = Line({})


class Ask(Protocol):
    """A view as it is asked: of one municipality, of a moment, as known at a position, for a page.

    What else may be asked (a `period`, the `streams` of a course) each view says for itself.
    """

    def __call__(
        self,
        connection: Connection,
        municipality: Municipality,
        *,
        as_of: datetime | None = None,
        known_at: int | None = None,
        page: Page = WHOLE,
        **asked: Any,
    ) -> Answer:
        """The answer, each row with the municipality's name and code before its values."""


def view(tell: Callable[..., Iterable[Line]]) -> Ask:
    """Make a view of a function of a question that tells lines."""

    @wraps(tell)
    def ask(
        connection: Connection,
        municipality: Municipality,
        *,
        as_of: datetime | None = None,
        known_at: int | None = None,
        page: Page = WHOLE,
        **asked: Any,
    ) -> Answer:
        question = Question(
            connection, municipality.schema, as_of=as_of, known_at=known_at, page=page
        )
        place = dict(zip(PLACE, (municipality.name, municipality.code), strict=True))
        lines = tell(question, **asked) if page.has(place) else ()
        with closing(_Passing(question, lines, place)) as passing:
            found = list(islice(passing, page.limit))
            total = passing.total()
        told = [line for _, _, line in found] if page.behind else []
        answer = question.answer(
            [row for _, row, _ in found],
            [_behind(question, line) for line in told],
            [at for at, _, _ in found],
        )
        return answer._replace(total=total, figures=[line.figures for line in told])

    return ask


def _behind(question: Question, line: Line) -> Behind:
    """What is behind a line, and by what those whom it is about are one with other ids."""
    ids = {value for value in line.values.values() if isinstance(value, UUID)}
    return partial(_with_links, question, line.behind, ids) if ids else line.behind


def _with_links(question: Question, behind: Behind, ids: Set[UUID]) -> Iterator[Ref]:
    yield from behind()
    yield from identity.links_behind(question, ids)


class _Passing:
    """Where each row stands that a page is to have, the row, and its line; without what is behind
    it where nobody will ask."""

    def __init__(self, question: Question, lines: Iterable[Line], place: dict[str, Any]) -> None:
        self._reading, self._place = question.reading, place
        self._passed = 0
        self._rest = self._all(lines)

    def __iter__(self) -> Iterator[tuple[Place, dict[str, Any], Line]]:
        return self._rest

    def _all(
        self, lines: Iterable[Line]
    ) -> Generator[tuple[Place, dict[str, Any], Line], None, None]:
        page = self._reading.page
        for at, line in self._reading.placed(lines):
            row = self._place | line.values
            if page.has(row):
                self._passed += 1
                if at >= page.start:
                    yield at, row, line if page.behind else _NOTHING

    def total(self) -> int | None:
        """How many rows pass in all, where that is cheap: of what is read in chunks as many as the
        subjects say, while of any other list the rest is at hand."""
        if self._reading.is_in_chunks:
            return self._reading.total()
        for _ in self._rest:
            pass
        return self._passed

    def close(self) -> None:
        """Let go of what was read: it would wait for the garbage collector, since a generator that
        isn't at its end keeps this, and this keeps the generator."""
        self._rest.close()


def known(*refs: Ref | None) -> list[Ref]:
    """Those references that there are."""
    return [ref for ref in refs if ref is not None]
