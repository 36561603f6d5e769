"""Citizens who wait for a mentor (*borgere uden mentor*)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from domain.course import CourseState, fold_telling
from domain.decided import decided_by
from domain.events.course import MatchProposed, PreferenceStated
from domain.folding import Telling, held_on
from domain.matches import Match
from domain.matching_words import waited
from domain.mentor import MentorState
from domain.reckoning import Figure
from domain.spells import Spell
from domain.values import Ref
from projections import identity
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.courses import CASEWORKER_CHANGES, CLOSINGS, INTAKES, REOPENINGS
from projections.facts.matches import MATCH_ENDS, MATCHES, PREFERENCES, PROPOSALS
from projections.views.staff import staff_of

_FRAME = (INTAKES, CASEWORKER_CHANGES, CLOSINGS, REOPENINGS, MATCHES, MATCH_ENDS)

# All that may wait: neither closed on the day nor followed by a mentor who is there; some twice.
# What is linked or was reopened, or what of two beginnings of a match holds, is left to the fold.
_MAYBE = """
with ended as materialized (
 select stream, match from {ends} where to_day <= %(day)s and {known}),
closed as materialized (select stream from {closings} where to_day <= %(day)s and {known}),
odd as materialized (
 select unnest(%(linked)s::uuid[]) as stream
 union select stream from {reopenings} where {known}
 union (select stream from {matches} where {known} group by stream, match having count(*) > 1)),
followed as materialized (
 select m.stream from {matches} m where from_day <= %(day)s and {known}
 and mentor <> all(%(gone)s)
 and not exists (select from ended e where e.stream = m.stream and e.match = m.match))
select stream from odd
union all select stream from {intakes} where occurred_at <= %(as_of)s and {known}
 and stream not in (select stream from closed) and stream not in (select stream from followed)
