"""A whole scenario from a seed: what happens, when it is told, and what goes wrong meanwhile."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import day_of, start_of
from domain.envelope import Recorded
from domain.events.base import Fact
from tests.domain.spec import corrected, retracted
from tests.follow_ups.story import Story
from tests.follow_ups.surroundings import tell_grants, tell_mentors, tell_team

_MOST = 45  # facts
_DAYS_THAT_SHIFT = ("from_", "to")


class Handling(Struct, frozen=True):
    """A named person puts off an open follow-up by so many days, or, with none, takes it over."""

    pick: int  # which of those open then
    days: int | None


class Arrival(Struct, frozen=True):
    """What is told, and the instant at which it is."""

    at: datetime
    what: Recorded | Handling


class Faults(Struct, frozen=True):
    """How often each thing goes wrong, as a share of all times at which it could."""

    dropped: float = 0.0  # a poke that was acknowledged, and lost
    refused: float = 0.0  # a poke that fails; the dispatcher begins anew
    doubled: float = 0.0
    late: float = 0.0  # so that it overtakes none, and others overtake it
    fails_before: float = 0.0  # a pull, before it has written anything
    fails_after: float = 0.0  # a pull that has written, and can't say so
    worker_dies: float = 0.0  # in the midst of a pull
    meanwhile: float = 0.0  # others write while a pull has looked and not yet written
    answers_late: float = 0.0  # a pull, of which the workflow hears after more was told
    twin: float = 0.0  # another worker does the same pull meanwhile
    new_run: float = 0.0  # the workflow goes on in a new run
    crashes: float = 0.0  # the dispatcher, between two turns
    marks_lost: float = 0.0
    temporal_lost: float = 0.0  # on any one day

    @property
    def none(self) -> bool:
        """Whether nothing goes wrong."""
        return not any(getattr(self, name) for name in self.__struct_fields__)


class Script(Struct, frozen=True):
    """One seed's scenario: it lasts until `ends`, and nothing goes wrong from `calm_from` on."""

    seed: int
    first: date
    arrivals: tuple[Arrival, ...]
    faults: Faults
    calm_from: datetime
    ends: datetime


def make_script(seed: int, first: date | None = None, most: int = _MOST) -> Script:
    """The scenario of a seed, always the same; it begins on a day of its own unless said.

    At most so many facts, and a few more that amend them.
    """
    chance = Random(seed)
    begins = date(2024, 11, 1) + timedelta(days=chance.randint(0, 500))
    story = Story(chance, first or begins, chance.randint(90, 330))
    story.course()
    tell_grants(story)
    tell_team(story)
    tell_mentors(story)
    told = story.events
    if len(told) > most:
        told = [told[n] for n in sorted(chance.sample(range(len(told)), most))]
    told = [*told, *_amendments(chance, told)]
    arrivals = sorted(_arrivals(chance, told), key=lambda arrival: arrival.at)
    last = max((arrival.at for arrival in arrivals), default=start_of(story.first))
    calm_from = start_of(day_of(last)) + timedelta(days=1)
    return Script(
        seed=seed,
        first=story.first,
        arrivals=tuple(arrivals),
        faults=_faults(chance),
        calm_from=calm_from,
        ends=calm_from + timedelta(days=chance.choice((3, 5, 10, 40)), hours=12),
    )


def _faults(chance: Random) -> Faults:
    """In every fourth script nothing goes wrong, in the others any of several things."""
    if chance.random() < 0.25:
        return Faults()

    def some(most: float) -> float:
        return chance.choice((0.0, most / 2, most))

    return Faults(
        dropped=some(0.1),
        refused=some(0.1),
        doubled=some(0.2),
        late=some(0.3),
        fails_before=some(0.2),
        fails_after=some(0.15),
        worker_dies=some(0.1),
        meanwhile=some(0.2),
        answers_late=some(0.3),
        twin=some(0.06),
        new_run=some(0.1),
        crashes=some(0.1),
        marks_lost=some(0.01),
        temporal_lost=some(0.01),
    )


def _amendments(chance: Random, told: Sequence[Recorded]) -> Iterator[Recorded]:
    """Corrections and retractions, of one event sometimes several."""
    for number in range(chance.choice((0, 1, 2, 3, 5)) if told else 0):
        original = chance.choice(told)
        at = original.occurred_at + timedelta(days=chance.randint(0, 60), minutes=number)
        id = f"am-{number}"
        if chance.random() < 0.35:
            yield retracted(at, original, id=id)
        else:
            moved = timedelta(days=chance.choice((0, 0, 1, -1, 7, -7, 30, -30)))
            new = min(original.occurred_at + moved, at)
            yield corrected(at, original, _shifted(chance, original.fact), at=new, id=id)


def _shifted(chance: Random, fact: Fact) -> Fact:
    """The same with other days in it, where it has any."""
    days = timedelta(days=chance.choice((0, 3, -3, 14, -14, 60)))
    changed: dict[str, Any] = {
        name: value + days
        for name in _DAYS_THAT_SHIFT
        if isinstance(value := getattr(fact, name, None), date)
    }
    return replace(fact, **changed) if changed else fact


def _arrivals(chance: Random, told: Iterable[Recorded]) -> Iterator[Arrival]:
    """Each at once or late by up to months, some twice, some in one burst; and what people do."""
    arrivals = [Arrival(_told_at(chance, event), event) for event in told]
    if not arrivals:
        return
    bursts = [chance.choice(arrivals).at for _ in range(chance.choice((0, 1, 2)))]
    for number, arrival in enumerate(arrivals):
        for burst in bursts:
            if arrival.at < burst < arrival.at + timedelta(days=chance.choice((0, 3, 30))):
                arrivals[number] = Arrival(burst, arrival.what)
    yield from arrivals
    for arrival in arrivals:
        if chance.random() < 0.08:
            yield Arrival(arrival.at + timedelta(minutes=chance.randint(0, 90_000)), arrival.what)
    first, last = min(a.at for a in arrivals), max(a.at for a in arrivals)
    for _ in range(chance.choice((0, 0, 1, 2, 4))):
        at = first + (last - first) * chance.random()
        days = chance.choice((None, 1, 5, 20))
        yield Arrival(at.replace(microsecond=0), Handling(chance.randint(0, 9), days))


def _told_at(chance: Random, event: Recorded) -> datetime:
    lateness = chance.choices(
        (
            timedelta(0),
            timedelta(minutes=chance.randint(1, 300)),
            timedelta(hours=chance.randint(1, 100)),
            timedelta(days=chance.randint(1, 25)),
            timedelta(days=chance.randint(20, 120)),
        ),
        (30, 30, 20, 13, 7),
    )
    return event.occurred_at + lateness[0]
