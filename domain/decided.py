"""What was decided by a moment: what is decided after it, of days after it, can't be told yet."""

from collections.abc import Iterator
from datetime import datetime

from domain.calendar import day_of
from domain.events.course import Closed, MatchEnded, Reopened
from domain.folding import Telling
from domain.values import Ref


def decided_by(telling: Telling, as_of: datetime) -> Telling:
    """A course without the ends, closes and reopenings that were told after `as_of` and hold from a
    day after it.

    On the day of `as_of` and before it all is open, matched and ended as it is with them: turns and
    ends count by their days, and those that are left out have later ones.
    """
    ahead = set(_ahead(telling, as_of))
    return telling.without(ahead) if ahead else telling


def _ahead(telling: Telling, as_of: datetime) -> Iterator[Ref]:
    day = day_of(as_of)
    for closed in telling.of(Closed):
        if closed.at > as_of and closed.fact.to > day:
            yield closed.ref
    for ended in telling.of(MatchEnded):
        if ended.at > as_of and ended.fact.to > day:
            yield ended.ref
    for reopened in telling.of(Reopened):
        if reopened.at > as_of and reopened.fact.from_ > day:
            yield reopened.ref
