"""Whether a coordinator has time to coordinate: *koordinatorens egne borgere*."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from domain.calendar import ALWAYS
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
    is_pack: bool = False


class _Spell(NamedTuple):
    """Overloaded without a break, since this change; `asked` while the rule book has the rule."""

    begun: _Change
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

    Hangs on the event with which it became more, about the coordinator: of that day's a match of
    their own, else their assignment, else the others' matches or hours, else another rule pack or
    other dates in it; of several such on the last by reference, so that it is the same whatever
    arrived first. What is told of days ahead counts from its day. Met by the event with which it
    became fewer again, or could not be said any more for want of mentor hours; over when the person
    doesn't coordinate any more, or the rule book asks no more. A citizen with two courses that
    aren't linked as one course counts twice. Source: the report, clearly smaller; the numbers are
    assumed.
    """
    loads = _Loads()
    spells: dict[UUID, _Spell] = {}
    for day, of_day in groupby(_changes(seen), key=lambda change: change.on):
        changes = list(of_day)
        for change in changes:
            loads.apply(change)
        terms = seen.terms(RULE, day)
        share = Fraction(terms.percent, 100) if terms and terms.percent else CLEARLY_SMALLER
        for person, released in loads.coordinators.items():
            spell = spells.get(person)
            over = released is None and loads.is_overloaded(person, share)
            asked = terms is not None
            if spell is not None and not (over and asked == spell.asked):
                del spells[person]
                yield _over(person, spell, released, _decisive(changes, person, more=-1))
            if over and person not in spells:
                spells[person] = _Spell(_decisive(changes, person, more=1), asked)
    for person, spell in spells.items():
        yield _duty(person, spell)


def _over(person: UUID, spell: _Spell, released: Ref | None, change: _Change) -> Duty:
    """Met, unless the person or the rule is gone."""
    if released is not None:
        return _duty(person, spell, ended=Ended(change.on, "person-left", released))
    if change.is_pack:
        return _duty(person, spell, ended=Ended(change.on, "rules-changed", change.by))
    return _duty(person, spell, met=Met(change.by, change.on))


def _decisive(changes: Sequence[_Change], person: UUID, *, more: int) -> _Change:
    """Of the changes of a day the one that made a person's own citizens too many, or enough."""

    def weight(change: _Change) -> tuple[int, Ref]:
        own = change.person == person
        if own and change.more == more:
            return 4, change.by
        if own and change.coordinates is not None:
            return 3, change.by
        if change.is_pack:
            return 1, change.by
        return 0 if own else 2, change.by

    return max(changes, key=weight)


def _duty(person: UUID, spell: _Spell, met: Met | None = None, ended: Ended | None = None) -> Duty:
    return Duty(
        rule=RULE,
        anchor=spell.begun.by,
        since=spell.begun.on,
        about=person,
        people={"coordinator": person},
        recurring=spell.begun.is_pack,  # one pack can turn it on and off several times
        alone=True,
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
    found += _turns_of_rules(seen)
    return sorted(found, key=lambda change: change.on)


def _turns_of_rules(seen: TeamSeen) -> Iterator[_Change]:
    """The days on which the rule book may say something else, each as the adoption says.

    Dates of a pack that was never adopted, the default one of a log without it, hang on the team's
    start; without one they are left alone.
    """
    start = seen.team.start
    adopted = {one.period: one.ref for one in seen.team.adoptions}
    for pack in seen.book.packs:
        by = adopted.get(pack.period, start.ref if start else None)
        periods = [pack.period, *(terms.period for terms in pack.rules.get(RULE, ()))]
        days = {day for period in periods for day in (period.from_, period.to) if day}
        if by is not None:
            for day in sorted(days - {ALWAYS}):
                yield _Change(day, by, _NOBODY, is_pack=True)


_NOBODY = UUID(int=0)
