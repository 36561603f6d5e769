"""What rules see, and what they say: duties (*pligter*), each hanging on an event.

A rule knows no dates of its own: how many days a duty has stands in the rule pack, and whether
anything is raised is decided in `follow_ups`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import is_empty, overlap
from domain.course import CourseState
from domain.matches import Match
from domain.mentor import Departure, MentorState
from domain.rule_packs import RuleBook, Terms
from domain.spells import close_of
from domain.team import TeamState
from domain.values import Period, Ref


class Met(Struct, frozen=True):
    """The event that met a duty, and the day on which it did."""

    by: Ref
    on: date


class Ended(Struct, frozen=True):
    """From this day on there is no duty any more: why, and because of which event."""

    on: date
    reason: str
    because: Ref | None = None


class Duty(Struct, frozen=True, kw_only=True):
    """Something that should happen some days after `since`, the day of the anchoring event.

    `about` is the person when it isn't about the stream's own subject; `people` who holds a
    function in this duty; `addressed_to` the function that owes it, where that goes before the
    pack's. `is_first` takes the pack's `first_days`; `every` are the days agreed,
    which go before the pack's; with `runs_out` the days are counted back from that day (`before`).
    Several duties of one anchor, told apart by their days, are `recurring`. Where the next of its
    kind counts from `next_since`, it is over on the day on which that one is due.

    What was told on another event while less was known goes on: of a duty that is `alone` in being
    asked of its person, or its subject, at a time, whatever event that was; where several may be
    asked side by side, as of two mentors, on one of those in `also`.
    """

    rule: str
    anchor: Ref
    since: date
    about: UUID | None = None
    people: Mapping[str, UUID] = {}
    addressed_to: str | None = None
    is_first: bool = False
    every: int | None = None
    runs_out: date | None = None
    recurring: bool = False
    next_since: date | None = None
    alone: bool = False
    also: frozenset[Ref] = frozenset()
    met: Met | None = None
    ended: Ended | None = None


class Stretch(Struct, frozen=True):
    """Days of a match on which its mentor was there, begun by the match or by their coming back."""

    days: Period
    begun_by: Ref
    ended: Ended | None = None


class CourseSeen(Struct, frozen=True):
    """All that a course's rules look at: the course, the rule book, and the mentors by the one id
    that each is read as."""

    course: CourseState
    book: RuleBook
    mentors: Mapping[UUID, MentorState] = {}

    def terms(self, rule: str, day: date) -> Terms | None:
        """A rule's terms for what happened on a day; None where there are none."""
        held = self.book.terms(rule, day)
        return held[1] if held else None

    def departures(self, mentor: UUID) -> list[Departure]:
        """When a mentor left, by day."""
        return self.mentors[mentor].departures if mentor in self.mentors else []

    def beginnings(self, match: Match) -> frozenset[Ref]:
        """The events that may begin a stretch of a match: itself, and what tells its mentor's
        hours."""
        hours = self.mentors[match.mentor].hours if match.mentor in self.mentors else ()
        return frozenset({match.ref, *(step.ref for step in hours)})

    def stretches(self, match: Match) -> list[Stretch]:
        """A match without the days on which its mentor was gone: at least one, by day."""
        found: list[Stretch] = []
        since, by = match.days.from_, match.ref
        for gone in self.departures(match.mentor):
            if overlap(match.days, Period(gone.on, gone.back)) is None:
                continue
            left = max(gone.on, since)
            found.append(Stretch(Period(since, left), by, Ended(left, "person-left", gone.ref)))
            if gone.back is None or gone.back_by is None or not match.is_open_on(gone.back):
                return found
            since, by = gone.back, gone.back_by
        ended = None
        if match.days.to is not None:
            reason = "course-closed" if match.by_close else "no-longer-applies"
            ended = Ended(match.days.to, reason, match.ended_by)
        return [*found, Stretch(Period(since, match.days.to), by, ended)]

    def first_stretch(self, match: Match) -> Stretch:
        """The first one with days, where there is any."""
        several = self.stretches(match)
        return next((one for one in several if not is_empty(one.days)), several[0])

    def stretch_on(self, match: Match, day: date) -> Stretch:
        """The stretch of a match that covers a day; else the last one begun before it."""
        begun = [one for one in self.stretches(match) if one.days.from_ <= day]
        return begun[-1]


class TeamSeen(Struct, frozen=True):
    """All that a team's rules look at: the team, the rule book, its mentors by the one id that each
    is read as, and the matches of all its courses."""

    team: TeamState
    book: RuleBook
    mentors: Mapping[UUID, MentorState] = {}
    matches: Mapping[UUID, Sequence[Match]] = {}

    def terms(self, rule: str, day: date) -> Terms | None:
        """A rule's terms for what happened on a day; None where there are none."""
        held = self.book.terms(rule, day)
        return held[1] if held else None


def chained(first: Duty, links: Sequence[Met]) -> Iterator[Duty]:
    """Duties of which each hangs on what met the one before; the last isn't met yet."""
    duty = first
    for link in links:
        yield replace(duty, met=link)
        duty = replace(first, anchor=link.by, since=link.on, is_first=False)
    yield duty


def longest_first(matches: Iterable[Match]) -> list[Match]:
    """What falls within two matches with one mentor is the longer one's."""
    return sorted(matches, key=lambda match: match.days.to or date.max, reverse=True)


def closed_after(course: CourseState, since: date) -> Ended | None:
    """The close of the open spell that something belongs to."""
    spell = close_of(course.spells, since)
    return (
        Ended(spell.days.to, "course-closed", spell.ended_by) if spell and spell.days.to else None
    )
