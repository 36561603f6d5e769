"""Team and management (*ledelsens rolle*): what coordinators and leaders have time for.

The report: the coordinator's framing, sparring and coordination carry the team, and where time
presses they fail; so a coordinator's own citizens stand beside.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from domain.calendar import ALWAYS
from domain.caseload import Follows
from domain.leadership import ACTS, FUNCTIONS, KINDS, MEETINGS, Spent
from domain.values import Period, Ref
from projections import identity
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.leadership import TRAININGS
from projections.views.coordinating import Part, courses_coordinated
from projections.views.leading import Led, led
from projections.views.numbers import percent
from projections.views.own_citizens import followed_by
from projections.views.role_support import support_of

_CASES = "handling-a-case"
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **{kind.replace("-", "_"): (kind,) for kind in MEETINGS},
    "case": (_CASES,),
    "other_act": tuple(act for act in ACTS if act != _CASES),
}
"""The columns of minutes, and the kinds of work that each is of."""


@view
def management(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for the municipality: coordinators' time by what it went to, leaders' acts, and how
    many of the courses coordinated a coordinator took part in; up to `as_of`, or of the period.

    Of a meeting each coordinator who took part or held it spent its whole length. Minutes are None
    where there was work and none of it tells any; `untimed` tells of how much of it that holds.
    """
    seen = led(question, period)
    holders = {one: seen.team.holders_on(one, question.day) for one in FUNCTIONS}
    own = followed_by(question, holders["coordinator"], question.day)
    trainings = _trainings(question, seen.days)
    values = {
        "coordinators": len(holders["coordinator"]),
        "leaders": len(holders["leader"]),
        "coordinator_weekly_minutes": _set_off(seen, holders["coordinator"], question),
        "coordinator_minutes": seen.sum(*KINDS, function="coordinator").minutes,
        "coordinator_untimed": seen.sum(*KINDS, function="coordinator").untimed,
        **_minutes(seen, "coordinator"),
        **_leaders_acts(seen, question),
        **_coordinated(question, seen.days),
        "coordinator_citizens": len({one.citizen for one in own}),
        **_trained(question, trainings),
        "colocation": _colocation(question),
        **_span(seen),
    }
    yield Line(values, partial(_behind, question, seen, holders, own, trainings))


