"""Events into rows, in memory: what a batch adds, ends and parks.

Nothing here asks the database. A batch is walked in commit order, so rows get the same positions
whether events come one by one or by the million.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.codec import decode_fact
from domain.events.common import Amendment
from domain.events.registry import REGISTRY
from domain.values import Replacement
from projections.amendments import Held, Key, replacement_of
from projections.facts.all import TABLES
from projections.facts.timeline import TIMELINE, packed_line, replacement_line
from projections.parking import Parked, Stored, Unreadable, parked_by
from projections.table import FactTable, RowOf, packed_common

Feeds = dict[type[Fact], list[tuple[FactTable, RowOf]]]
Brought = list[tuple[FactTable, bytes]]  # rows of one event, but for the common columns


def feeds_of(tables: Sequence[FactTable]) -> Feeds:
    """Every type of event, with the tables it brings rows to."""
    return {
        type_: [
            (table, row_of)
            for table in tables
            for fed_by, row_of in table.feeds
            if issubclass(type_, fed_by)
        ]
        for type_ in REGISTRY
    }


FEEDS = feeds_of(TABLES)
_BY_NAME = {type_.NAME: type_ for type_ in REGISTRY}


def _brought(fact: Fact) -> Brought:
    return [(table, table.pack(row_of(fact))) for table, row_of in FEEDS[type(fact)]]


def _feeds_of_topic(topic: str) -> list[tuple[FactTable, RowOf]]:
    """None for a topic that another release brought rows of: this one has no table for them."""
    type_ = _BY_NAME.get(topic.rsplit(".v", 1)[0])
    return FEEDS[type_] if type_ else []


class _Row:
    """A row of this batch that a later event of the batch may still end."""

    __slots__ = ("common", "packed", "superseded", "table")

    def __init__(self, table: FactTable, common: bytes, packed: bytes) -> None:
        self.table, self.common, self.packed = table, common, packed
        self.superseded: int | None = None


class Batch:
    """What a batch adds and ends.

    `held` is what is known of amended events before it, `amended` the events that an amendment of
    the batch names, `parked` the streams that wait already. An event that can't be brought into
    rows parks its stream and leaves no trace of its own in the rows; the others go on.
    """

    def __init__(
        self, held: dict[Key, Held], amended: set[Key], parked: Iterable[UUID] = ()
    ) -> None:
        self.held = held
        self.amended = amended
        # Most events are amended by none, which their ids alone tell sooner than whole keys.
        self._amended_ids = {id_ for _, _, id_ in (*held, *amended)}
        self.waiting = set(parked)
        self.parked: list[Parked] = []  # by this batch
        self.changed: dict[Key, Held] = {}
        self.rows: dict[FactTable, list[bytes]] = defaultdict(list)
        self.ended: dict[FactTable, list[tuple[UUID, str, str, int]]] = defaultdict(list)
        self._open: dict[Key, list[_Row]] = defaultdict(list)
        # Keys whose live rows are those of this batch, none of the database's.
        self._own: set[Key] = set()

    def take(self, event: Stored) -> None:
        """Take one event in, or park its stream."""
        if self.waiting and event.originator_id in self.waiting:
            return
        if isinstance(event, Unreadable):
            self._park(parked_by(event, event.kind))
            return
        try:
            self._take(event)
        except MemoryError:
            raise  # no fault of the event's
        except Exception as error:
            self._park(parked_by(event, type(error).__name__))

    def close(self) -> None:
        """Nothing more comes: no row can be ended any more."""
        for several in self._open.values():
            for row in several:
                packed = row.table.row(row.common, row.superseded, row.packed)
                self.rows[row.table].append(packed)
        self._open.clear()

    def _park(self, parked: Parked) -> None:
        self.waiting.add(parked.stream)
        self.parked.append(parked)

    # Each of the following first does all that can fail, then changes the batch.

    def _take(self, event: Recorded) -> None:
        key = (event.originator_id, event.source, event.source_id)
        fact = event.fact
        common = packed_common(*key, event.occurred_at, event.sequence, event.position)
        said = TIMELINE.row(common, None, packed_line(event))
        if isinstance(fact, Amendment):
            self._amend((event.originator_id, fact.target.source, fact.target.id), event)
        elif event.source_id in self._amended_ids and (key in self.amended or key in self.held):
            self._arrive(key, event, common)
        else:
            feeds = FEEDS[type(fact)]
            new = [(table, table.live_row(common, row_of(fact))) for table, row_of in feeds]
            for table, row in new:
                self.rows[table].append(row)
        self.rows[TIMELINE].append(said)

    def _arrive(self, key: Key, event: Recorded, common: bytes) -> None:
        """An original that is amended, before it came or after."""
        held = self.held.get(key) or Held()
        if held.order is None:
            self._add(key, common, _brought(event.fact))
        elif event.sequence is not None:
            # What it says is overruled already, but the replacement stands in its sequence.
            new = held.replacement
            brought = _brought(decode_fact(new.type, new.data)) if new else []
            self._end(key, held.live_topic, event.position)
            self._replace(key, new, brought, event.sequence, event.position)
        if held.order is not None:
            self.changed[key] = held
        held.arrive(event)
        self.held[key] = held

    def _amend(self, key: Key, event: Recorded) -> None:
        new = replacement_of(event)
        brought: Brought = []
        if new is not None:
            fact = decode_fact(new.type, new.data)
            common = packed_common(*key, new.time, None, event.position)
            said = TIMELINE.live_row(common, replacement_line(event, new.type, fact))
            brought = _brought(fact)
            self.rows[TIMELINE].append(said)
        held = self.held.setdefault(key, Held())
        live = held.live_topic
        if not held.take(event):
            return
        self.changed[key] = held
        self._end(key, live, event.position)
        self._replace(key, new, brought, held.sequence, event.position)

    def _replace(
        self,
        key: Key,
        new: Replacement | None,
        brought: Brought,
        sequence: int | None,
        position: int,
    ) -> None:
        self._own.add(key)
        if new is not None:
            self._add(key, packed_common(*key, new.time, sequence, position), brought)

    def _add(self, key: Key, common: bytes, brought: Brought) -> None:
        self._own.add(key)
        self._open[key] += [_Row(table, common, packed) for table, packed in brought]

    def _end(self, key: Key, live_topic: str | None, position: int) -> None:
        if key in self._own:
            for row in self._open[key]:
                if row.superseded is None:
                    row.superseded = position
        elif live_topic is not None:
            for table, _ in _feeds_of_topic(live_topic):
                self.ended[table].append((*key, position))
