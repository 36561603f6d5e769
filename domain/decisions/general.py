"""What decisions have in common: who decides, on which days, and that the course is open."""

from datetime import date, datetime

from domain import codes
from domain.calendar import day_of, is_empty
from domain.decisions.refusing import Refusal, is_named
from domain.decisions.seen import CourseSeen
from domain.events.base import Fact


def the_actor_may_decide_this(state: object, asked: Fact, now: datetime) -> Refusal | None:
    """Each decision is that of certain functions; whoever acts is named.

    [P]: the catalogue of events says by which functions each is registered here.
    """
    if is_named(asked, asked.HERE):
        return None
    names = ", ".join(codes.functions.danish[function] for function in asked.HERE)
    return Refusal(
        f"{asked.danish().capitalize()}: det afgør kun {names}.",
        f"Only these decide that: {', '.join(asked.HERE)}.",
        f"en actor med id og en af funktionerne {', '.join(asked.HERE)}",
        f"an actor with an id and one of the functions {', '.join(asked.HERE)}",
    )


def a_period_covers_a_day(state: object, asked: Fact, now: datetime) -> Refusal | None:
    """Periods are half-open: one whose end is its first day holds on no day. [P]"""
    period = getattr(asked, "period", None)
    if period is None or not is_empty(period):
        return None
    return Refusal(
        "Perioden dækker ingen dag.",
        "The period covers no day.",
        "en periode, hvis to ligger efter from",
        "a period whose to is after its from",
    )


def course_is_open(seen: CourseSeen, asked: Fact, now: datetime) -> Refusal | None:
    """Nothing new is decided before the intake, or on a course that is closed. [P]"""
    if seen.course.intake is not None and seen.course.is_open_on(day_of(now)):
        return None
    return Refusal(
        "Forløbet er ikke åbent.",
        "The course is not open.",
        "course.intake-registered, eller course.reopened efter en afslutning",
        "course.intake-registered, or course.reopened after a close",
    )


def ends_now_or_sooner(end: date | None, to: date, now: datetime) -> bool:
    """Whether something can end on that day, which has no end as yet or one ahead and later."""
    return end is None or (day_of(now) < end and to < end)
