"""Whether a coordinator has time to coordinate: *koordinatorens egne borgere*."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from domain.caseload import CLEARLY_SMALLER, FULL_TIME, coordinator_is_overloaded
from domain.rules.duties import Duty, Ended, Met, TeamSeen
from domain.values import Ref

RULE = "coordinator-overloaded"


class _Change(NamedTuple):
    """From this day on, as this event says: somebody coordinates or not, works so many minutes a
    week as mentor, or follows a citizen (1) or no more (-1)."""

    on: date
    by: Ref
    person: UUID
    coordinates: bool | None = None
    minutes: int | None = None
    citizen: UUID | None = None
    more: int = 0


class _Spell(NamedTuple):
    """Overloaded without a break; `asked` while the rule book has the rule."""

    since: date
    anchor: Ref
    asked: bool


class _Loads:
    """Who follows whom on one day, and with how many hours."""

    def __init__(self) -> None:
        self.coordinators: dict[UUID, Ref | None] = {}  # who once was: the event since which not
        self._minutes: dict[UUID, int] = {}
        self._all_minutes = 0
        self._followers: dict[UUID, Counter[UUID]] = {}  # by citizen
        self._own: Counter[UUID] = Counter()  # citizens, by mentor
        self._alone: Counter[UUID] = Counter()  # those whom nobody else follows
        self._citizens = 0

    def apply(self, change: _Change) -> None:
        """Take a change in; of one person's they come in order."""
        person = change.person
        if change.coordinates is not None:
            self.coordinators[person] = None if change.coordinates else change.by
        if change.minutes is not None:
            self._all_minutes += change.minutes - self._minutes.get(person, 0)
            self._minutes[person] = change.minutes
        if change.citizen is not None:
            followers = self._followers.setdefault(change.citizen, Counter())
            self._count(followers, -1)
            followers[person] += change.more
            self._count(followers, 1)

    def _count(self, followers: Counter[UUID], sign: int) -> None:
        mentors = [mentor for mentor, matches in followers.items() if matches]
        self._citizens += sign if mentors else 0
        for mentor in mentors:
            self._own[mentor] += sign
        if len(mentors) == 1:
            self._alone[mentors[0]] += sign

    def is_overloaded(self, person: UUID, share: Fraction) -> bool:
        """Beside all others that work as mentors; where none do, nobody is."""
        others = self._citizens - self._alone[person]
        fte = Fraction(self._all_minutes - self._minutes.get(person, 0), FULL_TIME)
        return bool(coordinator_is_overloaded(self._own[person], others, fte, share))


def coordinator_overloaded(seen: TeamSeen) -> Iterator[Duty]:
    """A coordinator has clearly fewer citizens than the mentors (*koordinator har for mange
    borgere*).

    That is at most the pack's `percent` of the other mentors' mean number per full-time mentor,
    heads against heads; for the mean only hours as mentor count.

    Hangs on the event with which it became more, about the coordinator: a match or its end, hours,
    an assignment, or another rule pack; of several of that day on the last by reference, so that
    it is the same whatever arrived first. What is told of days ahead counts from its day. Met by
    the event with which it became fewer again, or could not be said any more for want of mentor
    hours; over when the person doesn't coordinate any more. A citizen with two courses that aren't
    linked as one course counts twice. Source: the report, clearly smaller; the numbers are assumed.
    """
    loads = _Loads()
    spells: dict[UUID, _Spell] = {}
    for day, changes in groupby(_changes(seen), key=lambda change: change.on):
        latest = _taken_in(loads, changes)
        terms = seen.terms(RULE, day)
        share = Fraction(terms.percent, 100) if terms and terms.percent else CLEARLY_SMALLER
        for person, released in loads.coordinators.items():
            spell = spells.get(person)
            over = released is None and loads.is_overloaded(person, share)
            asked = terms is not None
            if spell is not None and not (over and asked == spell.asked):
                del spells[person]
                if released is None:
                    yield _duty(person, spell, met=Met(latest, day))
                else:
                    yield _duty(person, spell, ended=Ended(day, "person-left", released))
            if over and person not in spells:
                spells[person] = _Spell(day, latest, asked)
    for person, spell in spells.items():
        yield _duty(person, spell)


def _taken_in(loads: _Loads, changes: Iterator[_Change]) -> Ref:
    """Take in all of a day, and say which of its events stands for them."""
    refs = []
    for change in changes:
        loads.apply(change)
        refs.append(change.by)
    return max(refs)


def _duty(person: UUID, spell: _Spell, met: Met | None = None, ended: Ended | None = None) -> Duty:
    return Duty(
        rule=RULE,
        anchor=spell.anchor,
        since=spell.since,
        about=person,
        people={"coordinator": person},
        met=met,
        ended=ended,
    )


def _changes(seen: TeamSeen) -> list[_Change]:
    """By day; those of one person and kind in their order. A day without any changes nothing."""
    found: list[_Change] = []
    for (person, function), assignments in seen.team.assignments.items():
        if function == "coordinator":
            found += [
                _Change(step.from_, step.ref, person, coordinates=step.value is not None)
                for step in assignments
            ]
    for mentor, state in seen.mentors.items():
        found += [_Change(s.from_, s.ref, mentor, minutes=s.value.minutes) for s in state.hours]
    for citizen, matches in seen.matches.items():
        for match in matches:
            if match.covers_no_day:
                continue
            days, mentor = match.days, match.mentor
            found.append(_Change(days.from_, match.ref, mentor, citizen=citizen, more=1))
            if days.to and match.ended_by:
                found.append(_Change(days.to, match.ended_by, mentor, citizen=citizen, more=-1))
    for adoption in seen.team.adoptions:
        days = adoption.period
        turns = (days.from_, days.to) if days.to else (days.from_,)
        found += [_Change(day, adoption.ref, _NOBODY) for day in turns]
    return sorted(found, key=lambda change: change.on)


_NOBODY = UUID(int=0)
