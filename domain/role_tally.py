"""Several readings of role clarity as one (*rolleklarhed samlet*): what is counted over them."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from msgspec import Struct

from domain import codes
from domain.role_clarity import Balance, RoleClarity
from domain.role_division import Division, Overall, Reading

K = TypeVar("K", bound=Hashable)

_EACH = ((one, reading) for one in codes.responsibilities.codes for reading in Reading)
_PLACE = {each: place for place, each in enumerate(_EACH)}


class Tally(Struct, frozen=True, kw_only=True):
    """How many pairs on courses are in which state, and the sums of what is counted.

    `readings` has each responsibility with how it reads; `days_since` is the latest contact's;
    kinds that there are none of are left out.
    """

    states: Mapping[Overall, int] = {}
    balances: Mapping[Balance, int] = {}
    readings: Mapping[tuple[str, Reading], int] = {}
    common_goals: int = 0
    contacted_lately: int = 0
    days_since: int | None = None
    by_form: Mapping[str, int] = {}
    crossings: Mapping[str, int] = {}
    frictions: Mapping[str, int] = {}

    @property
    def by_responsibility(self) -> dict[str, dict[str, int]]:
        """Each responsibility: how many read so, for the readings that there are."""
        found: dict[str, dict[str, int]] = {}
        for one, reading in sorted(self.readings, key=_PLACE.__getitem__):
            found.setdefault(one, {})[reading] = self.readings[one, reading]
        return found


def tally(several: Sequence[RoleClarity]) -> Tally:
    """What these readings come to."""
    seen = [clarity.seen for clarity in several]
    since = (one.contacts.days_since for one in seen)
    return Tally(
        states=counted((clarity.overall, 1) for clarity in several),
        balances=counted((clarity.balance, 1) for clarity in several),
        readings=_sum(_once(clarity.divisions) for clarity in several),
        common_goals=sum(one.goal.is_common for one in seen),
        contacted_lately=sum(one.contacts.lately > 0 for one in seen),
        days_since=min((days for days in since if days is not None), default=None),
        by_form=_sum(one.contacts.by_form for one in seen),
        crossings=_sum(one.crossings for one in seen),
        frictions=_sum(one.frictions for one in seen),
    )


def together(one: Tally, other: Tally) -> Tally:
    """Two tallies of different pairs as one."""
    since = [days for days in (one.days_since, other.days_since) if days is not None]
    return Tally(
        states=_sum([one.states, other.states]),
        balances=_sum([one.balances, other.balances]),
        readings=_sum([one.readings, other.readings]),
        common_goals=one.common_goals + other.common_goals,
        contacted_lately=one.contacted_lately + other.contacted_lately,
        days_since=min(since, default=None),
        by_form=_sum([one.by_form, other.by_form]),
        crossings=_sum([one.crossings, other.crossings]),
        frictions=_sum([one.frictions, other.frictions]),
    )


@lru_cache(4096)
def _once(divisions: tuple[Division, ...]) -> Mapping[tuple[str, Reading], int]:
    """How the responsibilities of one pair read; remembered, since many pairs divide them alike."""
    return MappingProxyType(divided([(divisions, 1)]))


def divided(
    several: Iterable[tuple[tuple[Division, ...], int]],
) -> dict[tuple[str, Reading], int]:
    """How many read each responsibility so, of divisions and on how many courses each is."""
    return counted(
        ((division.responsibility, division.reading), number)
        for divisions, number in several
        for division in divisions
    )


def counted(several: Iterable[tuple[K, int]]) -> dict[K, int]:
    """The sums by kind; a kind that there are none of is left out."""
    total: dict[K, int] = {}
    for kind, number in several:
        if number:
            total[kind] = total.get(kind, 0) + number
    return total


def _sum(several: Iterable[Mapping[K, int]]) -> Mapping[K, int]:
    """The sums by kind; what only one has any of is that."""
    found = [one for one in several if one]
    if len(found) == 1:
        return found[0]
    return counted(each for one in found for each in one.items())
