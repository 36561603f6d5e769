"""Matches made (*indgåede matches*): how, with what time spent, and how they went."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from domain.calendar import day_of, overlap
from domain.decided import decided_by
from domain.events.course import (
    ChemistryChecked,
    Closed,
    FirstMeetingHeld,
    MentorMatched,
    PreferenceStated,
)
from domain.folding import Persons, Telling, Told
from domain.matches import Match, folded_matches
from domain.matching import (
    Preference,
    Profile,
    met_as_a_whole,
    weigh_age,
    weigh_gender,
)
from domain.matching_words import spent
from domain.reckoning import Figure
from domain.spells import folded_spells
from domain.values import Period, Ref
from projections import identity
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.leadership import MATCHING_MEETINGS
from projections.facts.matches import (
    CHEMISTRY_CHECKS,
    FIRST_MEETINGS,
    MATCH_ENDS,
    MATCHES,
    PREFERENCES,
    PROPOSALS,
)
from projections.paging import Window
from projections.table import key
from projections.views.matching_mentors import end_reason
from projections.views.mentor_profiles import Known, profiles_of
from projections.views.numbers import shown

_TABLES = (MATCHES, MATCH_ENDS, CLOSINGS, REOPENINGS)
_SAID = (FIRST_MEETINGS, CHEMISTRY_CHECKS, PREFERENCES)
_NOBODY = Known(Profile())

# By when they were decided, the latest first; all tellings of a match, of which one is its first.
_DECIDED = """
select stream, mentor, source, event_id from {} where learned <= %(at)s
 and (superseded is null or superseded > %(at)s) and occurred_at <= %(as_of)s
 and (%(before)s::date is null or from_day < %(before)s)
 and (%(streams)s::uuid[] is null or stream = any(%(streams)s))
 order by occurred_at desc, match collate "C" desc, stream, coalesce(sequence, -1),
 event_id collate "C", source collate "C" offset %(over)s limit %(many)s"""


@view
def matches_made(
    question: Question,
    period: Period | None = None,
    streams: Collection[UUID] | None = None,
) -> Iterator[Line]:
    """One row for each match decided by `as_of`, the latest first; with `period` those with days in
    it, with `streams` those courses' only.

    A meeting's minutes are shared evenly by the citizens it discussed, as it says itself, else by
    the courses that name it. Preferences are those stated before the match was decided: `met`,
    `not-met`, or `unknown` where the mentor's age or gender is. Chemistry is what each side said
    last while the match ran, by `as_of`. An end or a close that lies ahead is told where it was
    decided by then.
    """
    subjects = _latest_first(question, period, streams)
    lines_of = partial(_of_matches, question, period)
    yield from question.in_chunks(subjects, lines_of, ("course", "mentor"))


_Subject = tuple[UUID, UUID, Ref]  # course, mentor, and the event that says so


def _latest_first(
    question: Question, period: Period | None, streams: Collection[UUID] | None
) -> Window[_Subject]:
    """What tells of matches decided by `as_of`; not all of them may have days in the period, nor be
    the first that tells of its match."""
    linked, same = question.once(identity.courses), question.once(identity.staff)
    statement = SQL(_DECIDED).format(Identifier(question.schema, MATCHES.name))
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "before": period.to if period else None,
        "streams": None if streams is None else list(linked.all_like(streams)),
    }
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)

    def read(over: int, many: int | None) -> tuple[list[_Subject], None]:
        found = cursor.execute(statement, {**values, "over": over, "many": many}, prepare=True)
        subjects = [
            (linked[stream], same[mentor], Ref(source, event_id))
            for stream, mentor, source, event_id in found
        ]
        return subjects, None

    return Window(read)


def _of_matches(
    question: Question, period: Period | None, subjects: Sequence[_Subject]
) -> Iterator[list[Line]]:
    """The row of each match that these tell of first, if it has days in the period."""
    linked, same = question.once(identity.courses), question.once(identity.staff)
    streams = linked.all_like(course for course, _, _ in subjects)
    told = question.tellings(*_TABLES, one_of=linked, streams=streams)
    about = question.tellings(*_SAID, one_of=linked, streams=streams, until=question.as_of)
    profiles, persons = question.once(_profiles), Persons(same)
    made: dict[tuple[UUID, Ref], _Made] = {}
    for course, known_now in told.items():
        telling = decided_by(known_now, question.as_of)
        facts = {t.ref: t for t in telling.of(MentorMatched)}
        for match in folded_matches(telling, folded_spells(telling), persons):
            if period is None or overlap(match.days, period) is not None:
                said = about.get(course, Telling())
                made[course, match.ref] = _Made(match, facts[match.ref], telling, said, persons)
    meetings = _Meetings(question, {key(one.told.fact.meeting) for one in made.values()})
    for course, _, ref in subjects:
        found = made.get((course, ref))
        yield [] if found is None else [_line(course, found, profiles, meetings)]


def _profiles(question: Question) -> dict[UUID, Known]:
    return profiles_of(question, question.once(identity.staff))


def _line(
    course: UUID, one: "_Made", profiles: Mapping[UUID, Known], meetings: "_Meetings"
) -> Line:
    mentor = profiles.get(one.match.mentor, _NOBODY)
    values = {"course": course, **one.row(mentor.profile, meetings)}
    return Line(values, partial(one.behind, mentor, meetings), partial(one.figures, meetings))


@dataclass(frozen=True)
class _Meeting:
    """A matching meeting (*matchningsmøde*): its length, and how many courses share it."""

    minutes: int
    courses: int
    ref: Ref

    @property
    def share(self) -> Fraction | None:
        """Minutes of one course."""
        return Fraction(self.minutes, self.courses) if self.courses else None


class _Meetings:
    """The matching meetings of these names; the first telling of one holds."""

    def __init__(self, question: Question, names: Iterable[str | None]) -> None:
        wanted = [name for name in names if name is not None]
        told = ("source", "event_id", "meeting", "minutes", "courses_discussed")
        rows = question.rows(
            MATCHING_MEETINGS, *told, until=question.as_of, among={"meeting": wanted}
        )
        named = self._naming(question, [row.meeting for row in rows if not row.courses_discussed])
        self._by_name: dict[str, _Meeting] = {}
        for row in rows:
            discussed = row.courses_discussed or len(named.get(row.meeting, ()))
            ref = Ref(row.source, row.event_id)
            self._by_name.setdefault(row.meeting, _Meeting(row.minutes, discussed, ref))

    def _naming(self, question: Question, names: Sequence[str]) -> Mapping[str, set[UUID]]:
        """The courses that name each of these meetings, in a match or a proposal."""
        linked = question.once(identity.courses)
        found: dict[str, set[UUID]] = defaultdict(set)
        for table in (MATCHES, PROPOSALS) if names else ():
            for row in question.rows(
                table, "stream", "meeting", until=question.as_of, among={"meeting": names}
            ):
                found[row.meeting].add(linked[row.stream])
        return found

    def of(self, meeting: Ref | None) -> _Meeting | None:
        """The meeting, where it is known."""
        name = key(meeting)
        return self._by_name.get(name) if name else None


@dataclass(frozen=True)
class _Made:
    """A match with what was said of it and of its mentor."""

    match: Match
    told: Told[MentorMatched]
    telling: Telling
    said: Telling
    persons: Persons

    def row(self, profile: Profile, meetings: _Meetings) -> dict[str, Any]:
        """What is shown of it."""
        match, fact = self.match, self.told.fact
        meeting = meetings.of(fact.meeting)
        share = meeting.share if meeting else None
        parts = [Fraction(one) for one in (fact.minutes, share) if one is not None]
        chemistry = {t.fact.asked: t.fact.result for t in self._checks()}
        first = self._first_meeting()
        return {
            "match": key(match.match),
            "mentor": match.mentor,
            "decided_at": match.at,
            "match_from": match.days.from_,
            "match_to": match.days.to,
            "method": fact.method,
            "reasons": list(fact.reasons),
            "own_minutes": fact.minutes,
            "meeting": key(fact.meeting),
            "meeting_minutes": shown(share),
            "minutes_spent": shown(sum(parts, Fraction(0))) if parts else None,
            **self._preferences(profile),
            "chemistry_citizen": chemistry.get("citizen"),
            "chemistry_mentor": chemistry.get("mentor"),
            "first_meeting_after": (first.day - match.days.from_).days if first else None,
            "end_reason": end_reason(match, self.telling),
            "close_reason": self._close_reason(),
        }

    def figures(self, meetings: _Meetings) -> Iterator[Figure]:
        """How the minutes that it took are made."""
        meeting = meetings.of(self.told.fact.meeting)
        shared = (meeting.minutes, meeting.courses) if meeting else (0, 0)
        yield from spent(self.told.fact.minutes, *shared)

    def _preferences(self, profile: Profile) -> dict[str, Any]:
        """Whether the age and the gender preferred by then are this mentor's."""
        stated = self._stated()
        wanted = Preference(stated.fact.age, stated.fact.gender) if stated else Preference()
        age = weigh_age(wanted, profile, self.match.days.from_)
        gender = weigh_gender(wanted, profile)
        both = met_as_a_whole((age, gender))
        return {
            "preferred_age": stated.fact.age if stated else None,
            "preferred_age_met": str(age) if age else None,
            "preferred_gender": stated.fact.gender if stated else None,
            "preferred_gender_met": str(gender) if gender else None,
            "preferences_met": str(both) if both else None,
        }

    def _stated(self) -> Told[PreferenceStated] | None:
        """The last preference stated before the decision."""
        stated = [t for t in self.said.of(PreferenceStated) if t.at <= self.match.at]
        return stated[-1] if stated else None

    def _checks(self) -> list[Told[ChemistryChecked]]:
        """What was said of the chemistry with this mentor while the match ran."""
        return [
            t
            for t in self.said.of(ChemistryChecked)
            if self.persons.id(t.fact.mentor) == self.match.mentor
            and self._is_before_end(t)
            and t.day >= min(day_of(self.match.at), self.match.days.from_)
        ]

    def _first_meeting(self) -> Told[FirstMeetingHeld] | None:
        """The two's first meeting ever, if it was before the end."""
        several = (
            t
            for t in self.said.of(FirstMeetingHeld)
            if self.persons.id(t.fact.mentor) == self.match.mentor and self._is_before_end(t)
        )
        return next(several, None)

    def _is_before_end(self, told: Told[Any]) -> bool:
        return not self.match.days.to or told.day <= self.match.days.to

    def _close_reason(self) -> str | None:
        """Why the course closed that ended the match."""
        if not self.match.by_close:
            return None
        reasons = {close.ref: close.fact.reason for close in self.telling.of(Closed)}
        return reasons.get(self.match.ended_by) if self.match.ended_by else None

    def behind(self, mentor: Known, meetings: _Meetings) -> list[Ref]:
        """The decision, its meeting, what was preferred and of whom, chemistry, meeting, end."""
        meeting, stated = meetings.of(self.told.fact.meeting), self._stated()
        first = self._first_meeting()
        found = [
            self.match.ref,
            *known(meeting.ref if meeting else None, stated.ref if stated else None),
            *mentor.by,
            *(check.ref for check in self._checks()),
            *known(first.ref if first else None, self.match.ended_by),
        ]
        return list(dict.fromkeys(found))
