"""How a view answers: lines, each with the events behind it, become an answer with its position."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, Protocol

from domain.values import Ref
from projections.asking import Answer, Behind, Connection, Municipality, Question


@dataclass(frozen=True)
class Line:
    """One row of an answer, and the events that it was worked out from."""

    values: dict[str, Any]
    behind: Behind = field(default=tuple)


class Ask(Protocol):
    """A view as it is asked: of one municipality, of a moment, as known at a position.

    What else may be asked (a `period`, the `streams` of a course) each view says for itself.
    """

    def __call__(
        self,
        connection: Connection,
        municipality: Municipality,
        *,
        as_of: datetime | None = None,
        known_at: int | None = None,
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
        **asked: Any,
    ) -> Answer:
        question = Question(connection, municipality.schema, as_of=as_of, known_at=known_at)
        place = {"municipality": municipality.name, "municipality_code": municipality.code}
        lines = list(told(question, **asked))
        rows = [place | line.values for line in lines]
        return question.answer(rows, [line.behind for line in lines])

    return ask


def known(*refs: Ref | None) -> list[Ref]:
    """Those references that there are."""
    return [ref for ref in refs if ref is not None]
