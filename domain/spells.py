"""When a course is open: from ever until it is closed, and again from each reopening."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from domain.calendar import ALWAYS
from domain.events.course import Closed, Reopened
from domain.folding import Step, Telling, steps
from domain.values import Period, Ref


class Spell(Struct, frozen=True):
    """Days on which the course was open, and the events that began and ended them."""

    days: Period
    begun_by: Ref | None = None
    ended_by: Ref | None = None


def folded_spells(telling: Telling) -> tuple[Spell, ...]:
    """The open days of a course, by day first, then in fold order.

    A close of what is closed, and a reopening of what is open, change nothing.
    """
    turns = [Step(t.fact.to, t.order, t.ref, False) for t in telling.of(Closed)]
    turns += [Step(t.fact.from_, t.order, t.ref, True) for t in telling.of(Reopened)]
    spells: list[Spell] = []
    now: Spell | None = Spell(Period(ALWAYS))
    for turn in steps(turns):
        if now is not None and not turn.value:
            spells.append(Spell(Period(now.days.from_, turn.from_), now.begun_by, turn.ref))
            now = None
        elif now is None and turn.value:
            now = Spell(Period(turn.from_), turn.ref)
    return (*spells, now) if now else tuple(spells)


def spell_from(spells: Sequence[Spell], day: date) -> Spell | None:
    """The spell that covers a day, else the next one after it; None once closed for good."""
    return next((s for s in spells if s.days.to is None or s.days.to > day), None)


def close_of(spells: Sequence[Spell], day: date) -> Spell | None:
    """The spell whose end closes what began on that day: the one it fell in, else the last one
    before it. None while that spell is open."""
    begun = [s for s in spells if s.days.from_ <= day]
    last = begun[-1] if begun else None
    return last if last and last.ended_by else None
