"""Why a follow-up was raised (*hvorfor*): the duty, what it hangs on, its day, and the rule pack.

All of it is worked out anew from the events that were known just before it was raised, by the
functions that raised it; nothing of it is stored.
"""

from collections.abc import Callable, Iterator, Mapping
from uuid import UUID

from msgspec import Struct
from psycopg.sql import SQL, Identifier

from domain.adoptions import digest_of, in_order, rule_book
from domain.course import fold_course
from domain.envelope import Recorded
from domain.events.common import FollowUpEvent, FollowUpRaised
from domain.follow_ups import CourseSeen, TeamSeen, course_obligations, team_obligations
from domain.mentor import MentorState, fold_mentor
from domain.obligations import Obligation
from domain.rule_pack_lines import places
from domain.rule_packs import default_pack, default_text
from domain.team import Adoption, TeamState, fold_team
from domain.values import FollowUpKey
from projections.facts.follow_ups import RAISED
from services.audit.replaying.past import Past
from services.follow_ups import calendar_of
from services.following.streams import Streams
from services.rendering import OF_FOLLOW_UP
from services.store.municipality import Municipality


class Line(Struct, frozen=True):
    """A line of a pack's text, by its number from 1."""

    number: int
    text: str


class Pack(Struct, frozen=True):
    """The pack that a rule was taken from: how it was adopted, if it was, and the rule's lines."""

    pack: str
    edition: str
    sha256: str
    adoption: Adoption | None
    lines: list[Line]


class Explained(Struct, frozen=True):
    """A follow-up as it was raised. `obligation` is None where the rules ask for no such thing
    any more by what was known then; `anchor` where the event that it hangs on isn't known."""

    raised: Recorded
    fact: FollowUpRaised
    obligation: Obligation | None
    anchor: Recorded | None
    pack: Pack | None
    told: list[Recorded]

    @property
    def key(self) -> FollowUpKey:
        """What makes it that one."""
        return self.fact.follow_up


def raised_as(store: Municipality, id_: str) -> list[str]:
    """The ids of the follow-ups that were raised under this id, or one that begins so."""
    wanted = OF_FOLLOW_UP + id_.strip().lower().removeprefix(OF_FOLLOW_UP)
    statement = SQL("SELECT DISTINCT event_id FROM {} WHERE starts_with(event_id, %s)").format(
        Identifier(store.schema, RAISED.name)
    )
    with store.transaction() as cursor:
        return sorted(row[0] for row in cursor.execute(statement, (wanted,)).fetchall())


def explained(
    store: Municipality,
    streams: Streams,
    id_: str,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Explained:
    """Why the follow-up of that id was raised; `tell` is called with how many of how many streams
    are read, where a team's are many. Raises LookupError where none was."""
    raised = store.read_event(store.source, id_)
    if raised is None or not isinstance(raised.fact, FollowUpRaised):
        raise LookupError(id_)
    fact, key = raised.fact, raised.fact.follow_up
    past = Past(store, streams, raised.position - 1)
    team = _team(past)
    base = (key.rule, key.anchor, team.same.get(key.about, key.about) if key.about else None)
    asked = [one for one in _obligations(past, team, raised, tell) if one.base == base]
    exact = [one for one in asked if one.due_on == fact.due_on]
    obligation = next(iter([*exact, *asked]), None)
    anchor = store.read_event(key.anchor.source, key.anchor.id)
    pack = _pack(team, fact, obligation)
    return Explained(raised, fact, obligation, anchor, pack, list(_told(store, streams, raised)))


def _team(past: Past) -> TeamState:
    stream = past.store.team()
    return fold_team(past.thread("team", stream).events if stream else ())


def _obligations(
    past: Past, team: TeamState, raised: Recorded, tell: Callable[[int, int], None]
) -> list[Obligation]:
    book, _ = rule_book(team.adoptions)
    calendar = calendar_of(raised.originator_id)
    if raised.topic.startswith("course."):
        course = fold_course(past.course(raised.originator_id).events, team.same)
        mentors = {match.mentor: _mentor(past, match.mentor) for match in course.matches}
        return course_obligations(CourseSeen(course, book, mentors), calendar)
    everybody, matches = {}, {}
    streams = _mentors_and_matched(past)
    for thread, done in past.threads(streams):
        tell(done, len(streams))
        if thread.kind == "mentor":
            everybody[thread.stream] = fold_mentor(thread.events)
        else:
            matches[thread.stream] = fold_course(thread.events, team.same).matches
    seen = TeamSeen(team=team, book=book, mentors=_by_one_id(everybody, team.same), matches=matches)
    return team_obligations(seen, calendar)


def _mentors_and_matched(past: Past) -> list[tuple[str, UUID]]:
    """The streams that a team's duties ask about: mentors, and courses that had a match. What was
    corrected can have become one; its state is JSON in clear but for sealed fields."""
    asked = SQL(
        "SELECT split_part(topic, '.', 1), originator_id FROM {}.events"
        " WHERE notification_id <= %b AND (topic LIKE 'mentor.%%'"
        " OR topic LIKE 'course.mentor-matched.%%' OR (topic LIKE 'course.event-corrected.%%'"
        " AND position('course.mentor-matched'::bytea IN state) > 0)) GROUP BY 1, 2 ORDER BY 2"
    ).format(Identifier(past.store.schema))
    with past.store.transaction() as cursor:
        return cursor.execute(asked, (past.position,)).fetchall()


def _mentor(past: Past, mentor: UUID) -> MentorState:
    return fold_mentor(past.mentor(mentor).events)


def _by_one_id(
    mentors: Mapping[UUID, MentorState], same: Mapping[UUID, UUID]
) -> dict[UUID, MentorState]:
    return {same.get(mentor, mentor): state for mentor, state in mentors.items()}


def _pack(team: TeamState, fact: FollowUpRaised, one: Obligation | None) -> Pack | None:
    """The pack that the follow-up names; of several adoptions of it the one that held, else the
    last."""
    told = in_order(team.adoptions)
    named = [a for a in told if (a.pack, a.edition) == (fact.pack, fact.edition)]
    named.sort(key=lambda adoption: one is not None and adoption.period == one.pack.period)
    adoption = named[-1] if named else None
    program = default_pack()
    if adoption is not None:
        text = adoption.text
    elif (fact.pack, fact.edition) == (program.pack, program.edition):
        text = default_text()
    else:
        return None
    lines = lines_of(text, fact.follow_up.rule)
    return Pack(fact.pack, fact.edition, digest_of(text), adoption, lines)


def lines_of(text: str, rule: str) -> list[Line]:
    """The lines of a pack's text that speak of a rule."""
    numbers = [n for place, n in places(text).items() if place[:2] == ("rules", rule)]
    if not numbers:
        return []
    every = text.splitlines()
    return [Line(n, every[n - 1]) for n in range(min(numbers), max(numbers) + 1)]


def _told(store: Municipality, streams: Streams, raised: Recorded) -> Iterator[Recorded]:
    """All that was told of the follow-up until now, by position."""
    kind, fact = raised.topic.partition(".")[0], raised.fact
    assert isinstance(fact, FollowUpEvent)
    events = Past(store, streams).thread(kind, raised.originator_id).events
    for event in sorted(events, key=lambda event: event.position):
        if isinstance(event.fact, FollowUpEvent) and event.fact.follow_up == fact.follow_up:
            yield event
