"""What differs between two moments (*hvad er ændret*): in what was known, or in what was true.

Of each course, mentor and team: the fields before and after, and the events that made the
difference. What came and went in between is none.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct
from psycopg.sql import SQL, Identifier

from domain.calendar import day_of
from domain.envelope import Recorded, effective
from domain.events.common import Amendment
from domain.values import Ref
from services.audit.replaying.beginning import begins, has_begun
from services.audit.replaying.in_force import InForce, in_force
from services.audit.replaying.past import Past, Thread
from services.audit.replaying.plain import Difference, differences
from services.audit.replaying.replay import Same
from services.audit.replaying.sheet import Place
from services.audit.replaying.unfolding import Unfolding, folding

IN_FORCE = "in_force"


class Made(NamedTuple):
    """A difference, and the events that made it; none where only time did."""

    difference: Difference
    by: list[Recorded]


class Differing(Struct, frozen=True):
    """What differs of one stream; `events` are all in between, those too that changed nothing."""

    thread: Thread
    events: list[Recorded]
    made: list[Made]


class _Net:
    """Of changes one after the other what is left in the end."""

    def __init__(self) -> None:
        self._first: dict[tuple[Place, str], Difference] = {}
        self._last: dict[tuple[Place, str], Difference] = {}
        self._by: defaultdict[tuple[Place, str], list[Recorded]] = defaultdict(list)

    def add(self, several: Iterable[Difference], by: Recorded) -> None:
        for one in several:
            key = (one.place, one.field)
            self._first.setdefault(key, one)
            self._last[key] = one
            if by not in self._by[key]:
                self._by[key].append(by)

    def made(self) -> list[Made]:
        return [
            Made(Difference(*key, first.before, self._last[key].after), self._by[key])
            for key, first in self._first.items()
            if first.before != self._last[key].after
        ]


def learned(
    past: Past, since: int, threads: Iterable[Thread], as_of: datetime | None = None
) -> Iterator[Differing]:
    """What is known at the position of `past` and wasn't at an earlier one.

    Both are read with the ids that are one now, so that nobody changes by getting another id. With
    `as_of` only what had begun to hold by then.
    """
    for thread in threads:
        new = [event for event in thread.events if event.position > since]
        if new:
            yield _learned(thread, past.same, since, new, as_of)


def _learned(
    thread: Thread, same: Same, since: int, new: list[Recorded], as_of: datetime | None
) -> Differing:
    unfolding, net = Unfolding(thread.kind, same), _Net()
    told: defaultdict[Ref, list[Recorded]] = defaultdict(list)
    for event in thread.events:
        if event.position <= since:
            told[_about(event)].append(event)
    for several in told.values():
        unfolding.begin(_counting(several, as_of))
    events = sorted(new, key=attrgetter("position"))
    for event in events:
        ref = _about(event)
        told[ref].append(event)
        counting = next(iter(_counting(told[ref], as_of)), None)
        changed = unfolding.put(ref, counting)
        net.add((one for change in changed for one in differences(change)), event)
    return Differing(thread, events, net.made())


def _about(event: Recorded) -> Ref:
    """The event that it is, or amends."""
    return event.fact.target if isinstance(event.fact, Amendment) else event.ref


def _counting(events: list[Recorded], as_of: datetime | None) -> list[Recorded]:
    return [one for one in effective(events) if as_of is None or has_begun(one, as_of)]


def came_true(
    past: Past, since: datetime, until: datetime, threads: Iterable[Thread]
) -> Iterator[Differing]:
    """What was true at a moment and not at an earlier one, as is known now; also what time alone
    made of it, such as a grant that ran out."""
    for thread in threads:
        found = _came_true(thread, past.same, since, until)
        if found.events or found.made:
            yield found


def _came_true(thread: Thread, same: Same, since: datetime, until: datetime) -> Differing:
    fold = folding(thread.kind, same)
    counting = effective(thread.events)
    before = [event for event in counting if has_begun(event, since)]
    later = [e for e in counting if not has_begun(e, since) and has_begun(e, until)]
    known = fold(counting)
    if not later:  # of most streams: then only time can have made a difference
        half = known if len(before) == len(counting) else fold(before)
        at = (since, until) if before else ()
        was, now = [in_force(known, half, day_of(one)) for one in at] or ({}, {})
        return Differing(thread, [], list(_by_time(was, now)))
    unfolding, net = Unfolding(thread.kind, same), _Net()
    events = sorted(later, key=lambda event: (begins(event), event.order))
    unfolding.begin(before)
    for event in events:
        changed = unfolding.put(event.ref, event)
        net.add((one for change in changed for one in differences(change)), event)
    was = in_force(known, fold(before), day_of(since)) if before else {}
    now = in_force(known, fold([*before, *later]), day_of(until))
    return Differing(thread, events, [*_by_time(was, now), *net.made()])


def _by_time(was: InForce, now: InForce) -> Iterator[Made]:
    for name in dict.fromkeys([*was, *now]):
        if was.get(name) != now.get(name):
            yield Made(Difference(Place(IN_FORCE), name, was.get(name), now.get(name)), [])


def touched(past: Past, since: int) -> list[tuple[str, UUID]]:
    """The streams, each with its kind, of which something was received between a position and that
    of `past`."""
    between = SQL(
        "SELECT DISTINCT originator_id, split_part(topic, '.', 1) FROM {}.events"
        " WHERE notification_id > %b AND notification_id <= %b"
    ).format(Identifier(past.store.schema))
    with past.store.transaction() as cursor:
        found = cursor.execute(between, (since, past.position)).fetchall()
    return [(kind, stream) for stream, kind in sorted(found)]
