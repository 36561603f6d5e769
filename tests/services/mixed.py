"""Events of every kind that case systems send, and what they must have brought."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

from psycopg.sql import SQL, Identifier

from domain.envelope import Recorded, effective
from projections.batch import FEEDS
from projections.facts.all import TABLES
from projections.facts.timeline import TIMELINE
from services.edge.incoming import Incoming
from services.edge.models import TYPES
from services.store.municipality import Municipality
from tests.services.edge.events import full, parse, taken

_SUBJECTS = {"course": "c", "mentor": "m", "team": "t"}
_AMENDED = ("corrects", "retracts")


def mixed(writer: str, subjects: int = 4) -> Iterator[Incoming]:
    """Events without end, of all types in turn; those of a round are of one course, one mentor and
    one team, of which there are so many. An amendment amends one of its round.
    """
    topics = sendable()
    for number in count():
        round_, place = divmod(number, len(topics))
        sent: dict[str, Any] = full(topics[place])
        kind = topics[place].split(".")[0]
        subject = f"{_SUBJECTS[kind]}-{writer}-{round_ % subjects}"
        sent |= {"id": f"ev-{writer}-{number}", "subject": subject}
        for name in _AMENDED:
            if name in sent["data"]:
                earlier = _earlier(topics, kind, round_)
                sent["data"][name] = {"id": f"ev-{writer}-{earlier}"}
        yield taken(sent)


@cache
def sendable() -> list[str]:
    """The topics that a case system may send: some are written by our own rules and people only."""
    return [topic for topic in sorted(TYPES.values()) if isinstance(parse(full(topic)), Incoming)]


def _earlier(topics: list[str], kind: str, round_: int) -> int:
    """The number of an event of that kind of stream, another in each round."""
    own = [n for n, topic in enumerate(topics) if topic.startswith(kind)]
    return round_ * len(topics) + own[round_ % len(own)]


def rows_by_events(log: Iterable[Recorded]) -> Counter[str]:
    """How many rows hold in each fact table, as the events that count in a log have it."""
    streams: dict[UUID, list[Recorded]] = {}
    for event in log:
        streams.setdefault(event.originator_id, []).append(event)
    return Counter(
        table.name
        for events in streams.values()
        for event in effective(events)
        for table, _ in FEEDS[type(event.fact)]
    )


def rows_by_table(municipality: Municipality) -> Counter[str]:
    """How many rows hold in each fact table but the timeline, which has one for every event."""
    holds = SQL("SELECT count(*) FROM {} WHERE superseded IS NULL")
    found: Counter[str] = Counter()
    with municipality.transaction() as cursor:
        for table in set(TABLES) - {TIMELINE}:
            name = Identifier(municipality.schema, table.name)
            [(rows,)] = cursor.execute(holds.format(name)).fetchall()
            found[table.name] = rows
    return found
