"""The staff of one municipality's mentor effort, and the mentors' hours day by day."""

from collections.abc import Callable
from random import Random

from msgspec import Struct, field
from msgspec.structs import replace

from services.demo.drafts import Day, workday
from services.demo.names import Somebody, somebody
from services.demo.places import By, Place

FULL_TIME = 2220  # minutes a week: 37 hours
_HOURS = (1110, 1110, 1295, 1480, 1480, 1665, 1850, 2220)


class Mentor(Struct):
    """Somebody employed as mentor; `steps` are the weekly minutes from a day on."""

    id: str
    person: Somebody
    steps: list[tuple[Day, int]]
    left: Day | None = None
    leave_reason: str = "resigned"
    coordinates: bool = False
    skips_supervision: bool = False

    @property
    def since(self) -> Day:
        """The first day of employment."""
        return self.steps[0][0]

    def minutes(self, day: Day) -> int:
        """Weekly minutes as mentor that hold on this day; none before and after employment."""
        if self.left is not None and day >= self.left:
            return 0
        held = [weekly for since, weekly in self.steps if since <= day]
        return held[-1] if held else 0

    def gone(self, day: Day) -> Day | None:
        """The first day after this one on which there are no hours: leave, or employment's end."""
        stops = [since for since, weekly in self.steps if weekly == 0 and since > day]
        if self.left is not None:
            stops.append(self.left)
        return min(stops, default=None)

    def minute_days(self, last: Day) -> int:
        """Weekly minutes summed over the days up to `last`, itself not included."""
        end = last if self.left is None else min(self.left, last)
        until = [since for since, _ in self.steps[1:]] + [end]
        return sum(
            weekly * max(0, min(stop, end) - since)
            for (since, weekly), stop in zip(self.steps, until, strict=True)
        )


class Worker(Struct, frozen=True):
    """A caseworker, coordinator, leader or supervisor."""

    id: str
    person: Somebody
    function: str
    since: Day
    until: Day | None = None
    employment: str | None = None
    dedicated: bool = False
    why_released: str = "other"


class Crew(Struct):
    """Everybody who works in the effort."""

    start: Day
    last: Day
    mentors: list[Mentor]
    workers: list[Worker]
    aliases: dict[str, str] = field(default_factory=dict)  # mentor → id in time registration

    def of(self, function: str) -> list[Worker]:
        """Those in this function, in order of coming."""
        return [worker for worker in self.workers if worker.function == function]

    def on(self, function: str, day: Day) -> Worker:
        """Who has the function on this day; before anybody had, the first."""
        all_of = self.of(function)
        now = [w for w in all_of if w.since <= day and (w.until is None or day < w.until)]
        return (now or all_of)[0]

    def working(self, day: Day) -> list[Mentor]:
        """The mentors with hours on this day."""
        return [mentor for mentor in self.mentors if mentor.minutes(day) > 0]

    def mean_full_time(self) -> float:
        """Time-weighted mean full-time equivalents from the team's start to the last day."""
        total = sum(mentor.minute_days(self.last) for mentor in self.mentors)
        return total / FULL_TIME / (self.last - self.start)


def hire(place: Place, start: Day, last: Day, wanted: float, rng: Random) -> Crew:
    """Engage staff until the mentors' mean full-time equivalents come to about `wanted`."""
    crew = Crew(start=start, last=last, mentors=[], workers=_workers(place, start, last, rng))
    if place.coordinator_minutes:
        coordinator = crew.of("coordinator")[0]
        steps = [(start, place.coordinator_minutes)]
        crew.mentors.append(
            Mentor(id=coordinator.id, person=coordinator.person, steps=steps, coordinates=True)
        )
    while len(crew.mentors) < 3 or crew.mean_full_time() < wanted - 0.2:
        crew.mentors.append(_mentor(place, len(crew.mentors), start, last, rng))
    own = [mentor for mentor in crew.mentors if not mentor.coordinates]
    if int(place.code) % 2 == 0:
        own[0].skips_supervision = True
    crew.aliases[own[1].id] = f"medarb-{rng.randint(200, 899)}"
    return crew


def _mentor(place: Place, number: int, start: Day, last: Day, rng: Random) -> Mentor:
    """A mentor; the first ones stay from beginning to end, of the others some come and go."""
    person = somebody(rng, born_from=1958, born_to=1992, host=place.host)
    settled = number < 3
    since, left = start, None
    chance = rng.random()
    if not settled and chance < 0.3:
        since = workday(start + rng.randint(45, 480))
    elif not settled and chance < 0.55:
        left = workday(start + rng.randint(150, last - start - 4))
    steps = [(since, rng.choice(_HOURS))]
    end = left or last
    kind = rng.random()
    if kind < 0.3 and end - since > 200:
        steps.append((since + rng.randint(60, end - since - 60), rng.choice(_HOURS)))
    elif kind < 0.38 and not settled and end - since > 320:
        away = since + rng.randint(100, 150)
        steps += [(away, 0), (away + rng.randint(60, 130), steps[0][1])]
    return Mentor(
        id=f"m-{31 + number * 3}",
        person=person,
        steps=steps,
        left=left,
        leave_reason=rng.choice(("resigned", "resigned", "contract-ended", "other-task")),
    )


def _workers(place: Place, start: Day, last: Day, rng: Random) -> list[Worker]:
    """All but the mentors; in one place the leader changes on the way."""

    def stranger() -> Somebody:
        return somebody(rng, born_from=1955, born_to=1990, host=place.host)

    workers = [
        Worker(f"s-{11 + number}", stranger(), "caseworker", start)
        for number in range(place.caseworkers)
    ]
    frees_time = place.colocation != "none"
    workers.append(Worker("k-02", stranger(), "coordinator", start, dedicated=frees_time))
    leader = Worker("l-01", stranger(), "leader", start)
    if "change-of-leader" in place.supervision.why_none:
        workers += _succeeded(leader, "l-03", stranger(), start + 250, "change-of-leader")
    else:
        workers.append(leader)
    for supervisor in _supervisors(place, start, last, stranger):
        if place.supervision.weeks == 8:  # seldom, and not to the mentors' liking
            workers += _succeeded(supervisor, "v-84", stranger(), start + 380, "mentors-wish")
        else:
            workers.append(supervisor)
    return workers


def _succeeded(first: Worker, id: str, person: Somebody, day: Day, why: str) -> list[Worker]:
    """Somebody has the function until the day on which another takes over."""
    return [
        replace(first, until=day, why_released=why),
        replace(first, id=id, person=person, since=day),
    ]


def _supervisors(
    place: Place, start: Day, last: Day, stranger: Callable[[], Somebody]
) -> list[Worker]:
    """Supervisors who are neither leader nor coordinator come when their first window begins."""
    plan = place.supervision
    length = plan.weeks * 7
    windows = range((last - start) // length + 1)
    workers: list[Worker] = []
    for number, by in enumerate((By.EXTERNAL, By.INTERNAL)):
        held = [window for window in windows if plan.held_by(window) is by]
        if held:
            since = start + held[0] * length if held[0] > 1 else start
            free = by is By.INTERNAL
            workers.append(
                Worker(
                    f"v-7{number}",
                    stranger(),
                    "supervisor",
                    since,
                    employment=by.value,
                    dedicated=free,
                )
            )
    return workers
