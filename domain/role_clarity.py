"""Role clarity (*rolleafklaring*): who does what between a mentor and a caseworker on a course.

Every reading is computed from facts; none is stored. `Seen` is what the readings are made of, and
comes from a folded course (domain/role_facts.py) or straight from rows. The numbers in `Thresholds`
are this project's.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from msgspec import Struct

from domain.role_division import (
    Division,
    Overall,
    Reading,
    Reason,
    Why,
    divisions,
    overall,
    reading,
    reasons,
)
from domain.values import Ref

__all__ = [
    "ASSUMED",
    "Balance",
    "CommonGoal",
    "Contacts",
    "Division",
    "Overall",
    "Reading",
    "RoleClarity",
    "Seen",
    "Thresholds",
    "balance",
    "divisions",
    "of_statements",
    "overall",
    "read",
    "reading",
]


class Balance(StrEnum):
    """Integration of mentor and caseworker: too little loses the thread, too much blurs roles."""

    TOO_LOOSE = "too-loose"
    BALANCED = "balanced"
    TOO_TIGHT = "too-tight"
    UNKNOWN = "unknown"


class Thresholds(Struct, frozen=True):
    """Days and numbers behind the balance; all are assumptions.

    Too loose: no mentor-caseworker contact for more than `loose_after` days (twice the 14 days of
    running coordination). Too tight: not too loose, and `tight_from` boundary crossings or more
    in the last `crossings_in` days. One crossing may be a slip; two are a pattern. Frictions are
    counted over `frictions_in` days.
    """

    contacts_in: int = 30
    loose_after: int = 28
    crossings_in: int = 90
    tight_from: int = 2
    frictions_in: int = 90


ASSUMED = Thresholds()


class CommonGoal(Struct, frozen=True, kw_only=True):
    """The current goal version (*fælles mål*), and who of the two stands by it.

    `reviewed_days_ago` counts from the latest review or, without one, from its setting.
    """

    goal: Ref | None = None
    mentor_stands_by: bool = False
    caseworker_stands_by: bool = False
    reviewed_days_ago: int | None = None

    @property
    def is_common(self) -> bool:
        """Whether the present mentor and the present caseworker both stand by it."""
        return self.mentor_stands_by and self.caseworker_stands_by


class Contacts(Struct, frozen=True, kw_only=True):
    """Mentor-caseworker contact: how long ago, and how often of late by form."""

    days_since: int | None = None
    by_form: Mapping[str, int] = {}

    @property
    def lately(self) -> int:
        """How often of late."""
        return sum(self.by_form.values())


class Seen(Struct, frozen=True, kw_only=True):
    """What is known of a pair on a day.

    `together_since` is the day from which the two are a pair; None where one of them is missing.
    `crossings` and `frictions` are those of late, by kind. `unsettled` has, for each friction about
    the roles that is neither taken up nor followed by new statements, the responsibility; None
    where it names none.
    """

    mentor: UUID | None = None
    caseworker: UUID | None = None
    together_since: date | None = None
    mentor_says: Mapping[str, str] = {}
    caseworker_says: Mapping[str, str] = {}
    goal: CommonGoal = CommonGoal()
    contacts: Contacts = Contacts()
    crossings: Mapping[str, int] = {}
    frictions: Mapping[str, int] = {}
    unsettled: frozenset[str | None] = frozenset()

    @property
    def two(self) -> tuple[UUID, UUID] | None:
        """The mentor and the caseworker who are the pair; None where one of them is missing."""
        return (self.mentor, self.caseworker) if self.mentor and self.caseworker else None


class RoleClarity(Struct, frozen=True):
    """The whole reading of one pair on one course on one day."""

    seen: Seen
    divisions: tuple[Division, ...]
    overall: Overall
    reasons: tuple[Reason, ...]
    balance: Balance


def read(seen: Seen, day: date, thresholds: Thresholds = ASSUMED) -> RoleClarity:
    """Role clarity of a pair on a day.

    The state is that of the statements. Unsettled friction about the roles makes it unclear
    whatever was stated before: who reports it doesn't find them clear.
    """
    divided, state, found = of_statements(
        frozenset(seen.mentor_says.items()), frozenset(seen.caseworker_says.items())
    )
    is_all = not seen.unsettled and seen.mentor is not None and seen.caseworker is not None
    return RoleClarity(
        seen=seen,
        divisions=divided,
        overall=Overall.UNCLEAR if seen.unsettled else state,
        reasons=found if is_all else _reasons(seen, divided, found),
        balance=balance(
            seen.contacts, sum(seen.crossings.values()), seen.together_since, day, thresholds
        ),
    )


@lru_cache(4096)
def of_statements(
    mentor_says: frozenset[tuple[str, str]], caseworker_says: frozenset[tuple[str, str]]
) -> tuple[tuple[Division, ...], Overall, tuple[Reason, ...]]:
    """What two statements alone tell; remembered, since many pairs divide the roles alike."""
    divided = divisions(dict(mentor_says), dict(caseworker_says))
    return divided, overall(divided), tuple(reasons(divided))


def _reasons(
    seen: Seen, divided: Sequence[Division], stated: Sequence[Reason]
) -> tuple[Reason, ...]:
    """Those of the statements, of friction, and of who is missing; the worst first."""
    found = list(stated)
    if seen.unsettled:
        named = (one.responsibility for one in divided if one.responsibility in seen.unsettled)
        found.append(Reason(Why.FRICTION, tuple(named)))
    if seen.mentor is None:
        found.append(Reason(Why.NO_MENTOR))
    if seen.caseworker is None:
        found.append(Reason(Why.NO_CASEWORKER))
    order = list(Why)
    return tuple(sorted(found, key=lambda reason: order.index(reason.why)))


def balance(
    contacts: Contacts,
    crossings: int,
    together_since: date | None,
    day: date,
    thresholds: Thresholds = ASSUMED,
) -> Balance:
    """Too loose before too tight: roles that blur without contact need contact first.

    Unknown without a pair, and for a pair too new to have been in touch.
    """
    if together_since is None:
        return Balance.UNKNOWN
    together = (day - together_since).days
    if contacts.days_since is None and together <= thresholds.loose_after:
        return Balance.UNKNOWN
    if contacts.days_since is None or contacts.days_since > thresholds.loose_after:
        return Balance.TOO_LOOSE
    return Balance.TOO_TIGHT if crossings >= thresholds.tight_from else Balance.BALANCED