@view
def management_by_person(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each coordinator and leader of the day, and for whoever did such work on the
    days asked about, coordinators first; whose time is most first.

    The minutes are the person's own: of a meeting its whole length.
    """
    seen = led(question, period)
    now = [(one, person) for one in FUNCTIONS for person in seen.team.holders_on(one, question.day)]
    then = [(function, person) for _, function, person in seen.spent]
    followed = followed_by(question, {person for _, person in (*now, *then)}, question.day)
    lines = []
    for function, person in dict.fromkeys((*now, *then)):
        own = [one for one in followed if one.mentor == person]
        values = {
            "person": person,
            "function": function,
            "holds_it": (function, person) in now,
            "weekly_minutes": _set_off(seen, [person], question, function),
            **_of(seen.sum(*KINDS, function=function, person=person)),
            **_minutes(seen, function, person),
            "acts": seen.sum(*ACTS, function=function, person=person).times,
            "courses": seen.coordinating.get((person, function), Part(Spent(), 0)).courses,
            "citizens": len({one.citizen for one in own}),
            **_span(seen),
        }
        lines.append(Line(values, partial(_behind_person, seen, function, person, own)))
    yield from sorted(lines, key=_coordinators_first)


@view
def management_by_act(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each function and kind of work, what never happened among them: how often, how
    long, by how many, and when last; up to `as_of`, or of the period.

    `minutes` are those of all who took part in that function, so an hour's meeting of two
    coordinators is 120.
    """
    seen = led(question, period)
    for function in FUNCTIONS:
        for kind in KINDS:
            spent = seen.sum(kind, function=function)
            values = {
                "function": function,
                "kind": kind,
                **_of(spent),
                "people": len(seen.of(kind, function=function)),
                "days_since": (question.day - spent.last).days if spent.last else None,
                **_span(seen),
            }
            yield Line(values, partial(seen.behind, kind, function=function))


def _coordinators_first(line: Line) -> tuple[int, int, str]:
    values = line.values
    place = FUNCTIONS.index(values["function"])
    return (place, -(values["minutes"] or 0), str(values["person"]))


def _of(spent: Spent) -> dict[str, Any]:
    return {
        "times": spent.times,
        "minutes": spent.minutes,
        "untimed": spent.untimed,
        "last": spent.last,
    }


def _minutes(seen: Led, function: str, person: UUID | None = None) -> dict[str, int | None]:
    """The time by what it went to."""
    return {
        f"{column}_minutes": seen.sum(*kinds, function=function, person=person).minutes
        for column, kinds in _COLUMNS.items()
    }


def _set_off(
    seen: Led, people: list[UUID], question: Question, function: str = "coordinator"
) -> int | None:
    """The weekly minutes set off for the function on the day; None where none are told."""
    held = [seen.team.functions_on(person, question.day).get(function) for person in people]
    told = [one.weekly_minutes for one in held if one and one.weekly_minutes is not None]
    return sum(told) if told else None


def _leaders_acts(seen: Led, question: Question) -> dict[str, Any]:
    acts = seen.sum(*ACTS, function="leader")
    return {
        "leader_acts": acts.times,
        "leader_act_minutes": acts.minutes,
        "leader_last_act": acts.last,
        "leader_days_since": (question.day - acts.last).days if acts.last else None,
    }


def _coordinated(question: Question, days: Period) -> dict[str, Any]:
    courses, with_coordinator = courses_coordinated(question, days)
    return {
        "courses_coordinated": courses,
        "courses_with_coordinator": with_coordinator,
        "share_with_coordinator": percent(with_coordinator, courses),
    }


def _trainings(question: Question, days: Period) -> list[Any]:
    """Who was trained in what, of trainings that began on those days."""
    columns = ("stream", "source", "event_id", "training", "kind", "from_day", "together_with")
    rows = question.happened(TRAININGS, *columns)
    end = days.to
    return [row for row in rows if days.from_ <= row.from_day and (not end or row.from_day < end)]


def _trained(question: Question, rows: list[Any]) -> dict[str, int]:
    staff = question.once(identity.staff)
    together = (
        row
        for row in rows
        if row.kind == "mentors-and-caseworkers" or "caseworker" in row.together_with
    )
    return {
        "trainings": len({row.training for row in rows}),
        "trained": len({staff[row.stream] for row in rows}),
        "trained_with_caseworkers": len({staff[row.stream] for row in together}),
    }


def _colocation(question: Question) -> str | None:
    held = question.once(support_of).colocation
    return held.value.extent if held else None


def _span(seen: Led) -> dict[str, Any]:
    since = seen.days.from_
    return {"since": None if since == ALWAYS else since, "until": seen.days.to}


def _behind(
    question: Question,
    seen: Led,
    holders: Mapping[str, list[UUID]],
    own: list[Follows],
    trainings: list[Any],
) -> Iterator[Ref]:
    """Coordinators' work and leaders' acts, who they are, their own citizens, training, place."""
    yield from seen.behind(*KINDS, function="coordinator")
    yield from seen.behind(*ACTS, function="leader")
    yield from (ref for ref, _ in seen.talks)
    for function, people in holders.items():
        for person in people:
            yield from seen.behind_functions(person, function)
    yield from known(*(one.begun_by for one in own))
    yield from (Ref(row.source, row.event_id) for row in trainings)
    held = question.once(support_of).colocation
    yield from known(held.ref if held else None)


def _behind_person(seen: Led, function: str, person: UUID, own: list[Follows]) -> Iterator[Ref]:
    """Their work in the function, what made them hold it, and their own citizens."""
    yield from seen.behind(*KINDS, function=function, person=person)
    yield from seen.behind_functions(person, function)
    yield from known(*(one.begun_by for one in own))
