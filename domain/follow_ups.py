"""The pure function of follow-ups (*opfølgninger*): what is due, when, for whom, and why.

From the folded state, the rule book, the calendar and now follow the acts that are still to be
written:

- Raised when the morning of its day has come and nothing met or ended the duty, never before.
- What was met before we learned of it is never raised. Raised, and met on its day or later:
  resolved. Raised, and met before: withdrawn, `met-before`.
- What hangs on nothing any more is withdrawn; what becomes unmet again opens the next cycle.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from msgspec.structs import replace

from domain.calendar import Calendar, day_of
from domain.course import CourseState
from domain.follow_up_acts import COURSE_ACTS, TEAM_ACTS, Act
from domain.obligations import (
    Obligation,
    course_duties,
    left_out,
    obligations,
    team_duties,
)
from domain.planner import Plan, Setting, plan
from domain.rules import COURSE_RULES, TEAM_RULES, CourseSeen, Duty, Ended, TeamSeen, why
from domain.spells import Spell, spell_from

__all__ = [
    "Act",
    "CourseSeen",
    "Obligation",
    "Plan",
    "TeamSeen",
    "course_obligations",
    "plan_course",
    "plan_team",
    "team_obligations",
    "why",
]


def course_obligations(seen: CourseSeen, calendar: Calendar) -> list[Obligation]:
    """Everything that a course is obliged to, met or not."""
    return obligations(course_duties(seen), seen.book, calendar)


def team_obligations(seen: TeamSeen, calendar: Calendar) -> list[Obligation]:
    """Everything that a team is obliged to, met or not."""
    return obligations(team_duties(seen), seen.book, calendar)


def plan_course(
    seen: CourseSeen,
    calendar: Calendar,
    now: datetime,
    staff: Mapping[str, UUID] | None = None,
) -> Plan:
    """What is due on a course. `staff` are coordinator and leader (`TeamState.staff_on`).

    Finished when the course is closed for good, and no follow-up of it is open.
    """
    course, today = seen.course, day_of(now)
    duties = _while_closed(course_duties(seen), course, today)
    asked = obligations(duties, seen.book, calendar)
    people = dict(staff or {})
    if caseworker := course.caseworker_on(today):
        people["caseworker"] = caseworker
    setting = Setting(
        kinds=COURSE_ACTS,
        rules=frozenset(COURSE_RULES),
        calendar=calendar,
        today=today,
        reached=calendar.reached_by(now),
        people=people,
        amended=course.amendments,
        left_out=left_out(duties, asked),
    )
    due = plan(asked, course.follow_ups, setting)
    return _until_closed(due, course, setting)


def plan_team(seen: TeamSeen, calendar: Calendar, now: datetime) -> Plan:
    """What is due in a team. A team is never finished."""
    duties, today = team_duties(seen), day_of(now)
    asked = obligations(duties, seen.book, calendar)
    amended = dict(seen.team.amendments)
    for mentor in seen.mentors.values():
        amended.update(mentor.amendments)
    setting = Setting(
        kinds=TEAM_ACTS,
        rules=frozenset(TEAM_RULES),
        calendar=calendar,
        today=today,
        reached=calendar.reached_by(now),
        people=seen.team.staff_on(today),
        amended=amended,
        left_out=left_out(duties, asked),
    )
    return plan(asked, seen.team.follow_ups, setting)


def _while_closed(duties: list[Duty], course: CourseState, today: date) -> list[Duty]:
    """While the course is closed nothing is asked of it, though it may be open again later."""
    if course.is_open_on(today):
        return duties
    ends = [spell for spell in course.spells if spell.days.to and spell.days.to <= today]
    last = max(ends, key=_end)
    closed = Ended(_end(last), "course-closed", last.ended_by)
    return [
        duty if duty.ended and duty.ended.on <= closed.on else replace(duty, ended=closed)
        for duty in duties
    ]


def _end(spell: Spell) -> date:
    return spell.days.to or date.max


def _until_closed(due: Plan, course: CourseState, setting: Setting) -> Plan:
    """A course also wakes on days ahead on which it closes or reopens, and ends after them."""
    if spell_from(course.spells, setting.today) is None:
        still_open = any(follow_up.is_open for follow_up in course.follow_ups.values())
        over = not due.acts and not still_open and due.wake_at is None
        return replace(due, finished=over)
    wakes = [setting.calendar.morning_of(day) for day in _turns_after(course, setting.today)]
    if due.wake_at is not None:
        wakes.append(due.wake_at)
    return replace(due, wake_at=min(wakes, default=None))


def _turns_after(course: CourseState, today: date) -> Iterator[date]:
    for spell in course.spells:
        for day in (spell.days.from_, spell.days.to):
            if day is not None and day > today:
                yield day
