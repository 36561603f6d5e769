"""Mentor hours delivered (*leverede mentortimer*): how work is shared out between grants.

Delivered are the minutes of mentors' activities on the days granted, for this grant or for none by
name; attempts to reach the citizen never count. Minutes for no grant by name are shared out, so
that they count once where grants run side by side.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import chain

from domain.agreements import Activity
from domain.granted_hours import GrantedMonth
from domain.values import Ref

Counted = list[tuple[Activity, Fraction]]
"""Activities in their order, with the minutes of theirs that count."""


Worked = Sequence[tuple[Activity, Sequence[int]]]
"""Activities on days granted, each with the numbers of the months that hold its day."""


def shared_out(
    months: Sequence[GrantedMonth], enough: Sequence[Fraction], activities: Sequence[Activity]
) -> list[Counted]:
    """What is delivered of each month.

    Activities for a grant by name count for it. Each minute for none by name counts once: for the
    month whose place is first, until it has enough with those by name, then for the next.
    """
    return _shared_out(months, enough, _worked(months, activities))


def delivered(
    months: Sequence[GrantedMonth], enough: Sequence[Fraction], activities: Sequence[Activity]
) -> list[Counted]:
    """The same, and nothing lost: what no month needs counts for the first that holds the day."""
    worked = _worked(months, activities)
    found = _shared_out(months, enough, worked)
    used: dict[Ref, Fraction] = {}
    for activity, minutes in chain.from_iterable(found):
        used[activity.ref] = used.get(activity.ref, Fraction(0)) + minutes
    for activity, numbers in worked:
        left = activity.minutes - used.get(activity.ref, Fraction(0))
        if activity.grant is None and left:
            found[numbers[0]].append((activity, left))
    return found


def _shared_out(
    months: Sequence[GrantedMonth], enough: Sequence[Fraction], worked: Worked
) -> list[Counted]:
    lacking = list(enough)
    for activity, numbers in worked:
        for number in numbers:
            if activity.grant == months[number].grant.grant:
                lacking[number] -= activity.minutes
    found: list[Counted] = [[] for _ in months]
    for activity, numbers in worked:
        left = Fraction(activity.minutes)
        for number in numbers:
            if activity.grant is None:
                part = max(Fraction(0), min(left, lacking[number]))
                left, lacking[number] = left - part, lacking[number] - part
                found[number].append((activity, part))
            elif activity.grant == months[number].grant.grant:
                found[number].append((activity, left))
    return found


def _worked(months: Sequence[GrantedMonth], activities: Sequence[Activity]) -> Worked:
    """Of the months that hold a day those first whose grant's days end first."""
    days = [activity.day for activity in activities]
    on, held = set(days), dict[date, list[int]]()
    for number in sorted(range(len(months)), key=lambda n: months[n].place):
        for day in on.intersection(months[number].held):
            held.setdefault(day, []).append(number)
    found = zip(activities, days, strict=True)
    return [(activity, held[day]) for activity, day in found if day in held]
