"""Grants (*bevillinger*): applied for, decided, extended and ended; by whom, and what they name."""

from datetime import date, datetime

from domain.calendar import is_empty
from domain.decisions.general import (
    a_period_covers_a_day,
    course_is_open,
    ends_now_or_sooner,
    the_actor_may_decide_this,
)
from domain.decisions.refusing import Decision, Refusal, is_named
from domain.decisions.seen import CourseSeen
from domain.events.base import Fact
from domain.events.course import GrantAppliedFor, GrantDecided, GrantEnded, GrantExtended
from domain.grants import Grant

Later = GrantExtended | GrantEnded


def _grants(asked: GrantDecided) -> bool:
    """Whether it grants anything, in part at least."""
    return asked.outcome in ("granted", "partly-granted")


def _known(seen: CourseSeen, asked: GrantAppliedFor | Later) -> Grant:
    """The grant that is asked about, as far as anything is known of it."""
    return seen.course.grants.get(asked.grant) or Grant(grant=asked.grant)


def _days(grant: Grant) -> tuple[date, date] | None:
    """The first day granted, and the first one after them all."""
    ends = [one.days.to for one in grant.granted if one.days.to]
    return (grant.granted[0].days.from_, max(ends)) if ends else None


def only_a_caseworker_grants(seen: CourseSeen, asked: Fact, now: datetime) -> Refusal | None:
    """The caseworker exercises the authority (*myndighedsansvar*), granting included. [R]"""
    if is_named(asked, ("caseworker",)):
        return None
    return Refusal(
        "Kun en sagsbehandler kan træffe afgørelse om en bevilling.",
        "Only a caseworker can decide a grant.",
        "en actor med funktionen caseworker",
        "an actor whose function is caseworker",
    )


def grant_is_not_decided_twice(
    seen: CourseSeen, asked: GrantDecided, now: datetime
) -> Refusal | None:
    """A grant is decided once; what comes after is an extension, an end or a correction. [P]"""
    known = seen.course.grants.get(asked.grant)
    if known is None or known.decided is None:
        return None
    return Refusal(
        "Der er allerede truffet afgørelse om denne bevilling.",
        "This grant is already decided.",
        "et id af dens eget, eller course.grant-extended for samme bevilling",
        "a grant id of its own, or course.grant-extended for the same grant",
    )


def a_grant_names_its_period(
    seen: CourseSeen, asked: GrantDecided, now: datetime
) -> Refusal | None:
    """What is granted has a first and a last day, so that it can run out. [P]"""
    period = asked.period
    if not _grants(asked) or (period and period.to and not is_empty(period)):
        return None
    return Refusal(
        "En bevilling skal have en periode med begge dage, og mindst én dag.",
        "A grant needs a period with both days, and one day at least.",
        "period med from og en senere to",
        "period with from and a later to",
    )


def mentor_hours_name_one_volume(
    seen: CourseSeen, asked: GrantDecided, now: datetime
) -> Refusal | None:
    """Mentor support is granted in hours, weekly or in all, so that delivery can be checked. [P]"""
    volumes = [asked.weekly_minutes, asked.total_minutes]
    stated = sum(volume is not None for volume in volumes)
    if stated <= 1 and not (_grants(asked) and asked.kind == "mentor-hours" and stated == 0):
        return None
    return Refusal(
        "Mentorstøtte bevilges enten pr. uge eller som et samlet antal minutter.",
        "Mentor hours are granted either a week or in all.",
        "netop én af weekly_minutes og total_minutes",
        "exactly one of weekly_minutes and total_minutes",
    )


def a_refusal_names_its_reason(
    seen: CourseSeen, asked: GrantDecided, now: datetime
) -> Refusal | None:
    """A citizen who is refused is told why. [P]"""
    if _grants(asked) or asked.reason:
        return None
    return Refusal(
        "Et afslag eller en afvisning skal have en begrundelse.",
        "A refusal or a dismissal needs a reason.",
        "reason",
        "reason",
    )


def a_refusal_grants_nothing(
    seen: CourseSeen, asked: GrantDecided, now: datetime
) -> Refusal | None:
    """What is refused has no period, volume or amount. [P]"""
    given = (asked.period, asked.weekly_minutes, asked.total_minutes, asked.amount_oere)
    if _grants(asked) or all(value is None for value in given):
        return None
    return Refusal(
        "Et afslag kan ikke have periode, timetal eller beløb.",
        "A refusal has no period, volume or amount.",
        "at udelade period, weekly_minutes, total_minutes og amount_oere",
        "leaving out period, weekly_minutes, total_minutes and amount_oere",
    )


def a_grant_carries_on_what_was_granted(
    seen: CourseSeen, asked: GrantDecided, now: datetime
) -> Refusal | None:
    """A grant that carries another one on names one that was granted on this course. [P]"""
    if asked.continues is None:
        return None
    before = seen.course.grants.get(asked.continues)
    if before is not None and before.is_granted and asked.continues != asked.grant:
        return None
    return Refusal(
        "Den bevilling, der videreføres, er ikke bevilget på forløbet.",
        "The grant that is carried on wasn't granted on the course.",
        "en bevilget bevilling på forløbet, med dens source, eller at udelade continues",
        "a grant granted on the course, with its source, or leaving continues out",
    )


