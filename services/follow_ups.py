"""The follow-up engine's port to the world: fold what is stored, plan, store what is due.

What to do is decided by `domain.follow_ups`; this file reads for it and writes for it. Every act
goes through the ordinary command path, on the version it was planned on.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import NamedTuple, TypeVar
from uuid import UUID

import structlog
from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import MORNING, Calendar, day_of
from domain.follow_up_acts import Act, id_in
from domain.follow_ups import (
    Obligation,
    Plan,
    plan_course,
    plan_team,
)
from domain.foreseen import foreseen
from domain.planner import latest_of
from domain.raised import FollowUp, FollowUps
from domain.team import TeamState
from services.following.marks import Marks
from services.following.seeing import Look, Sight
from services.store.entries import Decided
from services.store.municipality import Municipality
from services.store.receipts import Receipt
from services.store.schema import known_municipalities
from services.store.server import Server
from services.store.writing import VersionConflictError
from workflows.messages import COMING, TEAM, Due, Next, course_subject

log = structlog.get_logger()

_ROUNDS = 50  # against others who write to the same stream
_MORNING_SECONDS = 3600
_AHEAD = 5
_LONGEST_SLEEP = timedelta(days=366)


_GONE = Next(position=0, finished=True)
T = TypeVar("T")


class Holder(NamedTuple):
    """About whom a follow-up is where that isn't the course's own citizen, and who has it."""

    about: UUID | None
    person: UUID | None
    taken_over: bool


class BusyStreamError(Exception):
    """Others kept writing to the stream; nothing is lost, try again."""


class Engine:
    """Advances the follow-ups of courses and teams. Safe to use from threads, and to do twice."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._desks: dict[str, _Desk] = {}
        self._lock = Lock()

    def advance(self, municipality: str, subject: str, now: datetime) -> Next:
        """Store what is due of a subject (`course/<id>` or `team`) at `now`, and say what is next.

        Raises BusyStreamError, StoreBusy and psycopg's OperationalError; all of them pass.
        """
        return self._asked(municipality, lambda desk: desk.advance(subject, now), _GONE)

    def next(self, municipality: str, subject: str, now: datetime) -> Next:
        """What is next of a subject and why, as the log tells it; nothing is written.

        Raises StoreBusy and psycopg's OperationalError; both pass.
        """
        return self._asked(municipality, lambda desk: desk.next(subject, now), _GONE)

    def holders(self, municipality: str, subject: str, now: datetime) -> list[tuple[Due, Holder]]:
        """What `next` tells as due, each with about whom it is and who has it at `now`.

        Raises as `next` does.
        """
        return self._asked(municipality, lambda desk: desk.holders(subject, now), [])

    def holders_of(
        self, municipality: str, subjects: Collection[str], now: datetime
    ) -> list[tuple[str, list[tuple[Due, Holder]]]]:
        """The same of several subjects, with what each asks of the database asked for many."""
        return self._asked(municipality, lambda desk: desk.holders_of(subjects, now), [])

    def _asked(self, municipality: str, ask: "Callable[[_Desk], T]", of_nobody: T) -> T:
        desk = self._desk(municipality)
        if desk is None:
            return of_nobody
        try:
            return ask(desk)
        except Exception:
            with self._lock:  # it may stand on tables that were made anew
                self._desks.pop(municipality, None)
            raise

    def _desk(self, municipality: str) -> "_Desk | None":
        """None for a municipality that is gone: to ask for its store would make it anew."""
        with self._lock:
            if municipality not in self._desks:
                if municipality not in known_municipalities(self.server.pool):
                    return None
                self._desks[municipality] = _Desk(self.server.municipality(municipality))
            return self._desks[municipality]


class _Planned(Struct, frozen=True):
    """What is to be done of a subject, and the follow-ups that were written of it."""

    plan: Plan
    follow_ups: FollowUps = {}
    people: Mapping[str, UUID] = {}  # who holds which function now


