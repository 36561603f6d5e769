"""Role clarity (*rolleklarhed*): what mentor and caseworker say of who does what.

By course and pair, by pair over all its courses, and for the team. Every reading names the events
it came from; nothing here is stored. What nobody has stated is unknown, never clear.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Any
from uuid import UUID

from domain.reckoning import balance
from domain.role_clarity import Balance, RoleClarity
from domain.role_division import Division, Overall, Reading, Reason, Why, worst_of
from domain.role_tally import Tally, tally, together
from domain.values import Ref
from projections import identity
from projections.answering import Line, view
from projections.asking import Question
from projections.table import key
from projections.views.role_pairs import (
    OnCourse,
    by_course,
    by_pair,
    odd_pairs,
    pairs_of,
    pairs_on_any,
)
from projections.views.role_rows import Named, Pair
from projections.views.role_sums import sums_of
from projections.views.role_support import Support, read_by_support, support_of

Values = dict[str, Any]
_STATES = [(f"courses_{one.replace('-', '_')}", one) for one in Overall]
_BALANCES = [
    ("courses_too_loose", Balance.TOO_LOOSE),
    ("courses_balanced", Balance.BALANCED),
    ("courses_too_tight", Balance.TOO_TIGHT),
    ("courses_balance_unknown", Balance.UNKNOWN),
]


@view
def role_clarity(question: Question, streams: Collection[UUID] | None = None) -> Iterator[Line]:
    """One row for each course with a match open on the day and each of its mentors that day; with
    `streams` for those courses, whether they run or not.

    The pair is that mentor and the caseworker responsible that day. Where nobody is responsible
    there is no pair, and the row says why the roles aren't clear. The courses are in the order of
    their internal ids, the same on every page and no order to work by: `where=overall=unclear`
    asks for what is unclear.
    """
    question.ahead(identity.READ, read_by_support(question))
    if streams is not None:
        yield from (_of_course(question, one) for one in pairs_on_any(question, streams))
        return

    named, odd = by_course(question)

    def lines_of(chunk: Sequence[Named]) -> Iterator[list[Line]]:
        told = {
            (one.course, one.clarity.seen.mentor): one
            for one in pairs_of(question, odd, {named.course for named in chunk})
        }
        for one in chunk:
            yield [_of_course(question, told[one.course, one.mentor])]

    yield from question.in_chunks(named, lines_of, ("course", "mentor"), one_each=True)


def _of_course(question: Question, one: OnCourse) -> Line:
    support = question.once(support_of)
    values = {
        "course": one.course,
        **_of_pair(one.clarity),
        **_together_of(one.clarity, support),
        **support.values(question.day),
    }
    return Line(
        values,
        partial(_behind, [one], support),
        lambda: [balance(one.clarity, question.day)],
    )


@view
def role_clarity_by_pair(question: Question) -> Iterator[Line]:
    """One row for each mentor and caseworker who are a pair on a running course on the day, over
    all the courses on which they are one.

    The worst is told: unclear where one course is, clear only where all are. The order is that of
    each pair's first course by its internal id; `where=overall=unclear` asks for what is unclear.
    """
    question.ahead(identity.READ, read_by_support(question))
    pairs, odd = by_pair(question)

    def lines_of(chunk: Sequence[Pair]) -> Iterator[list[Line]]:
        told: dict[tuple[UUID | None, UUID | None], list[OnCourse]]
        told = {(pair.mentor, pair.caseworker): [] for pair in chunk}
        streams = {course for pair in chunk for course in pair.courses}
        for one in pairs_of(question, odd, streams):
            two = one.clarity.seen.two
            if two in told:
                told[two].append(one)
        for several in told.values():
            yield [_of_several(question, several)]

    yield from question.in_chunks(pairs, lines_of, ("mentor", "caseworker"), one_each=True)


def _of_several(question: Question, several: Sequence[OnCourse]) -> Line:
    support = question.once(support_of)
    readings = [one.clarity for one in several]
    values = {
        "mentor": readings[0].seen.mentor,
        "caseworker": readings[0].seen.caseworker,
        "courses": len(several),
        "overall": worst_of([clarity.overall for clarity in readings]),
        **_reasons(_gathered(readings)),
        **_over_courses(tally(readings)),
        **_together_of(readings[0], support),
        **support.values(question.day),
    }
    return Line(values, partial(_behind, several, support))


@view
def role_clarity_by_team(question: Question) -> Iterator[Line]:
    """One row for the team: how many of the running courses are clear, and what supports it.

    A course with several mentors counts once for each, one without a caseworker too, though it has
    no pair.
    """
    question.ahead(identity.READ, read_by_support(question))
    support = question.once(support_of)
    sums = sums_of(question)
    odd = odd_pairs(question, sums.odd)
    folded = tally([one.clarity for one in odd])
    named = {two for one in odd if (two := one.clarity.seen.two)}
    values = {
        "courses": sums.courses + len({one.course for one in odd}),
        "pairs": len(named | sums.named) if odd else sums.pairs,
        **_over_courses(together(sums.tally, folded) if odd else sums.tally),
        "role_workshops": len(support.workshops),
        **support.values(question.day),
        "colocation": support.colocation.value.extent if support.colocation else None,
        "colocated": len(support.colocation.value.persons) or None if support.colocation else None,
    }
    yield Line(values, lambda: _behind(pairs_of(question, odd), support))


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
    two = clarity.seen.two
    return {"colocation": support.colocation_of(two) if two else None}


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


def _over_courses(total: Tally) -> Values:
    """Of several courses: how many are in which state, and the sums of what is counted."""
    return {
        **{column: total.states.get(state, 0) for column, state in _STATES},
        **{column: total.balances.get(balance, 0) for column, balance in _BALANCES},
        "responsibilities": total.by_responsibility,
        "courses_common_goal": total.common_goals,
        "courses_contacted_lately": total.contacted_lately,
        "contact_days_ago": total.days_since,
        "contacts_lately": sum(total.by_form.values()),
        "contacts_by_form": dict(sorted(total.by_form.items())),
        "crossings": sum(total.crossings.values()),
        "authority_crossings": total.crossings.get("authority", 0),
        "mentor_work_crossings": total.crossings.get("mentor-work", 0),
        "frictions": dict(sorted(total.frictions.items())),
    }
