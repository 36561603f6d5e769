"""One course from its first event to its last (*forløbets tidslinje*).

Every event stands where it happened, with when it was learned. What was corrected or retracted
stays visible at its own time; the replacement has a line of its own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.events.common import FollowUpEvent, FollowUpRaised
from domain.values import FollowUpKey
from projections import identity
from projections.asking import Answer, Connection, Question
from projections.facts import follow_ups
from projections.facts.courses import COURSE_LINKS
from projections.facts.timeline import TIMELINE

_COLUMNS = ("stream", "source", "event_id", "occurred_at", "sequence", "learned", *TIMELINE.columns)
# What a line tells of a follow-up; None where its event has no such field, or is none of one.
_TOLD = ("due_on", "addressed_to", "person", "number", "until")
_LINKS = "course.identity-"
_Key = tuple[UUID, str]  # stream, and the event by its reference

# What a line is, as of what was known.
HOLDS, CORRECTED, RETRACTED = "holds", "corrected", "retracted"
AMENDS, OVERRULED = "amends", "overruled"  # of an amendment: it holds, or a later one does


def timeline(
    connection: Connection,
    schema: str,
    streams: Sequence[UUID],
    *,
    as_of: datetime | None = None,
    known_at: int | None = None,
) -> Answer:
    """The events of the given courses (or staff members, or the team) by when they happened.

    A course's linked ids are one course, so all of its streams are shown, and so is what another
    course says of having the same citizen; `other_course` is the one that is meant. `status` tells
    whether a line still holds; `by` is the amendment that changed it, or that brought it. Notes
    are ciphertext. Of a follow-up's events `follow_up` is its id, by which the worklist names it
    too.
    """
    question = Question(connection, schema, as_of=as_of, known_at=known_at)
    linked = identity.courses(question)
    several = {id_ for stream in streams for id_ in linked.like(stream)}
    others = _others(question, several)
    read = several | {stream for stream, _ in others}
    rows = question.rows(TIMELINE, *_COLUMNS, streams=read)
    story = _Story(rows, _follow_ups(question, several), others)
    told = (row for row in rows if row.stream in several or story.other(row) is not None)
    lines = sorted((line for row in told for line in story.lines(row)), key=_Line.place)
    return question.answer([line.shown for line in lines if line.at <= question.as_of])


class _Line(NamedTuple):
    """One line: where it stands among the others, and what it shows."""

    at: datetime
    sequence: int | None
    source: str
    event_id: str
    shown: dict[str, Any]

    def place(self) -> tuple[datetime, int, str, str]:
        """Fold order."""
        sequence = -1 if self.sequence is None else self.sequence
        return (self.at, sequence, self.event_id, self.source)


class _Story:
    """The stored events of one course, and which amendments hold among them."""

    def __init__(
        self,
        rows: Sequence[Any],
        told: Mapping[_Key, dict[str, Any]],
        others: Mapping[tuple[UUID, int], UUID],
    ) -> None:
        self.told = told
        self.others = others
        own = [row for row in rows if row.brought_by is None]
        self.sequences = {_event(row): row.sequence for row in own}
        self.held: dict[_Key, Any] = {}
        for row in sorted(own, key=lambda r: (r.occurred_at, r.event_id, r.source)):
            if row.amends is not None:
                self.held[row.stream, row.amends] = row
        self.retracting = {row.learned for row in own if row.amends} - {
            row.learned for row in rows if row.brought_by
        }

    def lines(self, row: Any) -> Iterator[_Line]:
        """The line of a row. A replacement has one only if its correction holds."""
        by = self.held.get(_event(row))
        if row.brought_by is not None:
            if by is not None and _event(by)[1] == row.brought_by:
                yield self._line(row, HOLDS, by, self.sequences.get(_event(row)))
        elif row.amends is not None:
            wins = self.held[row.stream, row.amends] is row
            yield self._line(row, AMENDS if wins else OVERRULED, None, row.sequence)
        elif by is None:
            yield self._line(row, HOLDS, None, row.sequence)
        else:
            status = RETRACTED if by.learned in self.retracting else CORRECTED
            yield self._line(row, status, by, row.sequence)

    def other(self, row: Any) -> UUID | None:
        """The course that is said to be linked, or no more so; None for other events."""
        return self.others.get((row.stream, row.learned)) if row.topic.startswith(_LINKS) else None

    def _line(self, row: Any, status: str, by: Any, sequence: int | None) -> _Line:
        shown = _shown(row, status, by) | self.told.get(_event(row), {})
        shown["other_course"] = self.other(row)
        return _Line(row.occurred_at, sequence, row.source, row.event_id, shown)


def _others(question: Question, courses: Collection[UUID]) -> dict[tuple[UUID, int], UUID]:
    """By stream and position, which other course each link of these courses is with."""
    links = question.rows(COURSE_LINKS, "stream", "alias", "learned")
    return {
        (row.stream, row.learned): row.alias if row.stream in courses else row.stream
        for row in links
        if row.stream in courses or row.alias in courses
    }


def _follow_ups(question: Question, streams: Collection[UUID]) -> dict[_Key, dict[str, Any]]:
    """What each event of a follow-up tells: of which, due when, to whom, until when and why."""
    events = question.facts(*follow_ups.ALL, streams=streams)
    ids: dict[FollowUpKey, str] = {}
    for event in events:
        if isinstance(event.fact, FollowUpRaised):
            ids.setdefault(event.fact.follow_up, event.source_id)
    found = {}
    for event in events:
        fact = event.fact
        assert isinstance(fact, FollowUpEvent)
        found[event.originator_id, f"{event.source} {event.source_id}"] = {
            "follow_up": ids.get(fact.follow_up),
            "rule": fact.follow_up.rule,
            **{name: getattr(fact, name, None) for name in ("reason", *_TOLD)},
        }
    return found


def _event(row: Any) -> _Key:
    return (row.stream, f"{row.source} {row.event_id}")


def _shown(row: Any, status: str, by: Any) -> dict[str, Any]:
    event, version = row.topic.rsplit(".v", 1)
    return {
        "time": row.occurred_at,
        "recorded_at": row.recorded_at,
        "position": row.learned,
        "event": event,
        "version": int(version),
        "source": row.source,
        "id": row.event_id,
        "stream": row.stream,
        "actor_function": row.actor_function,
        "actor": row.actor,
        "behalf_function": row.behalf_function,
        "behalf": row.behalf,
        "status": status,
        "reason": row.reason,
        "amends": row.amends,
        "by": None if by is None else _event(by)[1],
        "note": row.note,
        "note_confidential": row.note_confidential,
        "follow_up": None,
        "rule": None,
        **dict.fromkeys(_TOLD),
    }
