"""Mentor hours delivered (*leverede mentortimer*): how work is shared out between grants.

Delivered are the minutes of mentors' activities on the days granted, for this grant or for none by
name; attempts to reach the citizen never count. Minutes for no grant by name are shared out, so
that they count once where grants run side by side.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import chain

from domain.agreements import Activity
from domain.granted_hours import GrantedMonth
from domain.values import Ref

Counted = list[tuple[Activity, Fraction]]
"""Activities in their order, with the minutes of theirs that count."""


def shared_out(
    months: Sequence[GrantedMonth], enough: Sequence[Fraction], activities: Iterable[Activity]
) -> list[Counted]:
    """What is delivered of each month.

    Activities for a grant by name count for it. Each minute for none by name counts once: for the
    month whose place is first, until it has enough with those by name, then for the next.
    """
    several = list(activities)
    by_day = _by_day(months, several)
    worked = [activity for activity in several if activity.day in by_day]
    lacking = list(enough)
    for activity in worked:
        for number in by_day[activity.day]:
            if activity.grant == months[number].grant.grant:
                lacking[number] -= activity.minutes
    found: list[Counted] = [[] for _ in months]
    for activity in worked:
        left = Fraction(activity.minutes)
        for number in by_day[activity.day]:
            if activity.grant is None:
                part = max(Fraction(0), min(left, lacking[number]))
                left, lacking[number] = left - part, lacking[number] - part
                found[number].append((activity, part))
            elif activity.grant == months[number].grant.grant:
                found[number].append((activity, left))
    return found


def delivered(
    months: Sequence[GrantedMonth], enough: Sequence[Fraction], activities: Iterable[Activity]
) -> list[Counted]:
    """The same, and nothing lost: what no month needs counts for the first that holds the day."""
    worked = list(activities)
    found, by_day = shared_out(months, enough, worked), _by_day(months, worked)
    used: dict[Ref, Fraction] = {}
    for activity, minutes in chain.from_iterable(found):
        used[activity.ref] = used.get(activity.ref, Fraction(0)) + minutes
    for activity in worked:
        left = activity.minutes - used.get(activity.ref, Fraction(0))
        if activity.grant is None and left and activity.day in by_day:
            found[by_day[activity.day][0]].append((activity, left))
    return found


def _by_day(
    months: Sequence[GrantedMonth], activities: Iterable[Activity]
) -> dict[date, list[int]]:
    """The months that hold each day that was worked, those first whose grant's days end first."""
    on, found = {activity.day for activity in activities}, dict[date, list[int]]()
    for number in sorted(range(len(months)), key=lambda n: months[n].place):
        for day in on.intersection(months[number].held):
            found.setdefault(day, []).append(number)
    return found
