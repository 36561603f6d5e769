"""The dispatcher of a simulated run: whom it pokes and when, as `services.dispatcher.Tail` does.

At most one poke is outstanding for each workflow, until it was followed or five minutes are over.
"""

import re
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from domain.calendar import day_of
from domain.envelope import Recorded
from domain.spells import spell_from
from services.following import news
from services.following.news import Span
from tests.follow_ups.followers import Followers
from tests.follow_ups.memory import Log, Sight
from tests.follow_ups.world import World
from workflows.messages import Next, Poke

_OUTSTANDING = timedelta(seconds=300)
_OWN = re.compile(f"[.]{news._OWN}[.]")
_WIDER = re.compile(news._WIDER)


class Mark(Struct):
    """What is remembered of a subject."""

    poked: int = 0
    poked_at: datetime | None = None
    advanced: int = 0
    finished: bool = False


class Post:
    """Tails the log, and pokes. `repeats`: what could not be sent is sent again."""

    def __init__(self, world: World, log: Log, sight: Sight, *, repeats: bool) -> None:
        self.followers: Followers
        self._world = world
        self._log = log
        self._sight = sight
        self._repeats = repeats
        self._marks: dict[UUID, Mark] = {}
        self._wanted: dict[UUID, Span] = {}
        self._read = self._saved = 0
        self._turn_at: datetime | None = None

    def look(self, seconds: float) -> None:
        """Take a turn so many seconds from now, unless one comes sooner."""
        at = self._world.now + timedelta(seconds=seconds)
        if self._turn_at is None or at < self._turn_at:
            self._turn_at = at
            self._world.at(at, self._turn)

    def advanced(self, subject: UUID, reached: Next) -> None:
        """A subject has pulled, and says how far it has come."""
        mark = self._marks.setdefault(subject, Mark())
        mark.advanced = max(mark.advanced, reached.position)
        mark.finished = reached.finished
        if self._wanted:
            self.look(0.1)

    def reconcile(self) -> None:
        """Poke the team, every course that needs it, and all that was unfinished."""
        unfinished = {one for one, mark in self._marks.items() if not mark.finished}
        starting = self._starting()
        self._world.tell("reconciled")
        for subject in sorted(starting | unfinished):
            self._send(subject, Poke(self._log.head, again=True), start=subject in starting)

    def forget(self) -> None:
        """The marks are lost."""
        self._marks.clear()
        self._begin_anew(0)

    def _begin_anew(self, saved: int) -> None:
        self._wanted.clear()
        self._read = self._saved = saved
        self.look(5)

    def _turn(self) -> None:
        if self._turn_at is None or self._world.now < self._turn_at:
            return
        self._turn_at = None
        if self._world.goes_wrong("crashes"):
            self._begin_anew(self._saved)
            return
        if self._sight.team_id not in self._marks:
            self._want(self._sight.team_id, Span(self._saved, self._saved))
        for event in self._log.events:
            if event.position > self._read and not _OWN.search(event.topic):
                for subject in self._concerned(event):
                    self._want(subject, Span(event.position, event.position))
        self._read = self._log.head
        if self._poke():
            self._saved = min((s.first - 1 for s in self._wanted.values()), default=self._read)

    def _want(self, subject: UUID, span: Span) -> None:
        held = self._wanted.get(subject)
        self._wanted[subject] = held | span if held else span

    def _concerned(self, event: Recorded) -> set[UUID]:
        """Whom an event is news to: see `services.following.news`."""
        course, team = self._sight.course_id, self._sight.team_id
        wider = bool(_WIDER.match(event.topic))
        if event.originator_id == course:
            return {course, team} if wider else {course}
        if event.originator_id == team:
            return {team} | self._starting() if wider else {team}
        matched = event.originator_id in {match.mentor for match in self._sight.course().matches}
        return {team, course} if wider and matched else {team}

    def _poke(self) -> bool:
        """Whether all went well."""
        for subject, span in list(self._wanted.items()):
            mark = self._marks.get(subject)
            if mark and mark.advanced >= span.last:
                del self._wanted[subject]  # it has pulled this by itself
                continue
            if mark and mark.poked > mark.advanced and mark.poked_at is not None:
                left = mark.poked_at + _OUTSTANDING - self._world.now
                if left > timedelta(0):
                    self.look(left.total_seconds())
                    continue
            if self._world.goes_wrong("refused"):
                if self._repeats:
                    self._begin_anew(self._saved)
                    return False
                del self._wanted[subject]
                continue
            poke = Poke(span.last, again=mark is None)
            self._send(subject, poke, start=subject in self._starting())
            del self._wanted[subject]
        return True

    def _send(self, subject: UUID, poke: Poke, *, start: bool) -> None:
        world = self._world
        mark = self._marks.setdefault(subject, Mark())
        if subject not in self.followers.running and not start:
            mark.poked, mark.finished = mark.advanced, True  # over, and nobody there to tell
            return
        world.count["pokes"] += 1
        mark.poked, mark.poked_at = max(mark.poked, poke.position), world.now
        if world.goes_wrong("dropped"):
            world.count["lost"] += 1
            return
        for _ in range(2 if world.goes_wrong("doubled") else 1):
            seconds = 0.01
            if world.goes_wrong("late"):
                seconds = world.chance.choice((1, 20, 400, 7200))
            world.after(seconds, lambda: self._arrives(subject, poke, start=start))

    def _arrives(self, subject: UUID, poke: Poke, *, start: bool) -> None:
        self.followers.deliver(subject, poke, start=start)

    def _starting(self) -> set[UUID]:
        """The team, and the course where it is open, will be again, or has an open follow-up."""
        course, team = self._sight.course_id, self._sight.team_id
        if not self._log.version(course):
            return {team}
        state = self._sight.course()
        still_open = any(one.is_open for one in state.follow_ups.values())
        is_open = spell_from(state.spells, day_of(self._world.now)) is not None
        return {team, course} if still_open or is_open else {team}