def a_grant_is_applied_for_once(
    seen: CourseSeen, asked: GrantAppliedFor, now: datetime
) -> Refusal | None:
    """An application comes before the decision, and once; the next one is another grant. [P]"""
    known = _known(seen, asked)
    if known.applied_for is None and known.decided is None:
        return None
    return Refusal(
        "Der er allerede ansøgt om denne bevilling, eller den er afgjort.",
        "This grant is applied for already, or decided.",
        "et id af dens eget",
        "a grant id of its own",
    )


def only_what_was_granted_goes_on(seen: CourseSeen, asked: Later, now: datetime) -> Refusal | None:
    """What nobody decided, or what was refused, is neither extended nor ended. [P]"""
    if _known(seen, asked).is_granted:
        return None
    return Refusal(
        "Der er ikke bevilget noget af det navn på forløbet.",
        "Nothing of that name was granted on the course.",
        "en bevilling fra course.grant-decided på forløbet, med dens source",
        "a grant of a course.grant-decided on the course, with its source",
    )


def an_ended_grant_is_not_extended(
    seen: CourseSeen, asked: GrantExtended, now: datetime
) -> Refusal | None:
    """An end holds for all days after it: a grant that is ended isn't extended. [P]"""
    if _known(seen, asked).ended_on is None:
        return None
    return Refusal(
        "Bevillingen er ophørt.",
        "The grant has ended.",
        "course.grant-decided med et nyt id, og continues",
        "course.grant-decided with an id of its own, and continues",
    )


def an_extension_adds_something(
    seen: CourseSeen, asked: GrantExtended, now: datetime
) -> Refusal | None:
    """It grants days that weren't, or another volume or amount. [P]"""
    days, end = _days(_known(seen, asked)), asked.period.to
    given = (asked.weekly_minutes, asked.total_minutes, asked.amount_oere)
    if days is None or any(value is not None for value in given):
        return None
    if asked.period.from_ < days[0] or (end is not None and end > days[1]):
        return None
    return Refusal(
        "Forlængelsen lægger hverken dage, timer eller beløb til.",
        "The extension adds neither days, hours nor an amount.",
        f"en periode efter {days[1]:%d.%m.%Y}, eller et andet omfang",
        f"a period beyond {days[1]}, or another volume",
    )


def a_grant_ends_once(seen: CourseSeen, asked: GrantEnded, now: datetime) -> Refusal | None:
    """What is over stays so; an end that lies ahead may be put forward to a sooner day. [P]"""
    end = _known(seen, asked).ended_on
    if end is None or ends_now_or_sooner(end, asked.to, now):
        return None
    return Refusal(
        f"Bevillingen er allerede ophørt, eller ophører {end:%d.%m.%Y}.",
        f"The grant has ended already, or ends on {end}.",
        "en to før slutdagen, hvis den ligger forude; ellers en rettelse af ophøret",
        "a to before the end, if that lies ahead; else a correction of the end",
    )


def a_grant_ends_within_its_days(
    seen: CourseSeen, asked: GrantEnded, now: datetime
) -> Refusal | None:
    """Before its period is out, or with it where it was carried through. [P]"""
    days = _days(_known(seen, asked))
    if days is None or days[0] <= asked.to <= days[1]:
        return None
    return Refusal(
        "Ophøret ligger uden for de dage, der er bevilget.",
        "The end lies outside the days that are granted.",
        f"en to fra {days[0]:%d.%m.%Y} til {days[1]:%d.%m.%Y}",
        f"a to from {days[0]} to {days[1]}",
    )


APPLY_FOR_GRANT = Decision[CourseSeen, GrantAppliedFor](
    "grant-applied-for",
    (
        the_actor_may_decide_this,
        course_is_open,
        a_grant_is_applied_for_once,
        a_period_covers_a_day,
    ),
)
DECIDE_GRANT = Decision[CourseSeen, GrantDecided](
    "grant-decided",
    (
        only_a_caseworker_grants,
        course_is_open,
        grant_is_not_decided_twice,
        a_grant_names_its_period,
        mentor_hours_name_one_volume,
        a_refusal_names_its_reason,
        a_refusal_grants_nothing,
        a_grant_carries_on_what_was_granted,
    ),
)
EXTEND_GRANT = Decision[CourseSeen, GrantExtended](
    "grant-extended",
    (
        only_a_caseworker_grants,
        course_is_open,
        only_what_was_granted_goes_on,
        an_ended_grant_is_not_extended,
        a_period_covers_a_day,
        an_extension_adds_something,
    ),
)
END_GRANT = Decision[CourseSeen, GrantEnded](
    "grant-ended",
    (
        only_a_caseworker_grants,
        only_what_was_granted_goes_on,
        a_grant_ends_once,
        a_grant_ends_within_its_days,
    ),
)
"""Also on a closed course: grants stand when a course is closed."""
