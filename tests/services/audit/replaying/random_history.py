"""Random histories for a real store: events of every kind, told late, corrected, taken back."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

from msgspec.structs import replace

from services.edge.incoming import Incoming
from tests.services.mixed import mixed

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 120


def history(chance: Random, many: int, subjects: int = 3) -> Iterator[Sequence[Incoming]]:
    """So many events of so many courses and mentors and one team, some at a time.

    Each happened at some time of four months, and came in when it happened or up to hundred events
    later. Of citizens nothing is linked, so that citizens can be counted by their courses.
    """
    told = [_at_random(chance, event) for event in islice(mixed("r", subjects), many)]
    kept = [event for event in told if event.data.get("what") != "citizen"]
    late = sorted(range(len(kept)), key=lambda number: number + chance.choice((0, 0, 3, 40, 100)))
    arriving = [kept[number] for number in late]
    while arriving:
        some = chance.randint(1, 12)
        yield arriving[:some]
        arriving = arriving[some:]


def moment(chance: Random) -> datetime:
    """Some moment within the four months, or just outside of them."""
    return FIRST + timedelta(days=chance.uniform(-5, DAYS + 5))


def _at_random(chance: Random, event: Incoming) -> Incoming:
    """The same at some time, with its days moved as far."""
    days = chance.randrange(DAYS)
    data = dict(event.data)
    for name in ("from", "to"):
        if isinstance(data.get(name), str):
            day = (FIRST + timedelta(days=chance.randrange(DAYS))).date()
            data[name] = day.isoformat()
    return replace(event, time=FIRST + timedelta(days=days, hours=9), data=data)
