"""What is agreed with the citizen: *mentoraftale, fælles mål*."""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from domain.agreements import Activity, Agreement
from domain.calendar import covers
from domain.cooperation import Cooperation, GoalVersion, Review
from domain.matches import Match
from domain.rules.duties import CourseSeen, Duty, Ended, Met, chained, longest_first
from domain.spells import Spell
from domain.values import Ref

AGREEMENT = "agreement-incomplete"
GOAL = "goal-review-overdue"


def agreement_incomplete(seen: CourseSeen) -> Iterator[Duty]:
    """The agreement holds all that it must before the work begins (*mentoraftale mangelfuld*).

    Hangs on the match, since the mentor's first activity within it, with the citizen or not. Met
    by an agreement with that mentor that holds all of the pack's `parts`: the one in force by
    then, or a later one. A renewal that leaves one of them out where the agreement in force held
    all makes a duty of its own, on that renewal. What falls within two matches with one mentor is
    the longer one's. Ended with the match, and when the mentor leaves. Source: STAR's audit of
    2019.
    """
    longer: list[Match] = []
    for match in longest_first(seen.course.matches):
        work = [
            activity
            for activity in seen.course.activities
            if activity.mentor == match.mentor
            and match.is_open_on(activity.day)
            and not any(
                one.is_open_on(activity.day) for one in longer if one.mentor == match.mentor
            )
        ]
        longer.append(match)
        if work:
            yield from _agreements_owed(seen, match, work)


def goal_review_overdue(seen: CourseSeen) -> Iterator[Duty]:
    """The one common goal is kept and adapted (*opfølgning på målet mangler*).

    Hangs on the first goal; where that was set before a reopening, on the reopening. Then on each
    goal set and on each review of the goal current at that time; a review of an earlier version
    is none. Each meets the duty before. Ended by the close. Source: the report.
    """
    for spell in seen.course.spells:
        turns = [
            Met(ref, day) for ref, day in _turns(seen.course.cooperation) if covers(spell.days, day)
        ]
        if spell.begun_by and _has_goal_before(seen.course.cooperation, spell):
            turns.insert(0, Met(spell.begun_by, spell.days.from_))
        if turns:
            begun, *later = turns
            first = Duty(
                rule=GOAL, anchor=begun.by, since=begun.on, alone=True, ended=_closed(spell)
            )
            yield from chained(first, later)


def _agreements_owed(seen: CourseSeen, match: Match, work: Sequence[Activity]) -> Iterator[Duty]:
    """The duty of the first activity, and those of renewals that made the agreement worse."""
    begun = work[0]
    several = [a for a in seen.course.agreements if a.mentor == match.mentor]
    duty = Duty(
        rule=AGREEMENT,
        anchor=match.ref,
        also=frozenset(one.ref for one in (*work, *several)),
        since=begun.day,
        people={"mentor": match.mentor},
        ended=seen.stretch_on(match, begun.day).ended,
    )
    in_force = [a for a in several if a.at <= begun.at][-1:]
    for one in in_force:
        if _is_complete(seen, one, duty.since):
            duty = replace(duty, met=Met(one.ref, one.day))
    for one in several:
        if one.at <= begun.at or not match.is_open_on(one.day):
            continue
        if duty.met is None and _is_complete(seen, one, duty.since):
            duty = replace(duty, met=Met(one.ref, one.day))
        elif duty.met is not None and _is_complete(seen, one, one.day) is False:
            yield duty
            ended = seen.stretch_on(match, one.day).ended
            duty = replace(duty, anchor=one.ref, since=one.day, met=None, ended=ended)
    yield duty


def _is_complete(seen: CourseSeen, agreement: Agreement, day: date) -> bool | None:
    """Whether an agreement holds what the pack of that day asks for; None where it asks nothing."""
    terms = seen.terms(AGREEMENT, day)
    return agreement.parts.issuperset(terms.parts) if terms else None


def _turns(cooperation: Cooperation) -> Iterator[tuple[Ref, date]]:
    """Each goal set, and each review of the goal that was current then, by time."""
    current: Ref | None = None
    told: list[GoalVersion | Review] = [*cooperation.goals, *cooperation.reviews]
    for one in sorted(told, key=lambda one: one.at):  # of one instant, goals before reviews
        if isinstance(one, GoalVersion):
            current = one.goal
        elif one.goal != current:
            continue
        yield one.ref, one.day


def _has_goal_before(cooperation: Cooperation, spell: Spell) -> bool:
    return any(goal.day < spell.days.from_ for goal in cooperation.goals)


def _closed(spell: Spell) -> Ended | None:
    if spell.days.to is None:
        return None
    return Ended(spell.days.to, "course-closed", spell.ended_by)
