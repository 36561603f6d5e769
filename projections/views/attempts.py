"""What stands beside mentors' activities: attempts to reach citizens in vain (*forgæves kontakt*),
and the key persons found in their lives (*nøglepersoner*).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from domain.calendar import instants
from domain.values import Period, Ref
from projections import identity
from projections.asking import Question
from projections.facts.activities import ATTEMPTS, KEY_PERSONS
from projections.views.days import happened_in
from projections.views.time_spent import MENTORS


@dataclass(frozen=True)
class Attempts:
    """Attempts by outcome, and the minutes of those that tell any; None where none does."""

    outcomes: Counter[str] = field(default_factory=Counter)
    minutes: int | None = None

    def __add__(self, other: "Attempts") -> "Attempts":
        told = [one.minutes for one in (self, other) if one.minutes is not None]
        return Attempts(self.outcomes + other.outcomes, sum(told) if told else None)

    def values(self) -> dict[str, Any]:
        """As columns. Without attempts no time was spent on any."""
        count = self.outcomes.total()
        return {"attempts": count, "attempt_minutes": self.minutes if count else 0}


class Found(NamedTuple):
    """A key person was found: by whom, in which function."""

    person: UUID | None
    function: str
    ref: Ref


def attempts_made(question: Question, period: Period | None) -> dict[UUID | None, Attempts]:
    """Mentors' attempts on the period's days, by mentor."""
    staff = question.once(identity.staff)
    by = ("speaker", "outcome")
    found: dict[UUID | None, Attempts] = {}
    for speaker, outcome, count, minutes in question.grouped(
        ATTEMPTS, by, total="minutes", only=MENTORS, period=period
    ):
        one = staff.of(speaker)
        told = Attempts(Counter({outcome: count}), minutes)
        found[one] = found.get(one, Attempts()) + told
    return found


def attempts_behind(
    question: Question, period: Period | None, is_meant: Callable[[Any], bool]
) -> list[Ref]:
    """The events of mentors' attempts that are meant."""
    columns = ("source", "event_id", "speaker", "speaker_function")
    return [
        Ref(row.source, row.event_id)
        for row in happened_in(question, ATTEMPTS, period, *columns)
        if row.speaker_function == "mentor" and is_meant(row)
    ]


def key_persons_found(question: Question, period: Period | None) -> list[Found]:
    """The key persons found on the period's days; each once, by whoever told of them first."""
    staff = question.once(identity.staff)
    first, end = instants(period)
    columns = ("source", "event_id", "speaker", "speaker_function", "key_person")
    found: dict[str, Any] = {}
    for row in question.happened(KEY_PERSONS, *columns):
        found.setdefault(row.key_person, row)
    return [
        Found(staff.of(row.speaker), row.speaker_function, Ref(row.source, row.event_id))
        for row in found.values()
        if first <= row.occurred_at < end
    ]
