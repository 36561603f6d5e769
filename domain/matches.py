"""Who follows the citizen, and when they were in touch: matches (*match*) and contacts."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from domain.calendar import covers, day_of
from domain.cooperation import Happening
from domain.envelope import OrderKey
from domain.events.course import (
    ActivityRegistered,
    ChemistryChecked,
    FirstMeetingHeld,
    MatchEnded,
    MentorMatched,
)
from domain.folding import Persons, Telling, Told
from domain.spells import Spell, spell_from
from domain.values import Period, Ref


class Match(Struct, frozen=True, kw_only=True):
    """A match: the mentor follows the citizen on `days`, which lie within one open spell.

    `ended_by` is the event that ended it, which may be the course's close (`by_close`).
    """

    match: Ref
    mentor: UUID
    ref: Ref
    at: datetime
    days: Period
    ended_by: Ref | None = None
    by_close: bool = False

    def is_open_on(self, day: date) -> bool:
        """Whether the mentor follows the citizen on that day."""
        return covers(self.days, day)

    @property
    def covers_no_day(self) -> bool:
        """Whether it never came to be."""
        return self.days.to is not None and self.days.to <= self.days.from_


class Contact(Struct, frozen=True):
    """Contact between a mentor and the citizen, a first meeting too. Attempts never count."""

    mentor: UUID
    at: datetime
    ref: Ref
    order: OrderKey
    is_first_meeting: bool = False

    @property
    def day(self) -> date:
        """The day in Copenhagen."""
        return day_of(self.at)


class ChemistryCheck(Happening, frozen=True, kw_only=True):
    """One side, `citizen` or `mentor`, was asked whether the chemistry is there (*kemi*)."""

    mentor: UUID
    asked: str


def folded_matches(
    telling: Telling, spells: Sequence[Spell], persons: Persons
) -> tuple[Match, ...]:
    """Each match once, in fold order: the first beginning holds, and the earliest end."""
    ends: dict[Ref, Told[MatchEnded]] = {}
    for end in sorted(telling.of(MatchEnded), key=lambda t: (t.fact.to, t.order)):
        ends.setdefault(end.fact.match, end)
    matches: dict[Ref, Match] = {}
    for told in telling.of(MentorMatched):
        if told.fact.match not in matches:
            end_told = ends.get(told.fact.match)
            matches[told.fact.match] = _match(told, end_told, spells, persons)
    return tuple(matches.values())


def _match(
    told: Told[MentorMatched],
    end: Told[MatchEnded] | None,
    spells: Sequence[Spell],
    persons: Persons,
) -> Match:
    """What the close ended, a reopening doesn't begin again: the days are those of one spell, that
    in which it was decided. One decided before a close, from a day after it, covers none."""
    first = told.fact.from_
    spell = spell_from(spells, min(told.day, first))
    if spell is None:
        days, ended_by, by_close = Period(first, first), None, True
    else:
        start = max(first, spell.days.from_)
        days = Period(start, max(start, spell.days.to) if spell.days.to else None)
        ended_by, by_close = spell.ended_by, spell.ended_by is not None
    if end is not None and (days.to is None or end.fact.to < days.to):
        days = Period(days.from_, max(end.fact.to, days.from_))
        ended_by, by_close = end.ref, False
    return Match(
        match=told.fact.match,
        mentor=persons.id(told.fact.mentor),
        ref=told.ref,
        at=told.at,
        days=days,
        ended_by=ended_by,
        by_close=by_close,
    )


def folded_contacts(telling: Telling, persons: Persons) -> tuple[Contact, ...]:
    """First meetings, and what mentors did together with the citizen; in fold order."""
    met = [
        Contact(persons.id(t.fact.mentor), t.at, t.ref, t.order, is_first_meeting=True)
        for t in telling.of(FirstMeetingHeld)
    ]
    worked = [
        Contact(persons.id(t.fact.speaker.id), t.at, t.ref, t.order)
        for t in telling.of(ActivityRegistered)
        if t.fact.speaker.id and t.fact.speaker.function == "mentor" and t.fact.contact != "none"
    ]
    return tuple(sorted([*met, *worked], key=lambda contact: contact.order))


def folded_chemistry(telling: Telling, persons: Persons) -> tuple[ChemistryCheck, ...]:
    """All of a course, in fold order."""
    return tuple(
        ChemistryCheck(at=t.at, ref=t.ref, mentor=persons.id(t.fact.mentor), asked=t.fact.asked)
        for t in telling.of(ChemistryChecked)
    )
