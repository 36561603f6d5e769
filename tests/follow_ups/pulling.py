"""The engine on a municipality in memory: look, plan, store, as `services.follow_ups` does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.calendar import Calendar, day_of
from domain.events.common import FollowUpEvent
from domain.follow_ups import CourseSeen, Plan, plan_course, plan_team
from services.follow_ups import calendar_of
from tests.follow_ups.checks import Checks
from tests.follow_ups.memory import ConflictError, Log, Seen, Sight
from workflows.messages import Next

Meddle = Callable[[UUID], None]
Planner = Callable[[Seen, Calendar, datetime, Mapping[str, UUID]], Plan]
_ROUNDS = 50


def plan_of(seen: Seen, calendar: Calendar, now: datetime, staff: Mapping[str, UUID]) -> Plan:
    """What the product plans."""
    if isinstance(seen, CourseSeen):
        return plan_course(seen, calendar, now, staff)
    return plan_team(seen, calendar, now)


@dataclass(frozen=True)
class Pulling:
    """Advances subjects. `minds_version` is the store's promise, which a test may take away."""

    log: Log
    sight: Sight
    checks: Checks
    planner: Planner = plan_of
    minds_version: bool = True

    def advance(
        self, subject: UUID, now: datetime, at: datetime, meddle: Meddle = lambda subject: None
    ) -> tuple[Next, list[FollowUpEvent]]:
        """Store what is due at `now`, while others meddle; gives what is next, and what was new.

        `at` is the instant at which it is stored.
        """
        asked: set[str] = set()
        new: list[FollowUpEvent] = []
        for _ in range(_ROUNDS):
            position, version = self.log.head, self.log.version(subject)
            if not version:
                return Next(position, finished=subject == self.sight.course_id), new
            plan = self._plan(subject, now)
            acts = [act for act in plan.acts if act.id not in asked]
            if not acts:
                return Next(position, plan.wake_at, plan.finished), new
            known = self.checks.known(subject, now)
            meddle(subject)
            if self.log.version(subject) != version:  # this counts then, told of or not
                known = self.checks.known(subject, now)
            written = self.sight.follow_ups(subject)
            try:
                stored = self.log.decide(subject, acts, version if self.minds_version else None, at)
            except ConflictError:
                continue
            for act in stored:
                assert isinstance(act.fact, FollowUpEvent)
                self.checks.may_be_written(act.fact, subject, known, written, now)
                new.append(act.fact)
            asked.update(act.id for act in acts)
        raise AssertionError(f"{subject} is never done")

    def _plan(self, subject: UUID, now: datetime) -> Plan:
        staff = self.sight.team().staff_on(day_of(now))
        return self.planner(self.sight.seen(subject), calendar_of(subject), now, staff)
