"""What supports the division of roles in a team: workshops, follow-up, sitting together."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domain.calendar import day_of
from domain.colocation import Colocation, folded_colocations
from domain.folding import Persons, Step, Telling, held_on
from domain.values import Ref
from projections import identity
from projections.asking import Question
from projections.facts.roles import COLOCATIONS, FOLLOW_UPS, WORKSHOPS
from projections.selecting import Wanted, telling


@dataclass(frozen=True)
class Support:
    """What was held up to the moment asked about, in fold order, and who sits together that day."""

    workshops: list[Any]
    follow_ups: list[Any]
    colocation: Step[Colocation] | None

    def values(self, day: date) -> dict[str, Any]:
        """What all rows share."""
        workshop, follow_up = self.workshops[-1:], self.follow_ups[-1:]
        return {
            "role_workshop_held": bool(workshop),
            "role_workshop_days_ago": _days_since(workshop, day),
            "role_follow_up_days_ago": _days_since(follow_up, day),
            "role_follow_up_outcome": follow_up[0].outcome if follow_up else None,
        }

    def colocation_of(self, several: Collection[UUID]) -> str | None:
        """How often these sit together; None where nothing was said of it."""
        return self.colocation.value.of(several) if self.colocation else None

    @property
    def behind(self) -> Iterator[Ref]:
        """The workshops, the last follow-up, and what holds of sitting together."""
        for row in [*self.workshops, *self.follow_ups[-1:]]:
            yield Ref(row.source, row.event_id)
        if self.colocation:
            yield self.colocation.ref


def support_of(question: Question) -> Support:
    """The support of the team."""
    persons = Persons(question.once(identity.staff))
    told = Telling(question.facts(COLOCATIONS))
    workshops, follow_ups = question.each(_held(question))
    return Support(
        list(workshops),
        list(follow_ups),
        held_on(folded_colocations(told, persons), question.day),
    )


def read_by_support(question: Question) -> list[Wanted]:
    """What `support_of` reads, besides who is who."""
    return [telling(COLOCATIONS), *_held(question)]


def _held(question: Question) -> list[Wanted]:
    columns = ("occurred_at", "source", "event_id")
    return [
        Wanted(WORKSHOPS, columns, until=question.as_of),
        Wanted(FOLLOW_UPS, (*columns, "outcome"), until=question.as_of),
    ]


def _days_since(rows: list[Any], day: date) -> int | None:
    return (day - day_of(rows[-1].occurred_at)).days if rows else None
