"""The follow-up engine's port to the world: fold what is stored, plan, store what is due.

What to do is decided by `domain.follow_ups`; this file reads for it and writes for it. Every act
goes through the ordinary command path, on the version it was planned on.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from threading import Lock
from uuid import UUID

import structlog
from msgspec import Struct

from domain.calendar import MORNING, Calendar, day_of
from domain.course import fold_course
from domain.envelope import Recorded
from domain.follow_ups import (
    Obligation,
    Plan,
    TeamAndMentors,
    course_obligations,
    plan_course,
    plan_team,
    team_obligations,
)
from domain.mentor import MentorState, fold_mentor
from domain.obligations import base_of
from domain.raised import FollowUps
from domain.rule_pack_form import RulePackError
from domain.rule_packs import RuleBook, RulePack, parse_pack
from domain.team import Adoption, TeamState, fold_team
from services.following.marks import Marks
from services.following.streams import Streams
from services.store.entries import Decided
from services.store.municipality import Municipality
from services.store.schema import known_municipalities
from services.store.server import Server
from services.store.writing import VersionConflictError
from workflows.messages import COMING, TEAM, Due, Next

_ROUNDS = 50  # against others who write to the same stream
_MORNING_SECONDS = 3600
_AHEAD = 3

log = structlog.get_logger()


class BusyStreamError(Exception):
    """Others kept writing to the stream; nothing is lost, try again."""


class _Seen(Struct, frozen=True):
    """One look at a subject: all of the log up to `position` is in it."""

    position: int
    stream: UUID | None
    version: int
    plan: Plan
    obligations: list[Obligation]
    follow_ups: FollowUps


class _TeamSeen(Struct, frozen=True):
    """The team as its stream's version tells it."""

    stream: UUID | None
    version: int
    state: TeamState
    book: RuleBook


class Engine:
    """Advances the follow-ups of courses and teams. Safe to use from threads, and to do twice."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._desks: dict[str, _Desk] = {}
        self._lock = Lock()

    def advance(self, municipality: str, subject: str, now: datetime) -> Next:
        """Store what is due of a subject (`course/<id>` or `team`) at `now`, and say what is next.

        Raises BusyStreamError, StoreBusy and psycopg's OperationalError; all of them pass.
        """
        desk = self._desk(municipality)
        if desk is None:
            return Next(position=0, finished=True)
        try:
            return desk.advance(subject, now)
        except Exception:
            with self._lock:  # it may stand on tables that were made anew
                self._desks.pop(municipality, None)
            raise

    def _desk(self, municipality: str) -> "_Desk | None":
        """None for a municipality that is gone: to ask for its store would make it anew."""
        with self._lock:
            if municipality not in self._desks:
                if municipality not in known_municipalities(self._server.pool):
                    return None
                self._desks[municipality] = _Desk(self._server.municipality(municipality))
            return self._desks[municipality]


class _Desk:
    """The engine's place in one municipality."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._streams = Streams(municipality)
        self._marks = Marks(municipality)
        self._team = _TeamSeen(None, 0, TeamState(), rule_book_of(()))

    def advance(self, subject: str, now: datetime) -> Next:
        asked: set[str] = set()
        for _ in range(_ROUNDS):
            seen = self._look(subject, now)
            acts = [act for act in seen.plan.acts if act.id not in asked]
            if not acts or seen.stream is None:
                break
            decided = [Decided(id=act.id, fact=act.fact, body=act.id.encode()) for act in acts]
            try:
                self._municipality.decide(seen.stream, decided, expected_version=seen.version)
            except VersionConflictError:
                continue  # somebody wrote meanwhile: look again
            asked.update(act.id for act in acts)
        else:
            raise BusyStreamError(subject)
        wake_at, finished = seen.plan.wake_at, seen.plan.finished
        self._marks.advanced(subject, seen.position, wake_at, finished=finished)
        return Next(
            position=seen.position,
            wake_at=wake_at,
            finished=finished,
            due=_due(seen.obligations, seen.follow_ups, day_of(now)),
        )

    def _look(self, subject: str, now: datetime) -> _Seen:
        # The position is read first, so that all up to it is in what is read next.
        known = self._streams.now()
        team = self._look_at_team()
        if subject == TEAM:
            return self._plan_team(known.position, team, known.mentors, now)
        course = UUID(subject.rpartition("/")[2])
        if known.course(course) != course:  # it is followed as another one's
            return _Seen(known.position, None, 0, Plan(finished=True), [], {})
        events: list[Recorded] = []
        version = 0
        for stream in known.same_course(course):
            several = self._municipality.read_stream(stream)
            version = several[-1].originator_version if several and stream == course else version
            events += several
        if not events:
            return _Seen(known.position, None, 0, Plan(finished=True), [], {})
        state = fold_course(events, team.state.same)
        staff = team.state.staff_on(day_of(now))
        return _Seen(
            position=known.position,
            stream=course,
            version=version,
            plan=plan_course(state, team.book, calendar_of(course), now, staff),
            obligations=course_obligations(state, team.book),
            follow_ups=state.follow_ups,
        )

    def _plan_team(
        self, position: int, team: _TeamSeen, mentors: Iterable[UUID], now: datetime
    ) -> _Seen:
        if team.stream is None:  # nothing was said of a team: there is nobody to address
            return _Seen(position, None, 0, Plan(), [], {})
        view = TeamAndMentors(team.state, self._look_at_mentors(team.state, mentors))
        return _Seen(
            position=position,
            stream=team.stream,
            version=team.version,
            plan=plan_team(view, team.book, calendar_of(team.stream), now),
            obligations=team_obligations(view, team.book),
            follow_ups=team.state.follow_ups,
        )

    def _look_at_mentors(self, team: TeamState, mentors: Iterable[UUID]) -> dict[UUID, MentorState]:
        """Each mentor under the one id that they are read as; their streams are read as one."""
        events: dict[UUID, list[Recorded]] = {}
        for mentor in mentors:
            told = self._municipality.read_stream(mentor)
            events.setdefault(team.same.get(mentor, mentor), []).extend(told)
        return {mentor: fold_mentor(told) for mentor, told in events.items()}

    def _look_at_team(self) -> _TeamSeen:
        """The team's state, folded again only when its stream has grown."""
        held = self._team
        stream = held.stream or self._municipality.team()
        if stream is None:
            return held
        with self._municipality.transaction() as cursor:
            version = self._municipality.log_recorder.versions(cursor, [stream]).get(stream, 0)
        if version != held.version:
            events = self._municipality.read_stream(stream)
            state = fold_team(events)
            held = _TeamSeen(stream, len(events), state, rule_book_of(state.adoptions))
            self._team = held
        return held


