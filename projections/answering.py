"""How a view answers: lines, each with the events behind it, become an answer with its position."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from itertools import islice
from typing import Any, Protocol

from domain.values import Ref
from projections.asking import Answer, Behind, Connection, Municipality, Question
from projections.paging import WHOLE, Page, Place


@dataclass(frozen=True)
class Line:
    """One row of an answer, and the events that it was worked out from."""

    values: dict[str, Any]
    behind: Behind = field(default=tuple)


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


def view(told: Callable[..., Iterable[Line]]) -> Ask:
    """Make a view of a function of a question that tells lines."""

    @wraps(told)
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
        place = {"municipality": municipality.name, "municipality_code": municipality.code}
        lines = told(question, **asked) if page.has(place) else ()
        found = list(islice(_passing(question, lines, place), page.limit))
        behind = [behind for _, _, behind in found] if page.behind else []
        return question.answer([row for _, row, _ in found], behind, [at for at, _, _ in found])

    return ask


def _passing(
    question: Question, lines: Iterable[Line], place: dict[str, Any]
) -> Iterator[tuple[Place, dict[str, Any], Behind]]:
    """Where each row stands that the page is to have, the row, and what is behind it."""
    page = question.reading.page
    for at, line in question.reading.placed(lines):
        row = place | line.values
        if page.has(row):
            yield at, row, line.behind if page.behind else tuple


def known(*refs: Ref | None) -> list[Ref]:
    """Those references that there are."""
    return [ref for ref in refs if ref is not None]