class _Desk:
    """The engine's place in one municipality."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._sight = Sight(municipality)
        self._marks = Marks(municipality)

    def advance(self, subject: str, now: datetime) -> Next:
        asked: set[str] = set()
        for _ in range(_ROUNDS):
            look, planned = self._plan(subject, now)
            acts = [act for act in planned.plan.acts if act.id not in asked]
            if not acts or look.stream is None:
                break
            decided = [_decided(act, look.stream) for act in acts]
            try:
                receipts = self._municipality.decide(
                    look.stream, decided, expected_version=look.version
                )
            except VersionConflictError:
                continue  # somebody wrote meanwhile: look again
            asked.update(act.id for act in acts)
            _tell_unwritten(subject, receipts)
        else:
            raise BusyStreamError(subject)
        reached = _next(look, planned, now)
        position, wake_at = reached.position, reached.wake_at
        self._marks.advanced(subject, position, wake_at, finished=reached.finished)
        return reached

    def next(self, subject: str, now: datetime) -> Next:
        """What `advance` would say once all that is due was written."""
        return _next(*self._foreseen(subject, now), now)

    def holders(self, subject: str, now: datetime) -> list[tuple[Due, Holder]]:
        """What is due then, each with who has it."""
        return _holders(self._foreseen(subject, now)[1], day_of(now))

    def holders_of(
        self, subjects: Collection[str], now: datetime
    ) -> list[tuple[str, list[tuple[Due, Holder]]]]:
        """The same of several subjects, whose streams are read together."""
        found = [(TEAM, self.holders(TEAM, now))] if TEAM in subjects else []
        courses = [_course(subject) for subject in subjects if subject != TEAM]
        seen = zip(courses, self._sight.courses(courses), strict=True)
        today = day_of(now)
        return found + [
            (course_subject(course), _holders(_once_written(_planned(look, team, now)), today))
            for course, (look, team) in seen
        ]

    def _foreseen(self, subject: str, now: datetime) -> tuple[Look, _Planned]:
        look, planned = self._plan(subject, now)
        return look, _once_written(planned)

    def _plan(self, subject: str, now: datetime) -> tuple[Look, _Planned]:
        if subject == TEAM:
            look = self._sight.team()
            if look.stream is None or look.team is None:
                return look, _Planned(Plan())
            calendar = calendar_of(look.stream)
            planned = plan_team(look.team, calendar, now)
            state = look.team.team
            return look, _Planned(planned, state.follow_ups, state.staff_on(day_of(now)))
        look, team = self._sight.course(_course(subject))
        return look, _planned(look, team, now)


def _course(subject: str) -> UUID:
    return UUID(subject.rpartition("/")[2])


def _planned(look: Look, team: TeamState, now: datetime) -> _Planned:
    """What is to be done of a course."""
    if look.stream is None or look.course is None:
        return _Planned(Plan(finished=True))
    calendar = calendar_of(look.stream)
    course, staff = look.course.course, team.staff_on(day_of(now))
    plan = plan_course(look.course, calendar, now, staff)
    caseworker = course.caseworker_on(day_of(now))
    people = {**staff, "caseworker": caseworker} if caseworker else staff
    return _Planned(plan, course.follow_ups, people)


def _once_written(planned: _Planned) -> _Planned:
    """The same once all that is due was written."""
    return replace(planned, follow_ups=foreseen(planned.follow_ups, planned.plan.acts))


def _holders(planned: _Planned, today: date) -> list[tuple[Due, Holder]]:
    return [
        (_told(one, held, today), _holder(one, held, planned.people))
        for one, held in _standing(planned.plan.obligations, planned.follow_ups, today)
    ]


def _tell_unwritten(subject: str, receipts: Iterable[Receipt]) -> None:
    """Warn of what was planned though it is written: it isn't among what the plan has seen."""
    for receipt in receipts:
        if receipt.status != "stored":
            log.warning("planned though written", subject=subject, event_id=receipt.id)


def _decided(act: Act, stream: UUID) -> Decided:
    id = id_in(stream, act.id)
    return Decided(id=id, fact=act.fact, body=id.encode())


def _next(look: Look, planned: _Planned, now: datetime) -> Next:
    return Next(
        position=look.position,
        wake_at=_soon(planned.plan.wake_at, now),
        finished=planned.plan.finished,
        due=_due(planned.plan.obligations, planned.follow_ups, day_of(now)),
    )


def calendar_of(subject: UUID) -> Calendar:
    """The calendar with a subject's own morning: between six and seven, always the same.

    What is due on a day is so spread over an hour instead of falling due all at once.
    """
    minutes, seconds = divmod(subject.int % _MORNING_SECONDS, 60)
    return Calendar(morning=time(MORNING.hour, minutes, seconds))


def _soon(wake_at: datetime | None, now: datetime) -> datetime | None:
    """Not later than in a year: no timer has to bear the date 9999-12-31."""
    return min(wake_at, now + _LONGEST_SLEEP) if wake_at else None


def _due(obligations: Sequence[Obligation], written: FollowUps, today: date) -> list[Due]:
    """What is open, and the next duties that nothing has met or ended; each soonest first."""
    return [_told(one, held, today) for one, held in _standing(obligations, written, today)]


def _standing(
    obligations: Sequence[Obligation], written: FollowUps, today: date
) -> list[tuple[Obligation, FollowUp | None]]:
    """The same, each with its follow-up where one is open."""
    latest = latest_of(written, obligations)
    due: list[tuple[Obligation, FollowUp | None]] = []
    ahead: list[tuple[Obligation, FollowUp | None]] = []
    for one in obligations:
        held = latest.get(one.slot)
        if held is not None and held.is_open:
            due.append((one, held))
        elif (
            one.due_on > today
            and (one.duty.met is None or one.duty.met.on > one.due_on)
            and (one.duty.ended is None or one.duty.ended.on > one.due_on)
        ):
            ahead.append((one, None))
    return [*sorted(due, key=_by_day), *sorted(ahead, key=_by_day)[:_AHEAD]]


def _told(one: Obligation, held: FollowUp | None, today: date) -> Due:
    return Due(
        rule=one.duty.rule,
        due_on=one.due_on.isoformat(),
        stage=held.status_on(today) if held else COMING,
        since=one.duty.since.isoformat(),
        anchor=one.duty.anchor.id,
        addressed_to=(held.addressed_to if held else one.addressed_to) or "",
        pack=one.pack.pack,
        edition=one.pack.edition,
        basis=one.terms.basis,
    )


def _holder(one: Obligation, held: FollowUp | None, people: Mapping[str, UUID]) -> Holder:
    """Whoever took it over, else who has the function now, else to whom it was given."""
    if held is not None and held.taken_over:
        return Holder(one.duty.about, held.person, True)
    to = (held.addressed_to if held else one.addressed_to) or ""
    given = held.person if held else None
    return Holder(one.duty.about, one.duty.people.get(to) or people.get(to) or given, False)


def _by_day(standing: tuple[Obligation, FollowUp | None]) -> tuple[date, str]:
    return standing[0].due_on, standing[0].duty.rule
