"""What is new in a log for the engine, and which courses need following. Nothing is decoded here
that isn't about opening and closing, so a long log is read in a moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg.sql import SQL, Identifier

from domain.calendar import day_of
from domain.envelope import Recorded
from domain.folding import Telling
from domain.spells import folded_spells, spell_from
from services.following.streams import Known
from services.store.municipality import Municipality
from workflows.messages import TEAM, course_subject

# What the engine writes itself is no news to it; that somebody snoozed or took over is.
_OWN = "follow-up-(raised|reminded|escalated|resolved|withdrawn)"
# Of a team these concern its courses too: the rules, and who is whom.
_FOR_ALL = "team.(rules-adopted|identity-linked|identity-unlinked|event-corrected|event-retracted)"
# Of a mentor these concern the courses that have a match with them; of a course these concern the
# team, whose coordinator and mentors have so many citizens, and some of them the courses that are
# linked with it.
_FOR_MATCHES = "mentor.(employed|left|event-corrected|event-retracted)"
_FOR_TEAM = (
    "course.(mentor-matched|match-ended|closed|reopened|event-corrected|event-retracted"
    "|identity-linked|identity-unlinked)"
)
_NEWS = """
SELECT originator_id, split_part(topic, '.', 1), min(notification_id), max(notification_id),
       count(*), min(notification_id) FILTER (WHERE topic ~ %s),
       max(notification_id) FILTER (WHERE topic ~ %s)
  FROM {}.events
 WHERE notification_id > %s AND notification_id <= %s AND topic !~ %s GROUP BY 1, 2
"""
_WIDER = f"^({_FOR_ALL}|{_FOR_MATCHES}|{_FOR_TEAM})[.]"
_TURNS = """
 WHERE originator_id = ANY(%s)
   AND topic ~ '^course.(closed|reopened|event-corrected|event-retracted)[.]'
 ORDER BY originator_id, originator_version
"""
# Follow-ups that a stream doesn't both raise and close: of linked courses another one may.
_HALF_TOLD = """
SELECT originator_id, (convert_from(state, 'UTF8')::json -> 'data' -> 'follow_up')::text,
       bool_or(topic ~ 'raised'), bool_or(topic !~ 'raised')
  FROM {}.events
 WHERE originator_id = ANY(%s) AND topic ~ '^course.follow-up-(raised|resolved|withdrawn)[.]'
 GROUP BY 1, 2 HAVING NOT (bool_or(topic ~ 'raised') AND bool_or(topic !~ 'raised'))
"""


class Span(Struct, frozen=True):
    """The first and the last position of what is new for a subject."""

    first: int
    last: int

    def __or__(self, other: "Span") -> "Span":
        return Span(min(self.first, other.first), max(self.last, other.last))


class News(Struct, frozen=True):
    """What is new: by course stream, for the team, and how many events it was.

    `for_all` is what concerns every open course of the municipality; `mentors` what concerns the
    courses that have a match with these; `turns` what in a course concerns others than itself.
    """

    courses: dict[UUID, Span]
    turns: dict[UUID, Span]
    mentors: dict[UUID, Span]
    team: Span | None
    for_all: Span | None
    events: int


def read_news(municipality: Municipality, after: int, upto: int) -> News:
    """The news between two positions, the last included."""
    statement = SQL(_NEWS).format(Identifier(municipality.schema))
    with municipality.transaction() as cursor:
        rows = cursor.execute(statement, (_WIDER, _WIDER, after, upto, f"[.]{_OWN}[.]")).fetchall()
    courses: dict[UUID, Span] = {}
    turns: dict[UUID, Span] = {}
    mentors: dict[UUID, Span] = {}
    team: Span | None = None
    for_all: Span | None = None
    for stream, kind, first, last, _, first_wider, last_wider in rows:
        span = Span(first, last)
        wider = Span(first_wider, last_wider) if first_wider is not None else None
        if kind == "course":
            courses[stream] = span
            team = _both(team, wider)
            turns |= {stream: wider} if wider else {}
            continue
        team = _both(team, span)
        if kind == "team":
            for_all = _both(for_all, wider)
        elif wider:
            mentors[stream] = wider
    return News(courses, turns, mentors, team, for_all, sum(row[4] for row in rows))


def _both(one: Span | None, other: Span | None) -> Span | None:
    return one | other if one and other else one or other


def needing_workflow(
    municipality: Municipality, known: Known, courses: Iterable[UUID], now: datetime
) -> set[UUID]:
    """Those courses that are open, will be again, or have an open follow-up.

    A linked course is asked about by the one it is read as.
    """
    streams = {stream: one for one in courses for stream in known.same_course(one)}
    schema = Identifier(municipality.schema)
    with municipality.transaction() as cursor:
        needing = _still_open(
            cursor.execute(SQL(_HALF_TOLD).format(schema), (list(streams),)), streams
        )
        turns = municipality.read_where(cursor, SQL(_TURNS), (list(streams),))
    events: dict[UUID, list[Recorded]] = {one: [] for one in streams.values()}
    for event in turns:
        events[streams[event.originator_id]].append(event)
    today = day_of(now)
    for one, several in events.items():
        if spell_from(folded_spells(Telling(several)), today) is not None:
            needing.add(one)
    return needing


def _still_open(
    half_told: Iterable[tuple[UUID, str, bool, bool]], streams: Mapping[UUID, UUID]
) -> set[UUID]:
    """The courses with a follow-up that one of their streams has raised and none has closed."""
    raised: set[tuple[UUID, str]] = set()
    closed: set[tuple[UUID, str]] = set()
    for stream, follow_up, is_raised, is_closed in half_told:
        which = (streams[stream], follow_up)
        raised.update([which] if is_raised else [])
        closed.update([which] if is_closed else [])
    return {course for course, _ in raised - closed}


def subject_of(course: UUID | None) -> str:
    """The subject of a course; of None, the team's."""
    return TEAM if course is None else course_subject(course)
