"""Closing a course (*afslut*), and reopening it (*genåbn*)."""

from datetime import datetime

from domain.calendar import ALWAYS, covers, day_of
from domain.decisions.general import ends_now_or_sooner, the_actor_may_decide_this
from domain.decisions.refusing import Decision, Refusal
from domain.decisions.seen import CourseSeen
from domain.events.course import Closed, Reopened
from domain.spells import Spell


def _still_open(seen: CourseSeen, now: datetime) -> list[Spell]:
    """The open days that aren't over."""
    today = day_of(now)
    return [spell for spell in seen.course.spells if not spell.days.to or spell.days.to > today]


def a_course_is_closed_once(seen: CourseSeen, asked: Closed, now: datetime) -> Refusal | None:
    """What is closed stays so; a close that lies ahead may be put forward to a sooner day. [P]"""
    ends = [spell.days.to for spell in seen.course.spells]
    if any(ends_now_or_sooner(end, asked.to, now) for end in ends):
        return None
    return Refusal(
        "Forløbet er allerede afsluttet.",
        "The course is closed already.",
        "course.reopened først, eller en rettelse af afslutningen",
        "course.reopened first, or a correction of the close",
    )


def a_close_lies_in_open_days(seen: CourseSeen, asked: Closed, now: datetime) -> Refusal | None:
    """A course ends on a day on which it has begun, and after any earlier close. [P]"""
    begun = seen.course.intake.day if seen.course.intake else ALWAYS
    open_days = [spell.days for spell in _still_open(seen, now)]
    if begun <= asked.to and any(covers(days, asked.to) for days in open_days):
        return None
    first = max(begun, min((days.from_ for days in open_days), default=begun))
    return Refusal(
        "Forløbet kan ikke slutte, før det er begyndt.",
        "The course can't end before it has begun.",
        f"en to fra {first:%d.%m.%Y}, hvor forløbet er åbent",
        f"a to of {first} or later, on which the course is open",
    )


def only_a_closed_course_is_reopened(
    seen: CourseSeen, asked: Reopened, now: datetime
) -> Refusal | None:
    """What is open, or is to be again, needn't be opened. [P]"""
    end = seen.course.spells[-1].days.to
    if end is not None and end <= day_of(now):
        return None
    return Refusal(
        "Forløbet er åbent, eller det er allerede genåbnet.",
        "The course is open, or was reopened already.",
        "et forløb, der er afsluttet; en afslutning, der ligger forude, rettes i stedet",
        "a course that is closed; a close that lies ahead is corrected instead",
    )


def a_reopening_follows_the_close(
    seen: CourseSeen, asked: Reopened, now: datetime
) -> Refusal | None:
    """A course goes on from the day of its close, or later. [P]"""
    end = seen.course.spells[-1].days.to
    if end is None or asked.from_ >= end:
        return None
    return Refusal(
        "Genåbningen ligger før afslutningen.",
        "The reopening lies before the close.",
        f"en from fra {end:%d.%m.%Y}",
        f"a from of {end} or later",
    )


CLOSE = Decision[CourseSeen, Closed](
    "closed",
    (the_actor_may_decide_this, a_course_is_closed_once, a_close_lies_in_open_days),
)
REOPEN = Decision[CourseSeen, Reopened](
    "reopened",
    (
        the_actor_may_decide_this,
        only_a_closed_course_is_reopened,
        a_reopening_follows_the_close,
    ),
)
