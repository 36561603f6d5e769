"""A staff member as mentor: employment and hours, folded in any order of arrival."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from domain.calendar import covers
from domain.caseload import WeeklyHours
from domain.envelope import Recorded
from domain.events.mentor import Employed, HoursChanged, Left
from domain.folding import Step, Steps, Telling, held_on
from domain.raised import FollowUps, folded_follow_ups
from domain.values import Period, Ref


class Hours(Struct, frozen=True):
    """Weekly minutes as mentor; not employed has none. 0 minutes is leave, still employed."""

    minutes: int
    employed: bool


class Service(Struct, frozen=True):
    """Days on which the mentor worked as one, more than 0 minutes a week.

    `begun_by` and `ended_by` are the events; `left` tells leaving from leave.
    """

    days: Period
    begun_by: Ref
    ended_by: Ref | None = None
    left: bool = False


class Departure(Struct, frozen=True):
    """A mentor who left (*fratrådt*): not employed from this day on, until they come `back`,
    employed anew by `back_by`."""

    on: date
    ref: Ref
    back: date | None = None
    back_by: Ref | None = None

    def covers(self, day: date) -> bool:
        """Whether the mentor is gone on that day."""
        return covers(Period(self.on, self.back), day)


class MentorState(Struct, frozen=True, kw_only=True):
    """What rules need to know of a mentor. Empty before anything is told."""

    hours: Steps[Hours] = ()
    amendments: dict[Ref, Ref] = {}
    follow_ups: FollowUps = {}

    def hours_on(self, day: date) -> int:
        """Weekly minutes as mentor on that day; 0 where none are known."""
        held = held_on(self.hours, day)
        return held.value.minutes if held else 0

    def is_employed_on(self, day: date) -> bool:
        """Whether employed as mentor on that day, on leave too."""
        held = held_on(self.hours, day)
        return held is not None and held.value.employed

    def is_on_leave_on(self, day: date) -> bool:
        """Whether on leave (*orlov*) on that day: employed, with no hours."""
        return self.is_employed_on(day) and not self.hours_on(day)

    @property
    def weekly_hours(self) -> list[WeeklyHours]:
        """The step function of weekly minutes, as caseload reads it."""
        return [WeeklyHours(step.from_, step.value.minutes) for step in self.hours]

    @property
    def services(self) -> list[Service]:
        """The unbroken stretches of work, by day."""
        found: list[Service] = []
        begun: Step[Hours] | None = None
        for step in self.hours:
            if begun is None and step.value.minutes:
                begun = step
            elif begun is not None and not step.value.minutes:
                days = Period(begun.from_, step.from_)
                found.append(Service(days, begun.ref, step.ref, left=not step.value.employed))
                begun = None
        if begun is not None:
            found.append(Service(Period(begun.from_), begun.ref))
        return found

    @property
    def departures(self) -> list[Departure]:
        """Each leaving, by day; also one from an employment that isn't known."""
        found: list[Departure] = []
        employed = True
        for step in self.hours:
            if employed and not step.value.employed:
                found.append(Departure(step.from_, step.ref))
            elif not employed and step.value.employed and found:
                found[-1] = Departure(found[-1].on, found[-1].ref, step.from_, step.ref)
            employed = step.value.employed
        return found


def fold_mentor(events: Iterable[Recorded]) -> MentorState:
    """The state of a mentor from the events of their stream, and of streams linked to it."""
    telling = Telling(events)
    return MentorState(
        hours=_hours(telling),
        amendments=telling.amendments(),
        follow_ups=folded_follow_ups(telling),
    )


def _hours(telling: Telling) -> Steps[Hours]:
    return folded_hours(
        [Step(t.fact.from_, t.order, t.ref, t.fact.weekly_minutes) for t in telling.of(Employed)],
        [
            Step(t.fact.from_, t.order, t.ref, t.fact.weekly_minutes)
            for t in telling.of(HoursChanged)
        ],
        [Step(t.fact.to, t.order, t.ref, 0) for t in telling.of(Left)],
    )


def folded_hours(
    employed: Iterable[Step[int]], changed: Iterable[Step[int]], left: Iterable[Step[int]]
) -> Steps[Hours]:
    """The step function of weekly minutes: begun by an employment, none from leaving on.

    A change of hours outside an employment is kept out until the employment is known. Whoever
    leaves on the day on which they are employed anew stays: a contract renewed.
    """
    begun = list(employed)
    renewed = {step.from_ for step in begun}
    told: list[tuple[Step[int], bool | None]] = [(step, True) for step in begun]
    told += [(step, None) for step in changed]
    told += [(step, False) for step in left if step.from_ not in renewed]
    held: list[Step[Hours]] = []
    for step, employs in sorted(told, key=lambda each: each[0].place):
        if employs is None and not (held and held[-1].value.employed):
            continue
        hours = Hours(step.value, employed=employs is not False)
        held.append(Step(step.from_, step.order, step.ref, hours))
    return tuple(held)