def calendar_of(subject: UUID) -> Calendar:
    """The calendar with a subject's own morning: between six and seven, always the same.

    What is due on a day is so spread over an hour instead of falling due all at once.
    """
    minutes, seconds = divmod(subject.int % _MORNING_SECONDS, 60)
    return Calendar(morning=time(MORNING.hour, minutes, seconds))


def rule_book_of(adoptions: Iterable[Adoption]) -> RuleBook:
    """The rules of a municipality: the default pack, and on top of it what it has adopted.

    A pack that can't be read is left out, and said so: the others hold.
    """
    packs = [default_pack()]
    for adopted in adoptions:
        try:
            packs.append(parse_pack(adopted.text, adopted.period))
        except RulePackError as error:
            log.error("rule pack left out", event_id=adopted.ref.id, flaws=str(error))
    return RuleBook(tuple(packs))


@cache
def default_pack() -> RulePack:
    """The rules that hold where nothing else was adopted."""
    return parse_pack(files("domain").joinpath("default_rules.toml").read_text(encoding="utf-8"))


def _due(obligations: Iterable[Obligation], written: FollowUps, today: date) -> list[Due]:
    """What is open, and the next duties that nothing has met or ended; each soonest first."""
    open_now = {base_of(key): one for key, one in written.items() if one.is_open}
    due, ahead = [], []
    for one in obligations:
        if follow_up := open_now.get(one.base):
            due.append(_told(one, follow_up.status_on(today), follow_up.addressed_to))
        elif (
            one.due_on > today
            and one.duty.met is None
            and (one.duty.ended is None or one.duty.ended.on > one.due_on)
        ):
            ahead.append(_told(one, COMING, one.terms.addressed_to))
    return [*sorted(due, key=_by_day), *sorted(ahead, key=_by_day)[:_AHEAD]]


def _told(one: Obligation, stage: str, addressed_to: str | None) -> Due:
    return Due(
        rule=one.duty.rule,
        due_on=one.due_on.isoformat(),
        stage=stage,
        since=one.duty.since.isoformat(),
        anchor=one.duty.anchor.id,
        addressed_to=addressed_to or "",
        pack=one.pack.pack,
        edition=one.pack.edition,
        basis=one.terms.basis,
    )


def _by_day(due: Due) -> tuple[str, str]:
    return due.due_on, due.rule
