"""Role clarity (*rolleklarhed*): what mentor and caseworker say of who does what.

By course and pair, by pair over all its courses, and for the team. Every reading names the events
it came from; nothing here is stored. What nobody has stated is unknown, never clear.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Any
from uuid import UUID

from domain.role_clarity import Balance, RoleClarity
from domain.role_division import Division, Overall, Reading, Reason, Why, together
from domain.values import Ref
from projections.answering import Line, view
from projections.asking import Question
from projections.table import key
from projections.views.role_pairs import OnCourse, pairs_of
from projections.views.role_support import Support, support_of

Values = dict[str, Any]
Pair = tuple[UUID | None, UUID | None]


@view
def role_clarity(question: Question, streams: Collection[UUID] | None = None) -> Iterator[Line]:
    """One row for each course with a match open on the day and each of its mentors that day; with
    `streams` for those courses, whether they run or not.

    The pair is that mentor and the caseworker responsible that day.
    """
    support = question.once(support_of)
    shared = support.values(question.day)
    for one in pairs_of(question, streams):
        values = {
            "course": one.course,
            **_of_pair(one.clarity),
            **_together_of(one.clarity, support),
            **shared,
        }
        yield Line(values, partial(_behind, [one], support))


@view
def role_clarity_by_pair(question: Question) -> Iterator[Line]:
    """One row for each mentor and caseworker who are a pair on a running course on the day, over
    all the courses on which they are one.

    The worst is told: unclear where one course is, clear only where all are.
    """
    support = question.once(support_of)
    shared = support.values(question.day)
    by_pair: dict[Pair, list[OnCourse]] = {}
    for one in pairs_of(question):
        seen = one.clarity.seen
        by_pair.setdefault((seen.mentor, seen.caseworker), []).append(one)
    for several in by_pair.values():
        readings = [one.clarity for one in several]
        values = {
            "mentor": readings[0].seen.mentor,
            "caseworker": readings[0].seen.caseworker,
            "courses": len(several),
            "overall": together([clarity.overall for clarity in readings]),
            **_reasons(_gathered(readings)),
            **_over_courses(readings),
            **_together_of(readings[0], support),
            **shared,
        }
        yield Line(values, partial(_behind, several, support))


@view
def role_clarity_by_team(question: Question) -> Iterator[Line]:
    """One row for the team: how many of the running courses are clear, and what supports it.

    A course with several mentors counts once for each.
    """
    support = question.once(support_of)
    found = pairs_of(question)
    values = {
        "courses": len({one.course for one in found}),
        "pairs": len({(one.clarity.seen.mentor, one.clarity.seen.caseworker) for one in found}),
        **_over_courses([one.clarity for one in found]),
        "role_workshops": len(support.workshops),
        **support.values(question.day),
        "colocation": support.colocation.value.extent if support.colocation else None,
        "colocated": len(support.colocation.value.persons) or None if support.colocation else None,
    }
    yield Line(values, partial(_behind, found, support))


def _behind(several: Iterable[OnCourse], support: Support) -> Iterator[Ref]:
    yield from chain.from_iterable(one.behind() for one in several)
    yield from support.behind


def _of_pair(clarity: RoleClarity) -> Values:
    seen = clarity.seen
    return {
        "mentor": seen.mentor,
        "caseworker": seen.caseworker,
        "overall": clarity.overall,
        **_reasons(clarity.reasons),
        "balance": clarity.balance,
        **_divided(clarity.divisions),
        "goal": key(seen.goal.goal),
        "goal_is_common": seen.goal.is_common,
        "mentor_stands_by_goal": seen.goal.mentor_stands_by,
        "caseworker_stands_by_goal": seen.goal.caseworker_stands_by,
        "goal_reviewed_days_ago": seen.goal.reviewed_days_ago,
        "contact_days_ago": seen.contacts.days_since,
        "contacts_lately": seen.contacts.lately,
        "contacts_by_form": dict(seen.contacts.by_form),
        "crossings": sum(seen.crossings.values()),
        "authority_crossings": seen.crossings.get("authority", 0),
        "mentor_work_crossings": seen.crossings.get("mentor-work", 0),
        "frictions": dict(seen.frictions),
    }


@lru_cache(4096)
def _divided(divisions: tuple[Division, ...]) -> Values:
    """How many responsibilities read how, and each of them; many pairs divide them alike."""
    counts = Counter(division.reading for division in divisions)
    return {
        **{kind.replace("-", "_"): counts[kind] for kind in Reading},
        "divisions": [
            {
                "responsibility": division.responsibility,
                "mentor_says": division.mentor_says,
                "caseworker_says": division.caseworker_says,
                "reading": division.reading,
            }
            for division in divisions
        ],
    }


def _together_of(clarity: RoleClarity, support: Support) -> Values:
    """How often the two sit together; of nobody nothing is said."""
    two = [one for one in (clarity.seen.mentor, clarity.seen.caseworker) if one]
    return {"colocation": support.colocation_of(two) if len(two) > 1 else None}


@lru_cache(4096)
def _reasons(reasons: tuple[Reason, ...]) -> Values:
    return {
        "reasons": [reason.danish for reason in reasons],
        "reasons_en": [reason.english for reason in reasons],
    }


def _gathered(readings: Sequence[RoleClarity]) -> tuple[Reason, ...]:
    """The reasons of several courses, each kind once with all its responsibilities."""
    found: dict[Why, dict[str, None]] = {}
    for reason in chain.from_iterable(clarity.reasons for clarity in readings):
        found.setdefault(reason.why, {}).update(dict.fromkeys(reason.responsibilities))
    return tuple(Reason(why, tuple(found[why])) for why in Why if why in found)


def _over_courses(readings: Sequence[RoleClarity]) -> Values:
    """Of several courses: how many are in which state, and the sums of what is counted."""
    states = Counter(clarity.overall for clarity in readings)
    balances = Counter(clarity.balance for clarity in readings)
    seen = [clarity.seen for clarity in readings]
    since = [one.contacts.days_since for one in seen if one.contacts.days_since is not None]
    crossings = _summed(one.crossings for one in seen)
    return {
        **{f"courses_{state.replace('-', '_')}": states[state] for state in Overall},
        **{
            f"courses_{balance.replace('-', '_')}": balances[balance]
            for balance in (Balance.TOO_LOOSE, Balance.BALANCED, Balance.TOO_TIGHT)
        },
        "courses_balance_unknown": balances[Balance.UNKNOWN],
        "responsibilities": _by_responsibility(readings),
        "courses_common_goal": sum(one.goal.is_common for one in seen),
        "courses_contacted_lately": sum(one.contacts.lately > 0 for one in seen),
        "contact_days_ago": min(since, default=None),
        "contacts_lately": sum(one.contacts.lately for one in seen),
        "contacts_by_form": _summed(one.contacts.by_form for one in seen),
        "crossings": sum(crossings.values()),
        "authority_crossings": crossings.get("authority", 0),
        "mentor_work_crossings": crossings.get("mentor-work", 0),
        "frictions": _summed(one.frictions for one in seen),
    }


def _by_responsibility(readings: Sequence[RoleClarity]) -> dict[str, dict[str, int]]:
    """Each responsibility: on how many courses it reads so, for the readings that there are."""
    alike: Counter[int] = Counter(id(clarity.divisions) for clarity in readings)
    divided = {id(clarity.divisions): clarity.divisions for clarity in readings}
    found: dict[str, dict[str, int]] = {}
    for one, number in alike.items():
        for division in divided[one]:
            counted = found.setdefault(division.responsibility, {})
            counted[division.reading] = counted.get(division.reading, 0) + number
    return found


def _summed(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in several:
        if one:
            total.update(one)
    return dict(sorted(total.items()))
