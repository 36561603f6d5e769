"""Events in, whichever way they came: what may be stored is, and each has its answer.

An answer is a receipt, a problem, or (a conflict) both. What is done with them (keeping what was
refused, noting how far a file has come) is done in the transaction that stores the events.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from psycopg import Cursor

from services.edge.incoming import Incoming
from services.edge.problems import Language, Problem, conflict
from services.store.municipality import Municipality
from services.store.receipts import Receipt

Parsed = Incoming | Problem
K = TypeVar("K", bound=Hashable)


class Answer(Struct, frozen=True):
    """What became of one event: a receipt, a problem, or (a conflict) both."""

    receipt: Receipt | None
    problem: Problem | None

    @property
    def status(self) -> str:
        """stored, duplicate, conflict or refused."""
        return self.receipt.status if self.receipt else "refused"

    def as_dict(self, language: Language) -> dict[str, Any]:
        """The answer as it stands in a batch's, or alone."""
        found: dict[str, Any] = {"status": self.status}
        if self.receipt is not None:
            found |= msgspec.structs.asdict(self.receipt)
        elif self.problem is not None:
            named = {"source": self.problem.source, "id": self.problem.id}
            found |= {name: value for name, value in named.items() if value is not None}
        if self.problem is not None:
            found["problem"] = self.problem.as_dict(language)
        return found


def answer_of(receipt: Receipt) -> Answer:
    """The answer that goes with a receipt."""
    is_conflict = receipt.status == "conflict"
    return Answer(receipt, conflict(receipt.source, receipt.id) if is_conflict else None)


def take(
    store: Municipality,
    parsed: Mapping[K, Parsed],
    within: Callable[[Cursor[Any], Mapping[K, Answer]], None],
) -> Mapping[K, Answer]:
    """Store what can be stored, in one transaction; an answer for each, in order.

    `within` runs just before it is committed, and may run again. Raises StoreBusyError.
    """
    facts = {n: one for n, one in parsed.items() if isinstance(one, Incoming)}
    answers: dict[K, Answer] = {}

    def answered(cursor: Cursor[Any], receipts: list[Receipt]) -> None:
        found = dict(zip(facts, receipts, strict=True))
        for n, one in parsed.items():
            answers[n] = Answer(None, one) if isinstance(one, Problem) else answer_of(found[n])
        within(cursor, answers)

    if facts:
        store.append(list(facts.values()), answered)
    else:
        with store.transaction() as cursor:
            answered(cursor, [])
    return answers