union all select stream from {matches} where from_day <= %(day)s and {known}
 and stream not in (select stream from closed) and stream not in (select stream from followed)"""


class Waiting(NamedTuple):
    """Since which day a course waits, why, and the events that say so."""

    since: date
    reason: str  # intake, match-ended, mentor-left or reopened
    by: tuple[Ref, ...]


@view
def waiting_citizens(question: Question, streams: Collection[UUID] | None = None) -> Iterator[Line]:
    """One row for each open course that has had its intake or a match and has no mentor on the day,
    the longest wait first; with `streams` those courses' only.

    It waits since the intake, the end of the last match, the reopening, or the day on which the
    mentor of a match that nobody ended left: the last of these. The preference is the last one
    stated. `proposals` were made since it waits.
    """
    team = question.once(staff_of)
    linked = question.once(identity.courses)
    asked = _maybe(question, team.mentors) if streams is None else streams
    found = linked.all_like(asked)
    told = question.tellings(*_FRAME, one_of=linked, streams=found)
    wishes = question.tellings(
        PREFERENCES, PROPOSALS, one_of=linked, streams=found, until=question.as_of
    )
    lines = []
    for course, telling in told.items():
        state = fold_telling(decided_by(telling, question.as_of), team.state.same)
        if waits := waiting(state, team.mentors, question):
            said = wishes.get(course, Telling())
            values = _row(state, waits, said, question)
            behind = partial(_behind, state, waits, said, question)
            figures = partial(_figures, waits, question.day)
            lines.append(Line({"course": course, **values}, behind, figures))
    yield from sorted(lines, key=lambda one: (one.values["since"], str(one.values["course"])))


def _figures(waits: Waiting, day: date) -> list[Figure]:
    return [waited(waits.since, day)]


def _maybe(question: Question, mentors: Mapping[UUID, MentorState]) -> list[UUID]:
    """Streams of all courses that may wait on the day."""
    same = question.once(identity.staff)
    gone = {one for one, state in mentors.items() if _left_on(state, question.day)}
    values = {
        "at": question.position,
        "day": question.day,
        "as_of": question.as_of,
        "linked": list(question.once(identity.courses).linked),
        "gone": list(same.all_like(gone)),
    }
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    found = cursor.execute(_statement(question.schema), values, prepare=True)
    return [stream for (stream,) in found]


@cache
def _statement(schema: str) -> bytes:
    tables = {
        "ends": MATCH_ENDS,
        "closings": CLOSINGS,
        "reopenings": REOPENINGS,
        "matches": MATCHES,
        "intakes": INTAKES,
    }
    return (
        SQL(_MAYBE)
        .format(
            known=SQL("learned <= %(at)s and (superseded is null or superseded > %(at)s)"),
            **{name: Identifier(schema, table.name) for name, table in tables.items()},
        )
        .as_bytes(None)
    )


def waiting(
    state: CourseState, mentors: Mapping[UUID, MentorState], question: Question
) -> Waiting | None:
    """Since when a course waits on the day; None where it doesn't, or isn't open."""
    day = question.day
    spell = _open_spell(state, day)
    if spell is None:
        return None
    turns = []
    if state.intake and state.intake.at <= question.as_of:
        turns.append(Waiting(state.intake.day, "intake", (state.intake.ref,)))
    for match in state.matches:
        if match.days.from_ > day or match.covers_no_day:
            continue
        if match.is_open_on(day):
            left = _left_on(mentors.get(match.mentor), day)
            if left is None:
                return None
            since = max(left[0], match.days.from_)
            turns.append(Waiting(since, "mentor-left", (match.ref, left[1])))
        elif match.days.to and match.ended_by:
            turns.append(Waiting(match.days.to, "match-ended", (match.ref, match.ended_by)))
    if turns and spell.begun_by:
        turns.append(Waiting(spell.days.from_, "reopened", (spell.begun_by,)))
    return max(turns, key=lambda turn: (turn.since, turn.reason != "match-ended"), default=None)


def _open_spell(state: CourseState, day: date) -> Spell | None:
    return next(
        (s for s in state.spells if s.days.from_ <= day and (not s.days.to or day < s.days.to)),
        None,
    )


def _left_on(mentor: MentorState | None, day: date) -> tuple[date, Ref] | None:
    """The day from which the mentor is gone, and the event; None where they are there."""
    gone = (one for one in (mentor.departures if mentor else ()) if one.covers(day))
    return next(((one.on, one.ref) for one in gone), None)


def _row(state: CourseState, waits: Waiting, said: Telling, question: Question) -> dict[str, Any]:
    stated, next_ = said.of(PreferenceStated), _next_match(state, question)
    return {
        "since": waits.since,
        "since_reason": waits.reason,
        "days": (question.day - waits.since).days,
        "preferred_age": stated[-1].fact.age if stated else None,
        "preferred_gender": stated[-1].fact.gender if stated else None,
        "proposals": len(_proposals(said, waits)),
        "next_match_from": next_.days.from_ if next_ else None,
        "caseworker": state.caseworker_on(question.day),
    }


def _next_match(state: CourseState, question: Question) -> Match | None:
    """The first match that was decided by the moment asked about and lies ahead."""
    ahead = (
        match
        for match in state.matches
        if match.at <= question.as_of and match.days.from_ > question.day
    )
    return min(
        (match for match in ahead if not match.covers_no_day),
        key=lambda match: match.days.from_,
        default=None,
    )


def _proposals(said: Telling, waits: Waiting) -> list[Ref]:
    return [told.ref for told in said.of(MatchProposed) if told.day >= waits.since]


def _behind(state: CourseState, waits: Waiting, said: Telling, question: Question) -> list[Ref]:
    """Since when it waits, whose it is, what is preferred and proposed, and the next match."""
    stated, caseworker = said.of(PreferenceStated), held_on(state.caseworkers, question.day)
    next_ = _next_match(state, question)
    found = [
        *waits.by,
        *known(caseworker.ref if caseworker else None, stated[-1].ref if stated else None),
        *_proposals(said, waits),
        *known(next_.ref if next_ else None),
    ]
    return list(dict.fromkeys(found))
