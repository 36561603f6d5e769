"""Each day, what should run against what runs; each month, whether the granted hours were given.

A course that is as it should be costs Temporal nothing here: it is found by comparing lists.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg.sql import SQL, Identifier
from temporalio import activity
from temporalio.client import Client

from domain.calendar import day_of
from domain.follow_ups import plan_course
from services.follow_ups import calendar_of
from services.following.beating import heartbeats
from services.following.concerning import Concerned
from services.following.failing import told_by_kind
from services.following.marks import Mark, Marks
from services.following.news import Span
from services.following.poking import Poker
from services.following.seeing import Sight
from services.store.municipality import Municipality
from services.store.schema import known_municipalities
from services.store.server import Server
from workflows.messages import HoursLookedOver, LookedOver, LookOver, Poke, course_subject
from workflows.municipality import LOOK_OVER, LOOK_OVER_HOURS

_LATE = timedelta(minutes=15)  # a workflow that was to wake so long ago has overslept
_STUCK = 3600.0  # seconds after which a poke that nobody follows is taken to be in vain
# A correction can make another event a grant; its state is JSON in clear but for sealed fields.
_WITH_MENTOR_HOURS = """
SELECT DISTINCT originator_id FROM {}.events
 WHERE topic ~ '^course.(grant-|event-corrected[.])'
   AND position('"mentor-hours"'::bytea IN state) > 0
"""


class Overseer:
    """Looks municipalities over."""

    def __init__(self, server: Server, client: Client) -> None:
        self._server = server
        self._client = client

    @activity.defn(name=LOOK_OVER)
    async def look_over(self, ask: LookOver) -> LookedOver:
        """Begin what is missing, wake what is behind, end nothing that is right."""
        with told_by_kind(ask.municipality):
            async with heartbeats():
                municipality = await asyncio.to_thread(self._store, ask.municipality)
                if municipality is None:
                    return LookedOver(0, 0, 0, 0)
                return await _Look(municipality, self._client).look(datetime.now(UTC))

    @activity.defn(name=LOOK_OVER_HOURS)
    async def look_over_hours(self, ask: LookOver) -> HoursLookedOver:
        """Wake each course with a mentor grant of which something is due that isn't written."""
        month = f"{day_of(ask.now).replace(day=1) - timedelta(days=1):%Y-%m}"
        with told_by_kind(ask.municipality):
            async with heartbeats():
                municipality = await asyncio.to_thread(self._store, ask.municipality)
                if municipality is None:
                    return HoursLookedOver(month, 0, 0)
                look = _Look(municipality, self._client)
                courses, woken = await look.look_at_hours(datetime.now(UTC))
                return HoursLookedOver(month, courses, woken)

    def _store(self, code: str) -> Municipality | None:
        """None for a municipality that is gone: to ask for its store would make it anew."""
        if code not in known_municipalities(self._server.pool):
            return None
        return self._server.municipality(code)


class _Look:
    """One look at one municipality."""

    def __init__(self, municipality: Municipality, client: Client) -> None:
        self._municipality = municipality
        self._poker = Poker(client, municipality.code)
        self._marks = Marks(municipality)
        self._concerned = Concerned(municipality)

    async def look(self, now: datetime) -> LookedOver:
        running = await self._poker.running()
        needed, spans, marks = await asyncio.to_thread(self._read, now)
        missing = needed - running
        stuck = {one for one in running & needed if one in marks and _is_stuck(marks[one])}
        behind = {
            one
            for one in running - stuck
            if one not in needed or _is_behind(marks.get(one), spans.get(one), now)
        }
        await self._poke(missing, needed)
        await self._poke(stuck, needed, anew=True)
        await self._poke(behind, needed)
        return LookedOver(len(needed), len(missing), len(behind), len(stuck))

    def _read(self, now: datetime) -> tuple[set[str], dict[str, Span], dict[str, Mark]]:
        # What was dispatched is read first: what comes after it is the dispatcher's to do.
        dispatched = self._marks.dispatched()
        marks = self._marks.all()
        spans, _ = self._concerned.by(0, dispatched, now)
        return self._concerned.needing(now), spans, marks

    async def look_at_hours(self, now: datetime) -> tuple[int, int]:
        courses, due = await asyncio.to_thread(self._with_something_due, now)
        await self._poke(map(course_subject, due), set(map(course_subject, due)))
        return courses, len(due)

    def _with_something_due(self, now: datetime) -> tuple[int, list[UUID]]:
        statement = SQL(_WITH_MENTOR_HOURS).format(Identifier(self._municipality.schema))
        with self._municipality.transaction() as cursor:
            streams = [row[0] for row in cursor.execute(statement)]
        known, sight = self._concerned.known(), Sight(self._municipality)
        courses = {known.course(stream) for stream in streams}
        return len(courses), [one for one in courses if _has_something_due(sight, one, now)]

    async def _poke(
        self, subjects: Iterable[str], starting: set[str], *, anew: bool = False
    ) -> None:
        position = (await asyncio.to_thread(self._municipality.head)).position
        pokes = {one: Poke(position, again=True) for one in subjects}
        told, error = await self._poker.poke_all(pokes, starting, anew=anew)
        await asyncio.to_thread(self._marks.poked, told)
        if error:
            raise error


def _is_stuck(mark: Mark) -> bool:
    return mark.is_outstanding and mark.seconds_unfollowed > _STUCK


def _is_behind(mark: Mark | None, span: Span | None, now: datetime) -> bool:
    if mark is None:
        return True  # nothing is known of it
    if mark.is_outstanding:
        return False  # a poke is on its way
    overslept = mark.wake_at is not None and mark.wake_at < now - _LATE
    return overslept or (span is not None and span.last > mark.advanced)


def _has_something_due(sight: Sight, course: UUID, now: datetime) -> bool:
    look, team = sight.course(course)
    if look.course is None:
        return False
    staff = team.staff_on(day_of(now))
    return bool(plan_course(look.course, calendar_of(course), now, staff).acts)
