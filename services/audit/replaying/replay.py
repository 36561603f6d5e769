"""A course told anew from its events alone (*genafspilning*): step by step, and where it ends.

Steps come in the order in which a state is folded: by when things happened. A correction stands in
its original's place; what was retracted is told where it stood, and changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from domain.calendar import day_of
from domain.envelope import Recorded, amending, effective
from domain.events.common import Amendment
from domain.values import Ref
from services.audit.replaying.beginning import has_begun
from services.audit.replaying.in_force import InForce, in_force
from services.audit.replaying.past import Thread
from services.audit.replaying.plain import Difference, differences
from services.audit.replaying.sheet import Sheet, sheet_of
from services.audit.replaying.unfolding import Unfolding, folding
from services.collecting import no_collecting

Same = Mapping[UUID, UUID]


class Said(NamedTuple):
    """An event as it counts, or counted until it was retracted; `original` as it was told at first,
    where that is known, and the correction or retraction that holds, if any does."""

    event: Recorded
    original: Recorded | None
    amendment: Recorded | None
    counts: bool


class Step(NamedTuple):
    """What was said, and what it changed, field by field."""

    said: Said
    changes: list[Difference]


class End(Struct, frozen=True):
    """Where a stream ends: its state as of a moment, and what is in force on that day.

    Of its `events`, `begun` are those that count and had begun by then; without any there is no
    state, and nothing is in force.
    """

    thread: Thread
    as_of: datetime
    position: int
    events: int
    begun: int
    sheet: Sheet
    in_force: InForce


def said_in(events: Iterable[Recorded]) -> list[Said]:
    """What events say, in fold order, each with what amends it."""
    told = list(events)
    held = amending(told)
    originals: dict[Ref, Recorded] = {}
    for event in told:
        if not isinstance(event.fact, Amendment):
            originals.setdefault(event.ref, event)
    counting = {event.ref: event for event in effective(told)}
    retracted = {ref: event for ref, event in originals.items() if ref not in counting}
    every = [*counting.values(), *retracted.values()]
    return [
        Said(event, originals.get(event.ref), held.get(event.ref), event.ref in counting)
        for event in sorted(every, key=lambda event: event.order)
    ]


@no_collecting()
def replayed(
    thread: Thread, same: Same, as_of: datetime, position: int, *, each: bool
) -> tuple[list[Step], End]:
    """Where a stream ends; with `each` the steps to there too."""
    taken = list(steps(thread, same, as_of)) if each else []
    return taken, end_of(thread, same, as_of, position)


def steps(thread: Thread, same: Same, as_of: datetime) -> Iterator[Step]:
    """What each event changed, of those that had begun to hold by a moment."""
    unfolding, every = Unfolding(thread.kind, same), said_in(thread.events)
    unfolding.foresee(said.event for said in every if said.counts)
    for said in every:
        if has_begun(said.event, as_of):
            put = unfolding.put(said.event.ref, said.event) if said.counts else []
            yield Step(said, [one for change in put for one in differences(change)])


def end_of(thread: Thread, same: Same, as_of: datetime, position: int) -> End:
    """The state as of a moment, folded at once."""
    fold = folding(thread.kind, same)
    counting = effective(thread.events)
    begun = [event for event in counting if has_begun(event, as_of)]
    known = fold(counting)
    state = known if len(begun) == len(counting) else fold(begun)
    return End(
        thread,
        as_of,
        position,
        len(thread.events),
        len(begun),
        sheet_of(state) if begun else {},
        in_force(known, state, day_of(as_of)) if begun else {},
    )
