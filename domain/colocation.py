"""Who of mentors and caseworkers sit together (*samlokalisering*)."""

from collections.abc import Collection
from uuid import UUID

from msgspec import Struct

from domain.events.team import ColocationChanged
from domain.folding import Persons, Step, Steps, Telling, steps

NOT_TOGETHER = "none"


class Colocation(Struct, frozen=True):
    """How often they sit together, a code of colocation-extents; without `persons` all do."""

    extent: str
    persons: frozenset[UUID] = frozenset()

    def of(self, several: Collection[UUID]) -> str:
        """How often these people sit together: those who aren't among the named don't."""
        return self.extent if not self.persons or self.persons >= set(several) else NOT_TOGETHER


def folded_colocations(telling: Telling, persons: Persons) -> Steps[Colocation]:
    """From a day on this holds, each a snapshot that replaces the earlier one."""
    return steps(
        Step(
            t.fact.from_,
            t.order,
            t.ref,
            Colocation(t.fact.extent, frozenset(persons.id(one) for one in t.fact.persons)),
        )
        for t in telling.of(ColocationChanged)
    )
