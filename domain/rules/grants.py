"""Of grants (*bevillinger*): that somebody looks ahead, and that what is granted is delivered."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction

from domain.agreements import Activity
from domain.course import CourseState
from domain.delivered_hours import shared_out
from domain.granted_hours import LONGEST, GrantedMonth, asked_months, first_day_after, month_of
from domain.grants import Grant, Granted
from domain.rules.duties import CourseSeen, Duty, Ended, Met, closed_after

_DAY = timedelta(days=1)


def grant_running_out(seen: CourseSeen) -> Iterator[Duty]:
    """Before a grant runs out somebody decides what comes after it (*bevilling udløber*).

    Hangs on the event that granted the days, decision or extension, for each day on which they
    end. Met by an extension that ends later, by the decision of a grant that carries this one on,
    whatever it says, and by the grant's end, since each is a stand taken. Over when the days have
    run out, or with the course. A grant stands over a close: if the course is open again before
    it runs out, it is asked about again. One that is shorter than all of the pack's leads is asked
    about when it begins, or was decided. Its steps count from the first lead, so that they come
    as long before the end of a short grant as of a long one.

    Source: the employment-effort act, mentor chapter; the leads are assumed.
    """
    grants = seen.course.grants
    for grant in grants.values():
        stands = list(_stands_taken(grant, grants.values()))
        for granted, runs_out in _ends(grant):
            longer = [
                Met(other.ref, other.day)
                for other in grant.granted
                if other.days.to and other.days.to > runs_out
            ]
            yield Duty(
                rule="grant-running-out",
                anchor=granted.ref,
                since=max(granted.day, granted.days.from_),
                runs_out=runs_out,
                met=min([*longer, *stands], key=lambda met: met.on, default=None),
                ended=_over(seen.course, granted, runs_out),
            )


def hours_below_grant(seen: CourseSeen) -> Iterator[Duty]:
    """The mentor hours granted are delivered (*færre timer end bevilget*), month by month.

    Hangs on the event that granted the month's first hours, for each calendar month of which the
    grant covers 14 days or more while the course is open; since the month's end. A grant that
    covers so many of no month is asked about once, for all its days, since its last month's end.
    Granted are so many minutes a day, where the grant says a total, spread evenly over its days.
    Delivered are the minutes of mentors' activities on those days; attempts to reach the citizen
    never count. Minutes for no grant by name count once: of the grants of that day for the one
    whose days end first, extensions and its end included, however far ahead (where they end
    together, for the one that begins first), until it has the pack's `percent`, then for the next.
    Met by the activity with which the pack's `percent` of the granted minutes was delivered. Over
    when the next month is asked about, and with the course, of the month that it closes in too.

    Source: STAR's audit of 2019, which found a third unchecked; the numbers are assumed.
    """
    asked = _asked(seen.course)
    enough = [one.minutes * _share(seen, one.since) for one in asked]
    delivered = shared_out(asked, enough, seen.course.activities)
    for one, least, counted in zip(asked, enough, delivered, strict=True):
        yield Duty(
            rule="hours-below-grant",
            anchor=next(iter(one.held.values())).ref,
            since=one.since,
            recurring=True,
            met=_met(counted, least),
            next_since=first_day_after(month_of(one.since)),
            ended=closed_after(seen.course, one.since),
        )


def _asked(course: CourseState) -> list[GrantedMonth]:
    """The months that are asked about."""
    grants = [grant for grant in course.grants.values() if grant.kind == "mentor-hours"]
    return [one for grant in grants for one in asked_months(grant, course.spells)]


def _share(seen: CourseSeen, day: date) -> Fraction:
    """The share of the minutes granted that is enough, by the pack of that day."""
    terms = seen.terms("hours-below-grant", day)
    return Fraction(terms.percent if terms and terms.percent else 100, 100)


def _ends(grant: Grant) -> Iterator[tuple[Granted, date]]:
    """The days on which it runs out, each with what first granted the days up to it."""
    seen: set[date] = set()
    for granted in sorted(grant.granted, key=lambda granted: granted.order):
        first, end = granted.days.from_, granted.days.to
        if end and end not in seen and (end - first).days <= LONGEST:
            seen.add(end)
            yield granted, end


def _stands_taken(grant: Grant, grants: Iterable[Grant]) -> Iterator[Met]:
    """What was decided about the grant as a whole: a new one in its place, or its end."""
    for other in grants:
        if other.continues == grant.grant and other.decided and other.grant != grant.grant:
            yield Met(other.decided.ref, other.decided.day)
    if grant.ended is not None:
        yield Met(grant.ended.ref, grant.ended.day)


def _over(course: CourseState, granted: Granted, runs_out: date) -> Ended:
    """It runs out, unless the course is closed before, for good or over that day."""
    closed = closed_after(course, runs_out - _DAY)
    if closed is not None and closed.on <= runs_out:
        return closed
    return Ended(runs_out, "no-longer-applies", granted.ref)


def _met(counted: Iterable[tuple[Activity, Fraction]], enough: Fraction) -> Met | None:
    """The activity, of those in fold order, with which it was enough."""
    delivered = Fraction(0)
    for activity, minutes in counted:
        delivered += minutes
        if delivered >= enough:
            return Met(activity.ref, activity.day)
    return None
